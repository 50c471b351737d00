"""What runs did: which rule changed which rows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef

from apps.categorization.models import CategoryRule, RuleHit, RuleRun
from apps.ledger.models import Changeset, Transaction
from apps.ledger.models.transactions import TransactionQuerySet
from apps.tenancy.context import current_narrowing


@dataclass(frozen=True)
class RuleCount:
    """A rule as it was called then, and how many rows it changed. `exists`: it has a page."""

    rule_id: int
    name: str
    row_count: int
    exists: bool


def tell_in_part(listed: Iterable[RuleRun]) -> None:
    """Who does not see all accounts is told of what others applied by the rows that they see: how many rows were
    looked at, and which were left, was noted of all."""
    narrowing = current_narrowing()
    if narrowing is None or not narrowing.hidden:
        return
    runs = list(listed)
    hits = RuleHit.objects.filter(run__in=runs).values("run_id")
    counts = dict(hits.annotate(rows=Count("transaction_id", distinct=True)).values_list("run_id", "rows"))
    for run in runs:
        run.changed_count = counts.get(run.pk, 0)
        if run.actor_id != narrowing.person_id:
            run.row_count, run.error = None, ""


def tell_use_in_part(rules: Collection[CategoryRule]) -> None:
    """The same of how often the rules were used."""
    narrowing = current_narrowing()
    if narrowing is None or not narrowing.hidden:
        return
    hits = RuleHit.objects.filter(rule_id__in=[rule.pk for rule in rules]).values("rule_id")
    counted = hits.annotate(rows=Count("*"), last=Max("run__finished_at")).values_list("rule_id", "rows", "last")
    uses = {rule_id: (count, last) for rule_id, count, last in counted}
    for rule in rules:
        rule.use_count, rule.last_used_at = uses.get(rule.pk, (0, None))


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
    if changeset_id is None:
        return None
    found = RuleRun.objects.filter(changeset=changeset_id).first()
    if found is not None:
        tell_in_part([found])
    return found


def rules_of_row(row_id: int) -> list[RuleHit]:
    """Which rules changed the row, the last first; what was undone since is left out."""
    hits = RuleHit.objects.filter(transaction_id=row_id).select_related("run")
    return list(hits.filter(run__changeset__in=Changeset.objects.in_force()).order_by("-run_id", "rule_name"))
