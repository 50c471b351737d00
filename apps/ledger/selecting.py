"""The rows that a person chose: ticked one by one, or everything that the filter shows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict

from apps.core.errors import ExpectedError
from apps.core.numbers import whole_number
from apps.core.periods import Calendar
from apps.ledger.filters import Filter
from apps.ledger.journal import ChangedMeanwhile, changed_since, hold, last_changes
from apps.ledger.models import Transaction
from apps.ledger.models.transactions import TransactionQuerySet

_TICK = re.compile(r"(\d{1,19})-(\d{1,19})")


class NothingSelected(ExpectedError):
    def __init__(self) -> None:
        super().__init__("No row is ticked. Tick the rows that you mean, or choose everything that is shown.")


class RowsAreGone(ExpectedError):
    def __init__(self, count: int) -> None:
        rows = "One of these rows is" if count == 1 else f"{count} of these rows are"
        super().__init__(f"{rows} not there any more, and nothing was changed. What is there now is shown here.")


class OthersMatchNow(ExpectedError):
    """What the filter shows is not what the person was asked about."""

    def __init__(self, shown: int, now: int) -> None:
        super().__init__(
            f"When you were asked, {shown:,} rows matched; now {now:,} do, or some of them were changed since. "
            "Nothing was changed yet: look again, and confirm if you still want it."
        )


@dataclass(frozen=True)
class Selection:
    """Ticked rows with the version of the data in which each was shown; or everything that `query` filters.

    `shown_count` and `as_of` are what the person was asked about, where they were asked.
    """

    ticked: dict[int, int] = field(default_factory=dict)
    is_everything: bool = False
    query: str = ""
    shown_count: int | None = None
    as_of: int | None = None

    @classmethod
    def parse(cls, form: QueryDict) -> "Selection":
        """What a form of the transactions page sent; what it got wrong selects nothing."""
        return cls(
            ticked=_ticked(form.getlist("row")),
            is_everything=form.get("everything") == "yes",
            query=form.get("query", "")[:4000],
            shown_count=whole_number(form.get("shown_count", "")),
            as_of=whole_number(form.get("as_of", "")),
        )

    def rows(self, *, calendar: Calendar) -> TransactionQuerySet:
        """Raises NothingSelected if no row is chosen."""
        if self.is_everything:
            return Filter.parse(QueryDict(self.query)).apply(Transaction.objects.all(), calendar=calendar)
        if not self.ticked:
            raise NothingSelected
        return Transaction.objects.filter(pk__one_of=self.ticked)

    def held(self, *, calendar: Calendar) -> TransactionQuerySet:
        """Locks the rows, so that nobody changes them from now on, and returns these and no others.

        Raises if they are not what the person saw: gone, changed, or others than those that were counted.
        """
        ids = hold(self.rows(calendar=calendar))
        if self.is_everything:
            self._refuse_others(ids)
        else:
            self._refuse_changed(ids)
        return Transaction.objects.filter(pk__one_of=ids)

    def _refuse_changed(self, ids: list[int]) -> None:
        if missing := len(self.ticked) - len(ids):
            raise RowsAreGone(missing)
        newest = last_changes(ids)
        if count := sum(newest.get(pk, 0) > shown for pk, shown in self.ticked.items()):
            raise ChangedMeanwhile(count)

    def _refuse_others(self, ids: list[int]) -> None:
        if len(ids) != self.shown_count or self.as_of is None or changed_since(ids, self.as_of):
            raise OthersMatchNow(self.shown_count or 0, len(ids))


def _ticked(values: Iterable[str]) -> dict[int, int]:
    """`12-345`: row 12 as it was in version 345."""
    found = (_TICK.fullmatch(value) for value in values)
    return {int(one[1]): int(one[2]) for one in found if one and max(int(one[1]), int(one[2])) < 2**63}
