"""A row of the ledger."""

import datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, UUIDField, Value
from django.db.models.functions import MD5, Cast, Lower, Trim

from apps.core.periods import Month
from apps.core.text import FOLDED_ACCENTS, FOLDED_LETTERS, folded
from apps.ledger.models.accounts import Account, read_only_ids
from apps.ledger.models.changes import Changeset
from apps.ledger.models.reconciliations import Reconciliation
from apps.ledger.models.tags import Tag, TransactionTag


def description_key() -> Cast:
    """Equal for descriptions that differ in case and white space only: what "the same text" means to duplicates."""
    squeezed = Func(
        F("description"),
        Value(r"\s+"),
        Value(" "),
        Value("g"),
        function="regexp_replace",
        output_field=models.TextField(),
    )
    return Cast(MD5(Lower(Trim(squeezed))), UUIDField())


def folded_text(*fields: str) -> Func:
    """What `apps.core.text.folded` makes of the fields, joined by spaces; plain ASCII is quickly done."""
    joined = " || ' ' || ".join(fields)
    letters, plain = FOLDED_LETTERS
    marks = f"regexp_replace(normalize(lower({joined}), NFKD), '[{FOLDED_ACCENTS}]', '', 'g')"
    return Func(
        template=(
            f"CASE WHEN octet_length({joined}) = char_length({joined}) THEN lower({joined})"
            f" ELSE translate({marks}, '{letters}', '{plain}') END"
        ),
        output_field=models.TextField(),
    )


class TransactionQuerySet(models.QuerySet["Transaction"]):
    def writable(self) -> Self:
        """Those that may be changed by whom the household is open for."""
        closed = read_only_ids()
        return self.exclude(account__in=closed) if closed else self

    def in_period(self, start: datetime.date | None, end: datetime.date | None) -> Self:
        """From `start` to `end`, both days included; None leaves that side open."""
        rows = self
        if start is not None:
            rows = rows.filter(date__gte=start)
        if end is not None:
            rows = rows.filter(date__lte=end)
        return rows

    def in_month(self, month: Month) -> Self:
        return self.in_period(month.first, month.last)

    def mentioning(self, text: str) -> Self:
        """Whose description, merchant or notes hold every word of `text`, whatever its case and accents."""
        rows = self
        for word in text.split():
            rows = rows.filter(search_text__contains=folded(word))
        return rows

    def without_bucket(self) -> Self:
        links = TransactionTag.objects.filter(transaction_id=models.OuterRef("pk"))
        return self.filter(~models.Exists(links.filter(tag__namespace=Tag.Namespace.BUCKET)))

    def newest_first(self) -> Self:
        return self.order_by("-date", "-pk")


class Transaction(models.Model):
    """Money in (positive) or out (negative) of an account, as the bank signs it."""

    class Status(models.TextChoices):
        UNRECONCILED = "unreconciled", "Unreconciled"
        MATCHED = "matched", "Matched"
        MANUALLY_ENTERED = "manually_entered", "Entered by hand"
        IGNORED = "ignored", "Ignored"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="transactions", db_index=False)
    changeset = models.ForeignKey(Changeset, on_delete=models.PROTECT, related_name="transactions")
    date = models.DateField()
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    description = models.TextField(blank=True, help_text="as the bank wrote it")
    merchant = models.CharField(max_length=200, blank=True)
    card_member = models.CharField(max_length=120, blank=True)
    notes = models.TextField(blank=True)
    reference = models.CharField(max_length=200, blank=True)
    bank_id = models.CharField(
        max_length=200, blank=True, help_text="the bank's own id of the row, unique in its account"
    )
    running_balance = models.DecimalField(
        max_digits=19, decimal_places=4, null=True, help_text="of the account after this row, as the bank stated it"
    )
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.UNRECONCILED)
    is_transfer = models.BooleanField(default=False)
    source_line = models.PositiveIntegerField(null=True, help_text="the line of the file that brought it")
    needs_review = models.BooleanField(default=False, db_default=False, help_text="nobody has looked at its bucket yet")
    assigned_to_id = models.BigIntegerField(null=True, help_text="the member who is to review it, of the people plane")
    # A row that has one is locked: the statement agreed with it as it stands.
    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.PROTECT, null=True, related_name="transactions", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    search_text = models.GeneratedField(
        expression=folded_text("description", "merchant", "notes"),
        output_field=models.TextField(),
        db_persist=True,
    )
    description_key = models.GeneratedField(
        expression=description_key(), output_field=models.UUIDField(), db_persist=True
    )

    objects = TransactionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("date", "id", name="ledger_tx_newest", include=["account", "amount", "is_transfer"]),
            models.Index("account", "date", "amount", name="ledger_tx_account"),
            models.Index("account", "bank_id", condition=~Q(bank_id=""), name="ledger_tx_bank_id"),
            models.Index("merchant", "date", "id", name="ledger_tx_merchant"),
            models.Index("date", "id", condition=Q(needs_review=True), name="ledger_tx_review"),
            models.Index("reconciliation", condition=Q(reconciliation__isnull=False), name="ledger_tx_reconciled"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="ledger_tx_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["unreconciled", "matched", "manually_entered", "ignored"]),
                name="ledger_tx_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.amount} {self.merchant or self.description}"

    @property
    def origin(self) -> Changeset | None:
        """What brought it; None where that is hidden: the row came into an account that the person does not see."""
        return Changeset.objects.filter(pk=self.changeset_id).first()

    @property
    def bucket_source(self) -> str:
        """Who chose its bucket, one of TransactionTag.Source; empty if it has none."""
        links = self.transaction_tags.filter(tag__namespace=Tag.Namespace.BUCKET)
        return links.values_list("source", flat=True).first() or ""
