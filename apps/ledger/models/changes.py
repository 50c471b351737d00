from django.db import models
from django.db.models import F


class Changeset(models.Model):
    """One deed that changed money data: who, when, what. Every row knows the changeset that brought it."""

    class Kind(models.TextChoices):
        IMPORT = "import", "Import"
        MANUAL = "manual", "Entered by hand"
        EDIT = "edit", "Edited"
        DELETE = "delete", "Deleted"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    actor_id = models.BigIntegerField(null=True, help_text="a person of the people plane")
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Change(models.Model):
    """What a deed did to one row that was there before: its image before and after. Null after: it was deleted.

    A row that a deed brought needs none, for it names its changeset itself. An image is the row as JSON with its tags,
    exact enough to put it back as it was.
    """

    changeset = models.ForeignKey(Changeset, on_delete=models.CASCADE, related_name="changes")
    # No foreign key: the row may be gone, and comes back with its id.
    transaction_id = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index("transaction_id", name="ledger_change_row")]
        constraints = [
            models.UniqueConstraint("changeset", "transaction_id", name="ledger_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.transaction_id} by {self.changeset_id}"


class Revision(models.Model):
    """One row: the version of the household's money data. It stands in the keys of cached reports.

    It goes up in the transaction that changes the data and is read in the transaction that reads the data, so that a
    cached report is never older than what its reader sees.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="ledger_revision_single")]

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        number: int = cls.objects.values_list("number", flat=True).get(pk=1)
        return number

    @classmethod
    def go_up(cls) -> None:
        """Call in every transaction that changes what a report could show."""
        cls.objects.filter(pk=1).update(number=F("number") + 1)
