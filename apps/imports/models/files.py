"""What was uploaded together, and how far each statement of it has come."""

import datetime
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.ledger.models import Account, Changeset


def job_begins_by() -> datetime.datetime:
    """By then the job that is sent at once has begun, or its message was lost and it is sent again."""
    return timezone.now() + datetime.timedelta(seconds=60)


class ImportBatch(models.Model):
    """One act of uploading: one or more files, checked on one page."""

    uploaded_by_id = models.BigIntegerField(null=True, help_text="a person of the people plane")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return f"upload {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("imports:batch", args=[self.pk])


class ImportFile(models.Model):
    """A statement on its way from the bank into the ledger: a file, or what a file of several accounts says of one.

    A state is only ever what is true and committed; "being read" is not a state but a lock on this row, held by the
    job that reads. A job that dies leaves the state from which the next one begins again.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waiting to be read"
        NEEDS_COLUMNS = "needs_columns", "Needs your help with its columns"
        NEEDS_ACCOUNT = "needs_account", "Needs its account"
        COMPARING = "comparing", "Being compared"
        READ = "read", "Ready to check"
        CONFIRMED = "confirmed", "Being imported"
        BOOKED = "booked", "Imported"
        UNDOING = "undoing", "Being rolled back"
        ROLLED_BACK = "rolled_back", "Rolled back"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Could not be read"
        STALLED = "stalled", "Waiting for us"

    # States in which a job has work to do on the file.
    WORKING = (State.UPLOADED, State.COMPARING, State.CONFIRMED, State.UNDOING)
    # States in which nothing of it is in the ledger and it still may come in.
    OPEN = (State.UPLOADED, State.NEEDS_COLUMNS, State.NEEDS_ACCOUNT, State.COMPARING, State.READ)

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="files")
    part = models.PositiveSmallIntegerField(default=0, help_text="counts the accounts of a file of several")
    part_count = models.PositiveSmallIntegerField(default=1, help_text="how many statements its stored copy holds")
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        help_text="the statement of the same account that has its rows",
    )
    rest_of = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        related_name="rests",
        help_text="the file whose older rows these are, for which the plan had no room",
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="import_files")
    account_hint = models.CharField(max_length=120, blank=True, help_text="what the file calls the account")
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217, where the file names it")
    name = models.CharField(max_length=255, help_text="as the person's computer called it")
    state = models.CharField(max_length=14, choices=State.choices, default=State.UPLOADED)
    storage_key = models.CharField(max_length=300, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    uploaded_by_id = models.BigIntegerField(null=True, help_text="a person of the people plane")
    ordered_by_id = models.BigIntegerField(
        null=True, help_text="who last moved it on: its jobs have that person's rights; none: a command or an operator"
    )
    format = models.CharField(max_length=40, blank=True)
    format_name = models.CharField(max_length=80, blank=True)
    dialect = models.CharField(max_length=160, blank=True)
    recipe = models.JSONField(null=True, help_text="how a person said that the file is to be read")
    answers = models.JSONField(null=True, help_text="what a person answered where the file itself was ambiguous")
    saved_format = models.ForeignKey(
        "imports.ImportFormat", on_delete=models.SET_NULL, null=True, related_name="import_files"
    )
    error = models.CharField(max_length=500, blank=True, help_text="one sentence for the person")
    stalled_in = models.CharField(max_length=14, blank=True, help_text="the state in which its work failed too often")
    attempt_count = models.PositiveSmallIntegerField(default=0, help_text="in this state; counted as one begins")
    next_attempt_at = models.DateTimeField(default=job_begins_by)
    last_error = models.CharField(max_length=500, blank=True, help_text="for operators")
    row_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    existing_count = models.PositiveIntegerField(default=0)
    similar_count = models.PositiveIntegerField(default=0)
    unreadable_count = models.PositiveIntegerField(default=0)
    left_out_count = models.PositiveIntegerField(default=0)
    elsewhere_count = models.PositiveIntegerField(default=0, help_text="new rows that another account has, too")
    booked_count = models.PositiveIntegerField(default=0)
    bucketed_count = models.PositiveIntegerField(default=0)
    booked_total = models.DecimalField(max_digits=24, decimal_places=4, default=Decimal(0))
    balances_run = models.CharField(
        max_length=4, blank=True, help_text="“down” or “up” the file from row to row; empty if they prove nothing"
    )
    stated_balances = models.JSONField(
        default=list, help_text="kind, date and amount of each balance that the file states beside its rows"
    )
    first_date = models.DateField(null=True)
    last_date = models.DateField(null=True)
    taken_out_ids = models.JSONField(
        default=list, help_text="rows that were changed since the import and go all the same when it is rolled back"
    )
    kept_count = models.PositiveIntegerField(default=0, help_text="rows that stayed when it was rolled back")
    changeset = models.OneToOneField(Changeset, on_delete=models.PROTECT, null=True, related_name="import_file")
    created_at = models.DateTimeField(auto_now_add=True)
    state_at = models.DateTimeField(auto_now_add=True, help_text="since when the state is what it is")

    class Meta:
        indexes = [
            models.Index(
                "next_attempt_at",
                condition=Q(state__in=["uploaded", "comparing", "confirmed", "undoing"]),
                name="imports_file_work",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "storage_key", "part", condition=~Q(storage_key=""), name="imports_file_stored_once"
            ),
            models.CheckConstraint(
                condition=Q(state="stalled") ^ Q(stalled_in=""), name="imports_file_stalled_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("imports:file", args=[self.pk])

    @property
    def shape(self) -> str:
        """The format, and of one that a person taught us, which: files of one shape name accounts in one way."""
        return f"{self.format}:{self.saved_format_id}" if self.saved_format_id else self.format

    @property
    def acts_for_id(self) -> int | None:
        """The person with whose rights its jobs work."""
        return self.ordered_by_id or self.uploaded_by_id

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING
