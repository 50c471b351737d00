"""What runs did: which rule changed which rows."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from apps.categorization.models import CategoryRule, RuleHit, RuleRun
from apps.ledger.models import Changeset, Transaction
from apps.ledger.models.transactions import TransactionQuerySet


@dataclass(frozen=True)
class RuleCount:
    """A rule as it was called then, and how many rows it changed. `exists`: it has a page."""

    rule_id: int
    name: str
    row_count: int
    exists: bool


def rules_that_hit(run: RuleRun) -> list[RuleCount]:
    """Those of the run that changed a row, the one with most rows first."""
    hits = RuleHit.objects.filter(run=run).values("rule_id", "rule_name")
    known = Exists(CategoryRule.objects.filter(pk=OuterRef("rule_id")))
    counted = hits.annotate(rows=Count("transaction_id"), known=known).order_by("-rows", "rule_name")
    return [RuleCount(one["rule_id"], one["rule_name"], one["rows"], one["known"]) for one in counted]


def rows_of(run: RuleRun, *, rule_id: int | None = None) -> TransactionQuerySet:
    """The rows that the run changed and that are still there, or those of one of its rules."""
    hits = RuleHit.objects.filter(run=run, transaction_id=OuterRef("pk"))
    if rule_id is not None:
        hits = hits.filter(rule_id=rule_id)
    return Transaction.objects.filter(Exists(hits)).select_related("account").newest_first()


def run_of_import(changeset_id: int | None) -> RuleRun | None:
    """The run of the rules as that import came in, if they changed any of its rows."""
    return RuleRun.objects.filter(changeset=changeset_id).first() if changeset_id is not None else None


def rules_of_row(row_id: int) -> list[RuleHit]:
    """Which rules changed the row, the last first; what was undone since is left out."""
    hits = RuleHit.objects.filter(transaction_id=row_id).select_related("run")
    return list(hits.filter(run__changeset__in=Changeset.objects.in_force()).order_by("-run_id", "rule_name"))
