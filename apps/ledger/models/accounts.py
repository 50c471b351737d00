from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models.functions import Lower

from apps.tenancy.context import current_narrowing


class AccountQuerySet(models.QuerySet["Account"]):
    """Accounts that are hidden from whom the household is open for are not there at all: the database leaves them out
    of every query, and all that belongs to them."""

    def writable(self) -> Self:
        """Those whose rows may be changed by whom the household is open for."""
        return self.exclude(pk__in=read_only_ids())

    def open(self) -> Self:
        """Those into which rows may come."""
        return self.writable().filter(archived_at=None, is_frozen=False)


def read_only_ids() -> tuple[int, ...]:
    """The accounts that may be seen and not changed by whom the household is open for."""
    narrowing = current_narrowing()
    return narrowing.read_only if narrowing else ()


def frozen_ids() -> tuple[int, ...]:
    """Those of them that nobody may change, for the household's plan has room for fewer accounts."""
    narrowing = current_narrowing()
    return narrowing.frozen if narrowing else ()


class Account(models.Model):
    """A financial account of the household: where money lies or is owed."""

    class Visibility(models.TextChoices):
        SHARED = "shared", "Everybody in the household may see and change it"
        READ_ONLY = "read_only", "Everybody may see it, and only you may change it"
        PRIVATE = "private", "Only you see it"

    class Kind(models.TextChoices):
        CHECKING = "checking", "Checking"
        SAVINGS = "savings", "Savings"
        CREDIT_CARD = "credit_card", "Credit card"
        CASH = "cash", "Cash"
        LOAN = "loan", "Loan"
        INVESTMENT = "investment", "Investment"
        HSA = "hsa", "Health savings"

    name = models.CharField(max_length=80)
    owner_id = models.BigIntegerField(null=True, help_text="a person of the people plane; none: the household's")
    visibility = models.CharField(
        max_length=9, choices=Visibility.choices, default=Visibility.SHARED, db_default="shared"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CHECKING)
    currency = models.CharField(max_length=3, help_text="ISO 4217")
    opening_balance = models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0))
    institution = models.CharField(max_length=80, blank=True, db_default="", help_text="the bank, for people")
    credit_limit = models.DecimalField(max_digits=19, decimal_places=4, null=True, help_text="positive")
    due_day = models.PositiveSmallIntegerField(
        null=True, help_text="day of the month on which the bill is due; in a shorter month its last day"
    )
    sort_order = models.PositiveSmallIntegerField(db_default=0, default=0)
    archived_at = models.DateTimeField(null=True)
    is_frozen = models.BooleanField(
        default=False, db_default=False, help_text="the plan has room for fewer accounts: it can only be read"
    )
    stays_active = models.BooleanField(
        default=False, db_default=False, help_text="the household chose it among those that are not to be frozen"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["sort_order", "name"]
        constraints = [
            # A name that is taken would tell of an account that somebody keeps to themselves: those stand apart.
            models.UniqueConstraint(
                Lower("name"), condition=~models.Q(visibility="private"), name="ledger_account_name_unique"
            ),
            models.UniqueConstraint(
                "owner_id",
                Lower("name"),
                condition=models.Q(visibility="private"),
                name="ledger_account_name_unique_of_owner",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="ledger_account_name_given"),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="ledger_account_currency"),
            models.CheckConstraint(condition=models.Q(due_day__range=(1, 31)), name="ledger_account_due_day"),
            models.CheckConstraint(condition=models.Q(credit_limit__gte=0), name="ledger_account_credit_limit"),
            models.CheckConstraint(
                condition=models.Q(visibility__in=["shared", "read_only", "private"]), name="ledger_account_visibility"
            ),
            models.CheckConstraint(
                condition=models.Q(visibility="shared") | models.Q(owner_id__isnull=False), name="ledger_account_owned"
            ),
        ]

    def __str__(self) -> str:
        return self.name
