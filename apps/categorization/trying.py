"""What a rule would do, shown before anything is done: how many rows it means, and some of them before and after."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from apps.categorization.applying import LINE, settled
from apps.categorization.matching import Texts, meeting
from apps.categorization.models import CategoryRule, RuleCondition
from apps.ledger.models import Tag, Transaction, TransactionTag

SHOWN = 20


@dataclass(frozen=True)
class Step:
    """One thing of a row, before and after. Tags are shown as tags, everything else as text."""

    label: str
    before: Any = None
    after: Any = None

    @property
    def is_change(self) -> bool:
        return bool(self.before != self.after)


@dataclass
class Sample:
    row: Transaction
    steps: list[Step] = field(default_factory=list)

    @property
    def changes(self) -> list[Step]:
        return [step for step in self.steps if step.is_change]


@dataclass(frozen=True)
class Trial:
    """`settled_count` rows have a bucket that stays as a person, or the bank's file, gave it."""

    row_count: int
    settled_count: int
    samples: list[Sample]


def try_out(rule: CategoryRule, conditions: Sequence[RuleCondition]) -> Trial:
    """The rule, kept or not, asked of all rows. Raises UnreadableCondition for what could not be kept."""
    every = Transaction.objects.all()
    rows = every.filter(meeting(conditions, matches_all=rule.matches_all, texts=Texts(every)))
    gives_bucket = rule.bucket is not None or rule.split_template is not None
    kept = rows.filter(settled()) if gives_bucket else rows.none()
    shown = list(rows.select_related("account").newest_first()[:SHOWN])
    held = _tags_of(shown)
    still = set(kept.filter(pk__in=[row.pk for row in shown]).values_list("pk", flat=True))
    samples = [Sample(row, _steps(rule, row, held.get(row.pk, []), keeps=row.pk in still)) for row in shown]
    return Trial(rows.count(), kept.count(), samples)


def _tags_of(rows: Sequence[Transaction]) -> dict[int, list[TransactionTag]]:
    held: dict[int, list[TransactionTag]] = {}
    links: QuerySet[TransactionTag] = TransactionTag.objects.filter(transaction__in=[row.pk for row in rows])
    for link in links.select_related("tag").order_by("tag__sort_order", "tag_id"):
        held.setdefault(link.transaction_id, []).append(link)
    return held


def _steps(rule: CategoryRule, row: Transaction, links: list[TransactionTag], *, keeps: bool) -> list[Step]:
    buckets = [link for link in links if link.tag.namespace == Tag.Namespace.BUCKET]
    steps = []
    if rule.bucket is not None or rule.split_template is not None:
        steps.append(_bucket_step(rule, buckets, keeps=keeps))
    if rule.occasion is not None:
        has_it = any(link.tag_id == rule.occasion.pk for link in links)
        steps.append(Step("Occasion", rule.occasion if has_it else None, rule.occasion))
    if rule.merchant:
        steps.append(Step("Merchant", row.merchant, rule.merchant))
    if rule.note:
        lines = row.notes.replace("\r", "").split(LINE) if row.notes else []
        after = lines if rule.note in lines else [*lines, rule.note]
        steps.append(Step("Notes", " · ".join(lines), " · ".join(after)))
    if rule.marks_transfer:
        steps.append(Step("Transfer", "yes" if row.is_transfer else "no", "yes"))
    if rule.ignores:
        ignored = row.status if row.reconciliation_id is not None else Transaction.Status.IGNORED
        steps.append(Step("Status", row.get_status_display(), Transaction.Status(ignored).label))
    return steps


def _bucket_step(rule: CategoryRule, buckets: list[TransactionTag], *, keeps: bool) -> Step:
    before: Tag | str | None = buckets[0].tag if buckets else None
    if buckets and buckets[0].amount is not None:
        before = f"Split · {len(buckets)}"
    if keeps:
        return Step("Bucket", before, before)
    return Step("Bucket", before, rule.bucket if rule.bucket is not None else f"Split: {rule.split_template}")
