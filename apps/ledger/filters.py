"""The filter of the transactions page: read from the address, applied to the rows, and written as an address again."""

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from apps.core.periods import Calendar, Month
from apps.ledger import filter_values
from apps.ledger.models import Tag, Transaction
from apps.ledger.models.transactions import TransactionQuerySet
from apps.ledger.searching import Search, conditions, read_search
from apps.ledger.searching.applying import matching
from apps.ledger.searching.names import tags_named
from apps.ledger.searching.terms import Amounts, Tagged

PERIODS = {
    "this-month": "This month",
    "last-month": "Last month",
    "90-days": "Last 90 days",
    "this-year": "This year",
    "last-year": "Last year",
}
NO_BUCKET = "none"
_BUCKET = str(Tag.Namespace.BUCKET)
TRANSFERS = {"hide": "Transfers hidden", "only": "Transfers only"}
FLOWS = {"in": "Money in", "out": "Money out"}
SPLITS = {"yes": "Split", "no": "Not split"}
REVIEWS = {"yes": "To review"}


@dataclass(frozen=True)
class Filter:
    """Empty fields filter nothing. A value that the address got wrong is treated as empty.

    Several buckets or accounts mean any of them, several tags all of them. Tags are `namespace:value`. Amounts are
    without sign: how much moved.
    """

    q: str = ""
    bucket: tuple[str, ...] = ()
    account: tuple[int, ...] = ()
    account_not: tuple[int, ...] = ()
    tag: tuple[str, ...] = ()
    tag_not: tuple[str, ...] = ()
    period: str = ""
    start: datetime.date | None = None
    end: datetime.date | None = None
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    flow: str = ""
    status: str = ""
    transfers: str = ""
    split: str = ""
    review: str = ""

    @classmethod
    def parse(cls, query: QueryDict | Mapping[str, str]) -> "Filter":
        lists = dict(query.lists()) if isinstance(query, QueryDict) else {key: [one] for key, one in query.items()}
        return cls(
            **{name: read([filter_values.clean(one) for one in lists.get(name, [])]) for name, read in _READERS.items()}
        )

    def search(self, *, calendar: Calendar) -> Search:
        """What the search box says. Raises UnreadableSearch."""
        return read_search(self.q, calendar=calendar)

    def month(self, calendar: Calendar) -> Month | None:
        """The household's month that the period means; None where it means something else."""
        this = calendar.this_month
        known = {"this-month": this, "last-month": this.plus(-1)}
        return known.get(self.period) or calendar.month_named(self.period)

    def span(self, calendar: Calendar) -> tuple[datetime.date | None, datetime.date | None]:
        """The days that the period means, both included."""
        today = calendar.today
        match self.period:
            case "90-days":
                return today - datetime.timedelta(days=89), today
            case "this-year" | "last-year":
                year = today.year - (self.period == "last-year")
                return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        month = self.month(calendar)
        return (month.first, month.last) if month else (None, None)

    def apply(self, rows: TransactionQuerySet, *, calendar: Calendar) -> TransactionQuerySet:
        """The rows that fit every field. Raises UnreadableSearch: a search that says nothing must not mean all rows."""
        search = self.search(calendar=calendar)
        rows = rows.filter(conditions.in_days(*self.span(calendar)), conditions.in_days(self.start, self.end))
        return matching(rows.filter(*self._of_tags(), *self._of_accounts(), *self._of_facts()), search)

    def bucket_ids(self, *, calendar: Calendar) -> set[int]:
        """The buckets that are asked for, be it by the fields or by `bucket:` in the search; empty if any will do.

        Raises UnreadableSearch.
        """
        words = {f"{_BUCKET}:{value}" for value in self.bucket} | {
            tag for tag in self.tag if tag.startswith(f"{_BUCKET}:")
        }
        found = set(_tag_ids(words).values())
        for term in self.search(calendar=calendar).terms:
            if isinstance(term.meaning, Tagged) and term.meaning.namespace == _BUCKET and not term.is_excluded:
                found.update(tags_named(term.meaning))
        return found

    def _of_accounts(self) -> list[Q]:
        wanted, unwanted = conditions.in_accounts(self.account), conditions.in_accounts(self.account_not)
        return [*([wanted] if self.account else []), *([~unwanted] if self.account_not else [])]

    def _of_tags(self) -> list[Q]:
        buckets = [f"{_BUCKET}:{value}" for value in self.bucket]
        ids = _tag_ids({*buckets, *self.tag, *self.tag_not})
        found = [conditions.tagged(_known(ids, [tag])) for tag in self.tag]
        found += [~conditions.tagged(_known(ids, [tag])) for tag in self.tag_not]
        if buckets:
            in_one = conditions.tagged(_known(ids, buckets))
            found.append(in_one | conditions.in_state("untagged") if NO_BUCKET in self.bucket else in_one)
        return found

    def _of_facts(self) -> list[Q]:
        states = [
            *([self.flow] if self.flow else []),
            *([_STATE_OF_STATUS[self.status]] if self.status else []),
            *(["review"] if self.review else []),
        ]
        found = [conditions.in_state(state) for state in states]
        for choice, yes, state in ((self.transfers, "only", "transfer"), (self.split, "yes", "split")):
            if choice:
                fits = conditions.in_state(state)
                found.append(fits if choice == yes else ~fits)
        return [*found, conditions.amounting_to(self._amounts())]

    def _amounts(self) -> Amounts:
        """With its sign where the direction is known: PostgreSQL then looks at one side only."""
        least, most = self.amount_min, self.amount_max
        match self.flow:
            case "in":
                return Amounts(least, most, is_signed=True)
            case "out":
                return Amounts(None if most is None else -most, None if least is None else -least, is_signed=True)
        return Amounts(least, most)

    def query(self, **extra: str) -> str:
        """The filter as the query of an address, without its empty fields: `?q=amazon&period=2026-11`."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        given = [(name, value if isinstance(value, tuple) else (value,)) for name, value in {**own, **extra}.items()]
        pairs = [
            (name, filter_values.written(one)) for name, values in given for one in values if one not in ("", None)
        ]
        return f"?{urlencode(pairs)}" if pairs else ""

    def without(self, name: str, value: Any = None) -> "Filter":
        """Without the field, or without one of its values."""
        now = getattr(self, name)
        left: Any = tuple(one for one in now if value is not None and one != value) if isinstance(now, tuple) else None
        return replace(self, **{name: getattr(Filter, name) if left is None else left})

    def with_least(self, amount: Decimal) -> "Filter":
        return replace(self, amount_min=amount)

    def fields_filled(self) -> list[str]:
        return [field.name for field in fields(self) if getattr(self, field.name) not in ("", (), None)]


def _tag_ids(words: Collection[str]) -> dict[str, int]:
    """The ids of the tags that there are, by `namespace:value`."""
    if not words:
        return {}
    parts = (word.partition(":") for word in words)
    named = reduce(or_, (Q(namespace=namespace, value=value) for namespace, _, value in parts))
    return {f"{tag.namespace}:{tag.value}": tag.pk for tag in Tag.objects.filter(named)}


def _known(ids: Mapping[str, int], words: Iterable[str]) -> list[int]:
    return [ids[word] for word in words if word in ids]


_STATE_OF_STATUS = {
    str(Transaction.Status.UNRECONCILED): "unreconciled",
    str(Transaction.Status.MATCHED): "matched",
    str(Transaction.Status.MANUALLY_ENTERED): "manual",
    str(Transaction.Status.IGNORED): "ignored",
}
_READERS: dict[str, Callable[[list[str]], Any]] = {
    "q": filter_values.text,
    "bucket": filter_values.words,
    "account": filter_values.ids,
    "account_not": filter_values.ids,
    "tag": filter_values.tags,
    "tag_not": filter_values.tags,
    "period": filter_values.period(PERIODS),
    "start": filter_values.day,
    "end": filter_values.day,
    "amount_min": filter_values.amount,
    "amount_max": filter_values.amount,
    "flow": filter_values.one_of(FLOWS),
    "status": filter_values.one_of(_STATE_OF_STATUS),
    "transfers": filter_values.one_of(TRANSFERS),
    "split": filter_values.one_of(SPLITS),
    "review": filter_values.one_of(REVIEWS),
}
