"""What was read from a file, line by line, before anything is stored in the ledger."""

from django.db import models
from django.db.models import Case, F, Q, Value, When

from apps.imports.models.files import ImportFile
from apps.ledger.models import TransactionTag
from apps.ledger.models.transactions import description_key


class Verdict(models.TextChoices):
    NEW = "new", "New"
    EXISTING = "existing", "Already there"
    SIMILAR = "similar", "Perhaps the same"
    UNREADABLE = "unreadable", "Unreadable"
    LEFT_OUT = "left_out", "Left out"


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def of_file(self, file: ImportFile) -> "ImportRowQuerySet":
        return self.filter(file=file)

    def coming_in(self) -> "ImportRowQuerySet":
        """What booking would take: the new rows, and those on which the person decided otherwise."""
        return self.filter(comes_in=True)


class _Record(models.Model):
    """What was read of one record of a file."""

    position = models.PositiveIntegerField(help_text="1 for the first record of the file")
    line = models.PositiveIntegerField(help_text="the physical line on which the record begins")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=500, blank=True)
    date = models.DateField(null=True)
    amount = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    description = models.TextField(blank=True, help_text="of an unreadable record: its text")
    merchant = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    bank_id = models.CharField(max_length=200, blank=True)
    account_hint = models.CharField(max_length=120, blank=True)
    card_member = models.CharField(max_length=120, blank=True)
    running_balance = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)
    splits = models.JSONField(null=True, help_text="category, memo and amount of each part, as the file splits it")
    bucket = models.CharField(max_length=80, blank=True, help_text="the inferred bucket's value")
    bucket_source = models.CharField(
        max_length=8,
        choices=TransactionTag.Source.choices,
        blank=True,
        db_default="",
        help_text="where the bucket is from; history: what the household last chose",
    )

    class Meta:
        abstract = True


class LandedRow(_Record):
    """A record on its way into ImportRow, put in and taken out in one transaction, so that no other ever sees one.

    PostgreSQL has no COPY into a table with row-level security; this one has none, and is not logged.
    """

    pk = models.CompositePrimaryKey("file_id", "position")
    file_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"line {self.line}"


class ImportRow(_Record):
    """One record of the file, with what is to happen to it. Date and amount are empty where it cannot be read."""

    pk = models.CompositePrimaryKey("file_id", "position")
    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="rows", db_index=False)
    resembles_id = models.BigIntegerField(null=True, help_text="the transaction of the ledger that it is held against")
    decision = models.BooleanField(null=True, help_text="the person's own: bring it in, or leave it out")
    decided_on = models.CharField(
        max_length=10, blank=True, db_default="", help_text="the verdict that the decision was an answer to"
    )
    description_key = models.GeneratedField(
        expression=description_key(), output_field=models.UUIDField(), db_persist=True
    )
    comes_in = models.GeneratedField(
        expression=Case(
            When(Q(date__isnull=True), then=Value(False)),
            When(Q(decision__isnull=False), then=F("decision")),
            default=Q(verdict="new"),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("resembles_id", condition=Q(resembles_id__isnull=False), name="imports_row_resembles"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["unreadable", "left_out"]) ^ Q(date__isnull=False, amount__isnull=False),
                name="imports_row_read_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.verdict}"
