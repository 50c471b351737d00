"""Money in and out, month by month."""

from dataclasses import dataclass
from decimal import Decimal

from apps.core.periods import Month
from apps.reports.reading import OWN_MONEY
from apps.tenancy.statements import fetch

_QUERY = f"""
    SELECT extract(year FROM t.date)::int, extract(month FROM t.date)::int,
           coalesce(sum(t.amount) FILTER (WHERE t.amount > 0), 0),
           coalesce(-sum(t.amount) FILTER (WHERE t.amount < 0), 0)
      FROM {OWN_MONEY} AND t.date BETWEEN %(first)s AND %(last)s
     GROUP BY 1, 2
"""  # noqa: S608


@dataclass(frozen=True)
class MonthFlow:
    """What came in and went out in a month; both positive, both zero in a month without rows."""

    month: Month
    money_in: Decimal
    money_out: Decimal


def monthly_trend(last: Month, *, month_count: int, currency: str) -> list[MonthFlow]:
    """The `month_count` months up to `last`, oldest first, none left out; in one currency, without transfers."""
    first = last.plus(1 - month_count)
    rows = fetch(_QUERY, currency=currency, first=first.first, last=last.last)
    flows = {Month(year, month): (money_in, money_out) for year, month, money_in, money_out in rows}
    nothing = (Decimal(0), Decimal(0))
    return [MonthFlow(month, *flows.get(month, nothing)) for month in first.up_to(last)]
