"""The buckets that a row probably belongs to, best first, and why; computed from the ledger, nothing is stored.

What the household chose for the same merchant tells most. Of its newest choices, from the newest on, each counts half
of the one before it, and four times as much if the amount is the same (a subscription among purchases of one shop). A
bucket's share of them all is its share s; n choices make the confidence

    s · n / (n + ½)

so that one choice alone is 67 % sure, and three equal ones 86 %. A correction teaches at once: the newest choice alone
outweighs all older ones. Choices for money of the other direction (a refund) count where there are no others, by half.
What an import took over from such choices stands in for them where they are too far back. The bank's own category, the
words of the row (at most 60 %) and that money in is income come next; each bucket has its strongest reason. Buckets
that are used often fill up what is left.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from apps.categorization.inference import OWED, ROWS_LOOKED_AT, TEACHING
from apps.categorization.words import scores_by_words
from apps.ledger.models import Tag, Transaction, TransactionTag
from apps.tenancy.statements import fetch

MOST = 3
SHRINKING = 0.5
SAME_AMOUNT = 4
OTHER_DIRECTION = 0.5
BY_BANK, BY_WORDS, BY_INCOME, BY_USE = 0.65, 0.6, 0.5, 0.02
# Rows that tell which buckets are used often.
NEWEST = 1000

_CHOICES = f"""
    SELECT asked.id, tt.tag_id, newest.amount, tt.source = 'history'
      FROM ledger_transaction asked
     CROSS JOIN LATERAL (
           SELECT t.id, t.date, t.amount FROM ledger_transaction t
            WHERE t.merchant = asked.merchant AND t.id <> asked.id
            ORDER BY t.date DESC, t.id DESC LIMIT {ROWS_LOOKED_AT}) newest
      JOIN ledger_transactiontag tt ON tt.transaction_id = newest.id AND tt.amount IS NULL
      JOIN ledger_tag tag ON tag.id = tt.tag_id AND tag.namespace = 'bucket'
     WHERE asked.id = ANY(%(ids)s) AND asked.merchant <> '' AND tt.source = ANY(%(teaching)s)
     ORDER BY asked.id, newest.date DESC, newest.id DESC
"""  # noqa: S608


@dataclass(frozen=True)
class Choice:
    """A bucket that the household gave to a row of the merchant."""

    bucket_id: int
    amount: Decimal
    is_taken_over: bool = False


@dataclass(frozen=True)
class Suggestion:
    """`confidence` is from 0 to 1."""

    bucket: Tag
    confidence: float
    reason: str

    @property
    def percent(self) -> int:
        return round(100 * self.confidence)


Reasons = dict[int, tuple[float, str]]


def suggest(rows: Sequence[Transaction]) -> dict[int, list[Suggestion]]:
    """At most three for each row, by its id. The rows come with their accounts; four queries, however many rows."""
    ids = [row.pk for row in rows]
    buckets = {tag.pk: tag for tag in Tag.objects.filter(namespace=Tag.Namespace.BUCKET)}
    by_value = {tag.value: tag.pk for tag in buckets.values()}
    choices, given, often = _choices(ids), _given(ids), _often(buckets.values())
    often_spent = {pk: reason for pk, reason in often.items() if pk != by_value.get("income")}
    return {
        row.pk: _best(
            [
                by_choices(choices[row.pk], row.amount),
                _by_bank(given.get(row.pk)),
                _by_words(row, by_value),
                often if row.amount > 0 else often_spent,
            ],
            buckets,
        )
        for row in rows
    }


def by_choices(choices: Iterable[Choice], amount: Decimal) -> Reasons:
    """Confidence and reason for each bucket that was chosen, newest choice first."""
    counted, factor = _that_count(list(choices), amount)
    weights: dict[int, float] = defaultdict(float)
    for age, choice in enumerate(counted):
        weights[choice.bucket_id] += 0.5**age * (SAME_AMOUNT if choice.amount == amount else 1)
    shrunk = factor * len(counted) / (len(counted) + SHRINKING) / (sum(weights.values()) or 1)
    times = {pk: sum(choice.bucket_id == pk for choice in counted) for pk in weights}
    return {pk: (weight * shrunk, _times(times[pk], len(counted))) for pk, weight in weights.items()}


def _that_count(choices: list[Choice], amount: Decimal) -> tuple[list[Choice], float]:
    """Own choices before those that were taken over, and money of the same direction before the other."""
    chosen = [choice for choice in choices if not choice.is_taken_over] or choices
    same = [choice for choice in chosen if (choice.amount > 0) == (amount > 0)]
    return (same, 1) if same else (chosen, OTHER_DIRECTION)


def _times(count: int, of: int) -> str:
    if of == 1:
        return "Your choice for this merchant"
    return f"Your choice for this merchant, {count} of {of} times"


def _by_bank(bucket_id: int | None) -> Reasons:
    return {bucket_id: (BY_BANK, "The bank’s own category")} if bucket_id is not None else {}


def _by_words(row: Transaction, by_value: dict[str, int]) -> Reasons:
    scores = scores_by_words(row.merchant, row.description)
    found = {
        by_value[value]: (BY_WORDS * score, "Words of the row") for value, score in scores.items() if value in by_value
    }
    if row.amount > 0 and row.account.kind not in OWED and "income" in by_value:
        found[by_value["income"]] = (BY_INCOME, "Money that came in")
    return found


def _best(reasons: Iterable[Reasons], buckets: dict[int, Tag]) -> list[Suggestion]:
    strongest: Reasons = {}
    for found in reasons:
        for pk, reason in found.items():
            strongest[pk] = max(strongest.get(pk, reason), reason, key=lambda one: one[0])
    best = sorted(strongest, key=lambda pk: (-strongest[pk][0], buckets[pk].sort_order, pk))
    return [Suggestion(buckets[pk], *strongest[pk]) for pk in best[:MOST]]


def _choices(ids: list[int]) -> dict[int, list[Choice]]:
    found: dict[int, list[Choice]] = defaultdict(list)
    for pk, *choice in fetch(_CHOICES, ids=ids, teaching=list(TEACHING)):
        found[pk].append(Choice(*choice))
    return found


def _given(ids: list[int]) -> dict[int, int]:
    """The buckets that the bank's own category gave the rows."""
    links = TransactionTag.objects.filter(transaction__in=ids, source=TransactionTag.Source.BANK, amount=None)
    return dict(links.values_list("transaction_id", "tag_id"))


def _often(buckets: Iterable[Tag]) -> Reasons:
    """The buckets of most of the newest rows, the most used one first; then the others as they are ordered."""
    newest = Transaction.objects.order_by("-date", "-pk").values("pk")[:NEWEST]
    links = TransactionTag.objects.filter(transaction__in=newest, tag__namespace=Tag.Namespace.BUCKET)
    counts = dict(links.order_by().values_list("tag_id").annotate(rows=Count("transaction_id")))
    ordered = sorted(buckets, key=lambda tag: (-counts.get(tag.pk, 0), tag.sort_order, tag.pk))
    reasons = ("Used often" if tag.pk in counts else "One of your buckets" for tag in ordered)
    return {
        tag.pk: (BY_USE / place, reason) for place, (tag, reason) in enumerate(zip(ordered, reasons, strict=True), 1)
    }
