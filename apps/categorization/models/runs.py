from django.db import models
from django.db.models import Q

from apps.categorization.models.rules import CategoryRule
from apps.ledger.models import Changeset


class RuleRun(models.Model):
    """Rules applied to rows: those that were there, ordered by a person and done by a job, or those of an import."""

    class State(models.TextChoices):
        ORDERED = "ordered", "Ordered"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    state = models.CharField(max_length=8, choices=State.choices, default=State.ORDERED)
    rule = models.ForeignKey(
        CategoryRule, on_delete=models.SET_NULL, null=True, related_name="runs", help_text="none: all that are enabled"
    )
    overwrites = models.BooleanField(default=False, help_text="also rows that have a bucket")
    actor_id = models.BigIntegerField(null=True)
    changeset = models.OneToOneField(Changeset, on_delete=models.PROTECT, null=True, related_name="rule_run")
    row_count = models.PositiveIntegerField(null=True, help_text="how many rows there are to look at")
    changed_count = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint("state", condition=Q(state="ordered"), name="categorization_run_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}: {self.state}"


class RuleHit(models.Model):
    """A rule changed a row. No foreign keys to either: both may go, and the log stays."""

    pk = models.CompositePrimaryKey("run_id", "transaction_id", "rule_id")
    run = models.ForeignKey(RuleRun, on_delete=models.CASCADE, related_name="hits", db_index=False)
    transaction_id = models.BigIntegerField(db_index=True)
    rule_id = models.BigIntegerField()
    rule_name = models.CharField(max_length=80, help_text="as it was called then")

    def __str__(self) -> str:
        return f"{self.rule_name}: {self.transaction_id}"
