import json
from decimal import Decimal

from django.db import models
from django.db.models import Exists, F, OuterRef, Q


class ChangesetQuerySet(models.QuerySet["Changeset"]):
    def in_force(self) -> "ChangesetQuerySet":
        """What was done and neither undone since nor itself an undoing."""
        return self.filter(undone_at=None).exclude(kind=Changeset.Kind.UNDO)


class Changeset(models.Model):
    """One deed that changed money data: who, when, what. Every row knows the changeset that brought it."""

    class Kind(models.TextChoices):
        IMPORT = "import", "Import"
        MANUAL = "manual", "Entered by hand"
        EDIT = "edit", "Edited"
        DELETE = "delete", "Deleted"
        RULES = "rules", "Rules"
        MERCHANTS = "merchants", "Merchant names"
        TRANSFER = "transfer", "Transfers"
        TAGS = "tags", "Tags"
        ACCOUNT = "account", "Accounts"
        RECONCILE = "reconcile", "Reconciliation"
        REVIEW = "review", "Review"
        UNDO = "undo", "Undone"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    actor_id = models.BigIntegerField(null=True, help_text="a person of the people plane")
    note = models.CharField(max_length=300, blank=True, help_text="what was done, for people")
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undoings")
    row_count = models.PositiveIntegerField(db_default=0, default=0, help_text="how many rows it changed")
    change_count = models.PositiveIntegerField(
        db_default=0, default=0, help_text="of rows of every table; who sees fewer of them sees a part of the deed"
    )
    revision = models.BigIntegerField(null=True, help_text="the version of the data that it made")
    form_key = models.UUIDField(null=True, help_text="of the form that asked for it: sent twice, it is done once")
    account_id = models.BigIntegerField(null=True, help_text="of an import; of other deeds the changes say it")

    objects = ChangesetQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("revision", name="ledger_changeset_revision")]
        constraints = [
            models.UniqueConstraint("form_key", condition=Q(form_key__isnull=False), name="ledger_changeset_form_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class ExactNumbers(json.JSONDecoder):
    """A number with a fraction is a Decimal: money has more digits than a float."""

    def __init__(self) -> None:
        super().__init__(parse_float=Decimal)


class ChangeQuerySet(models.QuerySet["Change"]):
    def in_force(self) -> "ChangeQuerySet":
        """What was done and neither undone since nor itself an undoing; an undoing may have left some of its rows."""
        undoings = Change.objects.filter(
            changeset__undoes=OuterRef("changeset"),
            changeset__undone_at=None,
            table=OuterRef("table"),
            row_id=OuterRef("row_id"),
        )
        stands = Q(changeset__undone_at=None) | ~Exists(undoings)
        return self.filter(stands).exclude(changeset__kind=Changeset.Kind.UNDO)


class Change(models.Model):
    """What a deed did to one row: the fields that it touched, before and after. `ledger.journal` writes and applies it.

    Null before: the deed made the row; null after: it deleted it. Rows that an import brings have none, for each names
    its changeset itself. An image is exact enough to put the row back as it was.
    """

    # The constraint below begins with it, and its index serves both.
    changeset = models.ForeignKey(Changeset, on_delete=models.CASCADE, related_name="changes", db_index=False)
    table = models.CharField(max_length=40, help_text="the model's label: ledger.transaction")
    # No foreign key: the row may be gone, and comes back with its id.
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True, decoder=ExactNumbers)
    after = models.JSONField(null=True, decoder=ExactNumbers)
    # Whose row it is, so that who may not see the account does not see its history, also when the row is gone.
    account_id = models.BigIntegerField(null=True, help_text="of a transfer the account that sent")
    other_account_id = models.BigIntegerField(
        null=True, help_text="of a transfer the account that received; of a row that moved where it went"
    )

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("table", "row_id", name="ledger_change_row"),
            # For imports, which ask about rows that were deleted or whose facts were changed.
            models.Index("changeset", condition=Q(before__has_key="account_id"), name="ledger_change_facts"),
        ]
        constraints = [
            models.UniqueConstraint("changeset", "table", "row_id", name="ledger_change_once"),
            models.CheckConstraint(
                condition=Q(before__isnull=False) | Q(after__isnull=False), name="ledger_change_image"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id} by {self.changeset_id}"


class Revision(models.Model):
    """One row: the version of the household's money data. It stands in the keys of cached reports.

    It goes up in the transaction that changes the data and is read in the transaction that reads the data, so that a
    cached report is never older than what its reader sees. Its row stays locked until that transaction ends: versions
    follow each other in the order of the commits.
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
    def hold(cls) -> None:
        """Waits for who is changing the data, and lets nobody do so until the transaction ends."""
        cls.objects.select_for_update().get(pk=1)

    @classmethod
    def go_up(cls) -> int:
        """Call in every transaction that changes what a report could show; returns the new version."""
        cls.objects.filter(pk=1).update(number=F("number") + 1)
        return cls.current()
