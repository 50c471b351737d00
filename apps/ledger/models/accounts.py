from decimal import Decimal

from django.db import models
from django.db.models.functions import Lower


class Account(models.Model):
    """A financial account of the household: where money lies or is owed."""

    class Kind(models.TextChoices):
        CHECKING = "checking", "Checking"
        SAVINGS = "savings", "Savings"
        CREDIT_CARD = "credit_card", "Credit card"
        CASH = "cash", "Cash"
        LOAN = "loan", "Loan"
        INVESTMENT = "investment", "Investment"
        HSA = "hsa", "Health savings"

    name = models.CharField(max_length=80)
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
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["sort_order", "name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="ledger_account_name_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="ledger_account_name_given"),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="ledger_account_currency"),
            models.CheckConstraint(condition=models.Q(due_day__range=(1, 31)), name="ledger_account_due_day"),
            models.CheckConstraint(condition=models.Q(credit_limit__gte=0), name="ledger_account_credit_limit"),
        ]

    def __str__(self) -> str:
        return self.name
