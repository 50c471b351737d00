"""Sharing the amount of rows among buckets: exactly, and in one statement however many rows.

Parts with an amount are taken out first. Parts with a percentage share what these leave, and one part may take the
rest, which is the percentage that the others leave. Each share is rounded down to the currency's minor unit (or to the
finest digit that the amount itself has); the units that are then missing go one by one to the shares that lost most by
the rounding, of equals to the earlier one. That is the method of the largest remainder: the parts make the amount.

A part that comes to nothing is left out, and a part that is left alone is the bucket of the whole row.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Abs

from apps.core.errors import ExpectedError
from apps.core.money import MINOR_DIGITS, plain
from apps.ledger.bucketing import take_buckets
from apps.ledger.journal import Deed
from apps.ledger.models import SplitTemplate, Tag, Transaction, TransactionTag
from apps.ledger.models.transactions import TransactionQuerySet
from apps.tenancy.statements import fetch, run

HUNDRED = Decimal(100)
PERSON = TransactionTag.Source.PERSON

_SHARE = """
    WITH part AS (
        SELECT * FROM unnest(%(tags)s::bigint[], %(amounts)s::numeric[], %(percents)s::numeric[])
                 WITH ORDINALITY AS p (tag_id, amount, percent, place)
    ), paid AS (
        SELECT t.id, sign(t.amount) AS sign, abs(t.amount) - %(fixed)s AS shared,
               ('1e-' || greatest(coalesce((%(minor_digits)s::jsonb ->> a.currency)::int, 2),
                                  min_scale(abs(t.amount) - %(fixed)s)))::numeric AS unit
          FROM ledger_transaction t JOIN ledger_account a ON a.id = t.account_id WHERE t.id = ANY(%(ids)s)
    ), share AS (
        SELECT paid.*, part.tag_id, part.place, shared * part.percent * 0.01 AS exact
          FROM paid CROSS JOIN part WHERE part.percent IS NOT NULL
    ), rounded AS (
        SELECT share.*, div(exact, unit) * unit AS amount FROM share
    ), ranked AS (
        SELECT rounded.*, shared - sum(amount) OVER (PARTITION BY id) AS missing,
               row_number() OVER (PARTITION BY id ORDER BY exact - amount DESC, place) AS rank
          FROM rounded
    ), sized AS (
        SELECT id, tag_id, sign * (amount + CASE WHEN rank * unit <= missing THEN unit ELSE 0 END) AS amount FROM ranked
         UNION ALL
        SELECT id, tag_id, sign * part.amount FROM paid CROSS JOIN part WHERE part.amount IS NOT NULL
    )
    INSERT INTO ledger_transactiontag (transaction_id, tag_id, source, amount)
    SELECT id, tag_id, %(source)s, CASE WHEN count(*) OVER (PARTITION BY id) > 1 THEN amount END
      FROM sized WHERE amount <> 0
"""
_UNBALANCED = """
    SELECT t.amount, a.currency, sum(g.amount)
      FROM ledger_transaction t JOIN ledger_account a ON a.id = t.account_id
      JOIN ledger_transactiontag g ON g.transaction_id = t.id AND g.amount IS NOT NULL
     WHERE t.id = ANY(%(ids)s) GROUP BY t.id, a.currency HAVING sum(g.amount) <> t.amount ORDER BY t.id LIMIT 1
