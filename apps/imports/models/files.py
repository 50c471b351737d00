"""An uploaded statement and how far it has come."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.ledger.models import Account, Changeset


class ImportFile(models.Model):
    """A file on its way from the bank into the ledger.

    A state is only ever what is true and committed; "being read" is not a state but a lock on this row, held by the
    job that reads. A job that dies leaves the state from which the next one begins again.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waiting to be read"
        NEEDS_COLUMNS = "needs_columns", "Needs your help with its columns"
        READ = "read", "Ready to check"
        CONFIRMED = "confirmed", "Being imported"
        BOOKED = "booked", "Imported"
        UNDOING = "undoing", "Being rolled back"
        ROLLED_BACK = "rolled_back", "Rolled back"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Could not be read"

    # States in which a job has work to do on the file.
    WORKING = (State.UPLOADED, State.CONFIRMED, State.UNDOING)

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="import_files")
    name = models.CharField(max_length=255, help_text="as the person's computer called it")
    state = models.CharField(max_length=14, choices=State.choices, default=State.UPLOADED)
    storage_key = models.CharField(max_length=300, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    uploaded_by_id = models.BigIntegerField(null=True, help_text="a person of the people plane")
    format = models.CharField(max_length=40, blank=True)
    format_name = models.CharField(max_length=80, blank=True)
    dialect = models.CharField(max_length=160, blank=True)
    mapping = models.JSONField(null=True, help_text="the columns that a person chose")
    error = models.CharField(max_length=500, blank=True, help_text="one sentence for the person")
    attempt_count = models.PositiveSmallIntegerField(default=0)
    row_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    existing_count = models.PositiveIntegerField(default=0)
    similar_count = models.PositiveIntegerField(default=0)
    unreadable_count = models.PositiveIntegerField(default=0)
    left_out_count = models.PositiveIntegerField(default=0)
    booked_count = models.PositiveIntegerField(default=0)
    bucketed_count = models.PositiveIntegerField(default=0)
    booked_total = models.DecimalField(max_digits=24, decimal_places=4, default=Decimal(0))
    first_date = models.DateField(null=True)
    last_date = models.DateField(null=True)
    changeset = models.OneToOneField(Changeset, on_delete=models.PROTECT, null=True, related_name="import_file")
    created_at = models.DateTimeField(auto_now_add=True)
    state_at = models.DateTimeField(auto_now_add=True, help_text="since when the state is what it is")

    class Meta:
        indexes = [
            models.Index(
                "state_at",
                condition=Q(state__in=["uploaded", "confirmed", "undoing"]),
                name="imports_file_work",
            ),
        ]
        constraints = [
            models.UniqueConstraint("storage_key", condition=~Q(storage_key=""), name="imports_file_stored_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("imports:file", args=[self.pk])

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING
