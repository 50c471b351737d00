"""Money in and out, month by month."""

from dataclasses import dataclass
from decimal import Decimal

from apps.core.periods import Month
from apps.reports.reading import OWN_MONEY
from apps.tenancy.statements import fetch

# By day first, which is cheaper than asking each row for its month.
_QUERY = f"""
    WITH daily AS (
        SELECT t.date,
               coalesce(sum(t.amount) FILTER (WHERE t.amount > 0), 0) AS money_in,
               coalesce(-sum(t.amount) FILTER (WHERE t.amount < 0), 0) AS money_out
          FROM {OWN_MONEY} AND t.date BETWEEN %(first)s AND %(last)s
         GROUP BY 1
    )
    SELECT width_bucket(date, %(firsts)s::date[]) - 1, sum(money_in), sum(money_out) FROM daily GROUP BY 1
"""  # noqa: S608


@dataclass(frozen=True)
class MonthFlow:
    """What came in and went out in a month; both positive, both zero in a month without rows."""

    month: Month
    money_in: Decimal
    money_out: Decimal


def monthly_trend(last: Month, *, month_count: int, currency: str) -> list[MonthFlow]:
    """The `month_count` months up to `last`, oldest first, none left out; in one currency, without transfers."""
    months = list(last.plus(1 - month_count).up_to(last))
    firsts = [month.first for month in months]
    rows = fetch(_QUERY, currency=currency, first=firsts[0], last=last.last, firsts=firsts)
    flows = {months[index]: (money_in, money_out) for index, money_in, money_out in rows}
    nothing = (Decimal(0), Decimal(0))
    return [MonthFlow(month, *flows.get(month, nothing)) for month in months]
