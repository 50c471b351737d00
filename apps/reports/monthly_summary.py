"""What came in and went out in a month, and in which buckets."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from apps.core.periods import Month
from apps.reports.reading import OWN_MONEY
from apps.tenancy.statements import fetch

_FIGURES = f"""
    SELECT coalesce(sum(t.amount) FILTER (WHERE t.amount > 0 AND t.date >= %(first)s), 0),
           coalesce(-sum(t.amount) FILTER (WHERE t.amount < 0 AND t.date >= %(first)s), 0),
           count(*) FILTER (WHERE t.date >= %(first)s),
           coalesce(sum(t.amount) FILTER (WHERE t.amount > 0 AND t.date < %(first)s AND t.date <= %(same_day)s), 0),
           coalesce(-sum(t.amount) FILTER (WHERE t.amount < 0 AND t.date < %(first)s AND t.date <= %(same_day)s), 0)
      FROM {OWN_MONEY} AND t.date BETWEEN %(previous_first)s AND %(last)s
"""  # noqa: S608

# A split row counts each part in its bucket; what the parts leave over has no bucket.
_BUCKETS = f"""
    WITH spent AS (
        SELECT t.id, t.amount FROM {OWN_MONEY} AND t.amount < 0 AND t.date BETWEEN %(first)s AND %(last)s
    ), part AS (
        SELECT s.id, tag.value, tag.name, tag.colour, coalesce(tt.amount, s.amount) AS amount
          FROM spent s
          JOIN ledger_transactiontag tt ON tt.transaction_id = s.id
          JOIN ledger_tag tag ON tag.id = tt.tag_id AND tag.namespace = 'bucket'
    ), rest AS (
        SELECT s.id, s.amount - coalesce(sum(p.amount), 0) AS amount
          FROM spent s LEFT JOIN part p ON p.id = s.id GROUP BY s.id, s.amount
    )
    SELECT value, name, colour, -sum(amount), count(*) FROM part GROUP BY value, name, colour
     UNION ALL
    SELECT '', '', 0, -sum(amount), count(*) FROM rest WHERE amount <> 0 HAVING count(*) > 0
     ORDER BY 4 DESC, 2
"""  # noqa: S608


@dataclass(frozen=True)
class BucketSpending:
    """Spending in one bucket, positive. `value` is empty for what has no bucket."""

    value: str
    name: str
    colour: int
    amount: Decimal
    row_count: int


@dataclass(frozen=True)
class MonthlySummary:
    """A month in one currency, transfers left out. Amounts are positive; `net` is in less out.

    `previous_in` and `previous_out` are the month before up to the same day, so that a running month is compared
    with as many days.
    """

    month: Month
    money_in: Decimal
    money_out: Decimal
    row_count: int
    previous_in: Decimal
    previous_out: Decimal
    buckets: list[BucketSpending]

    @property
    def net(self) -> Decimal:
        return self.money_in - self.money_out


def monthly_summary(month: Month, *, currency: str, today: datetime.date) -> MonthlySummary:
    """The summary of the month, from the open household. `today` is its last day where the month is still running."""
    previous = month.plus(-1)
    same_day = min(previous.first + (today - month.first), previous.last) if today in month else previous.last
    parameters = {
        "currency": currency,
        "first": month.first,
        "last": month.last,
        "previous_first": previous.first,
        "same_day": same_day,
    }
    ((money_in, money_out, row_count, previous_in, previous_out),) = fetch(_FIGURES, **parameters)
    buckets = [BucketSpending(*row) for row in fetch(_BUCKETS, **parameters)]
    return MonthlySummary(month, money_in, money_out, row_count, previous_in, previous_out, buckets)