"""


class BadSplit(ExpectedError):
    """Parts that do not make the amount, or that cannot be parts."""


@dataclass(frozen=True)
class Part:
    """What goes to one bucket: an amount without sign, or per cent of what the amounts leave, or (neither) the rest."""

    tag_id: int
    amount: Decimal | None = None
    percent: Decimal | None = None

    @property
    def is_rest(self) -> bool:
        return self.amount is None and self.percent is None


def split(rows: TransactionQuerySet, parts: Sequence[Part], *, deed: Deed, source: str = PERSON) -> list[int]:
    """Shares the amount of each row among the buckets of the parts, in place of the buckets it has; returns the ids.

    Raises BadSplit for parts that cannot be, or if one of the rows does not fit them (`fitting` leaves those out). What
    a person or a rule says also takes the rows out of the review.
    """
    refuse_bad_parts(parts)
    ids = take_buckets(rows, deed=deed, source=source)
    refuse_misfits(Transaction.objects.filter(pk__one_of=ids), parts)
    run(
        _SHARE,
        ids=ids,
        fixed=fixed_sum(parts),
        tags=[part.tag_id for part in parts],
        amounts=[part.amount for part in parts],
        percents=_percents(parts),
        minor_digits=json.dumps(MINOR_DIGITS),
        source=source,
    )
    return ids


def apply_template(
    rows: TransactionQuerySet, template: SplitTemplate, *, deed: Deed, source: str = PERSON
) -> list[int]:
    """Splits the rows as the template says. Raises BadSplit if its amounts are more than one of the rows has."""
    return split(rows, parts_of(template), deed=deed, source=source)


def unsplit(rows: TransactionQuerySet, *, deed: Deed) -> list[int]:
    """Takes the split of those rows that have one; they are left without a bucket."""
    parts = TransactionTag.objects.filter(transaction_id=OuterRef("pk"), amount__isnull=False)
    return take_buckets(rows.filter(Exists(parts)), deed=deed, source=PERSON)


def parts_of(template: SplitTemplate) -> list[Part]:
    return [Part(part.tag_id, part.amount, part.percent) for part in template.parts.all()]


def fixed_sum(parts: Sequence[Part]) -> Decimal:
    """What the parts with an amount make."""
    return sum((part.amount for part in parts if part.amount is not None), Decimal(0))


def shares(parts: Sequence[Part]) -> list[Part]:
    """The parts that share what the fixed ones leave."""
    return [part for part in parts if part.amount is None]


def fitting(rows: TransactionQuerySet, parts: Sequence[Part]) -> TransactionQuerySet:
    """Those of the rows that can be split so: the amounts are not more than the row has, or exactly it if all are."""
    return rows.alias(size=Abs("amount")).filter(_fits(parts))


def refuse_misfits(rows: TransactionQuerySet, parts: Sequence[Part]) -> None:
    """Raises BadSplit, saying what is missing or too much, if one of the rows cannot be split so."""
    misfits = rows.alias(size=Abs("amount")).exclude(_fits(parts)).select_related("account")
    first = misfits.newest_first().first()
    if first is None:
        return
    sentence = _misfit(abs(first.amount), fixed_sum(parts), first.account.currency)
    count = misfits.count()
    raise BadSplit(sentence if count == 1 else f"{count} of the rows cannot be split so. The newest: {sentence}")


def refuse_bad_parts(parts: Sequence[Part]) -> None:
    """Raises BadSplit if the parts cannot be those of any amount."""
    if not parts:
        raise BadSplit("Say which buckets the amount is shared among.")
    tag_id, times = Counter(part.tag_id for part in parts).most_common(1)[0]
    if times > 1:
        raise BadSplit(f"“{Tag.objects.get(pk=tag_id)}” stands there twice. Make one part of the two.")
    if any(size <= 0 for part in parts for size in (part.amount, part.percent) if size is not None):
        raise BadSplit("Each part must be more than nothing. Take out a part that gets nothing.")
    if sum(part.is_rest for part in parts) > 1:
        raise BadSplit("Only one part can take the rest.")
    if shares(parts):
        _refuse_percents(parts)


def _refuse_percents(parts: Sequence[Part]) -> None:
    total = sum((part.percent for part in parts if part.percent is not None), Decimal(0))
    has_rest = any(part.is_rest for part in parts)
    if total > HUNDRED:
        raise BadSplit(f"The percentages make {_number(total)}; {_number(total - HUNDRED)} is too much.")
    if has_rest and total == HUNDRED:
        raise BadSplit("The percentages make 100, so nothing is left for the part that takes the rest.")
    if not has_rest and total < HUNDRED:
        raise BadSplit(
            f"The percentages make {_number(total)} of 100; {_number(HUNDRED - total)} is missing. Raise them, or let "
            "one part take the rest."
        )


def refuse_unbalanced_split(ids: Collection[int]) -> None:
    """Call it after amounts were changed. Raises BadSplit if a row is split into parts that do not make its amount."""
    for amount, currency, parts in fetch(_UNBALANCED, ids=list(ids)):
        raise BadSplit(
            f"The row is split into parts that make {plain(parts, currency)}, and its amount would be "
            f"{plain(amount, currency)}. Take the split away first, and split the new amount then."
        )


def _fits(parts: Sequence[Part]) -> Q:
    fixed = fixed_sum(parts)
    return Q(size__gte=fixed, size__gt=0) if shares(parts) else Q(size=fixed, size__gt=0)


def _misfit(size: Decimal, fixed: Decimal, currency: str) -> str:
    if not size:
        return "A row of nothing cannot be split."
    gap = f"{plain(abs(size - fixed), currency)} is {'missing' if fixed < size else 'too much'}"
    return f"The parts make {plain(fixed, currency)} of {plain(size, currency)}: {gap}."


def _percents(parts: Sequence[Part]) -> list[Decimal | None]:
    """Of each part what it gets of that which the fixed ones leave; None for the fixed ones."""
    given = sum((part.percent for part in parts if part.percent is not None), Decimal(0))
    return [HUNDRED - given if part.is_rest else part.percent for part in parts]


def _number(number: Decimal) -> str:
    return f"{number.normalize():f}"
