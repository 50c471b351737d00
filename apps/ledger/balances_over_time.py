"""What an account held at the end of each day or month, summed by the database."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.core.periods import Month
from apps.tenancy.statements import fetch

DAYS, MONTHS = 92, 24
"""How many points the two curves have."""

# One pass over the account's index; days without rows hold what the day before held. Months begin `late` days after
# those of the calendar.
_HELD = """
    WITH moved AS (
        SELECT greatest(date_trunc(%(step)s, date - %(late)s::int)::date + %(late)s::int, %(first)s) AS day,
               sum(amount) AS amount
          FROM ledger_transaction WHERE account_id = %(account)s AND date <= %(until)s GROUP BY 1
    ), point AS (
        SELECT generate_series(%(first)s::timestamp, %(until)s::timestamp, ('1 ' || %(step)s)::interval)::date AS day
    )
    SELECT day, %(opening)s + sum(coalesce(amount, 0)) OVER (ORDER BY day)
      FROM point LEFT JOIN moved USING (day) ORDER BY day
"""


@dataclass(frozen=True)
class Point:
    """What the account held at the end of `date`."""

    date: datetime.date
    amount: Decimal


def balances_by_day(account_id: int, *, opening: Decimal, until: datetime.date) -> list[Point]:
    """The last three months, day by day. `opening` is what the account held before its first row."""
    first = until - datetime.timedelta(days=DAYS - 1)
    held = _held(account_id, opening=opening, step="day", first=first, until=until)
    return [Point(day, amount) for day, amount in held]


def balances_by_month(account_id: int, *, opening: Decimal, until: datetime.date, start_day: int) -> list[Point]:
    """The last two years at the end of each month, and of the last month at `until`. Months begin on `start_day`."""
    first = Month.of(until, start_day).plus(1 - MONTHS).first
    held = _held(account_id, opening=opening, step="month", first=first, until=until, late=start_day - 1)
    return [Point(min(Month.of(day, start_day).last, until), amount) for day, amount in held]


def _held(
    account_id: int, *, opening: Decimal, step: str, first: datetime.date, until: datetime.date, late: int = 0
) -> list[tuple[datetime.date, Decimal]]:
    parameters: dict[str, Any] = {
        "account": account_id,
        "opening": opening,
        "step": step,
        "first": first,
        "until": until,
        "late": late,
    }
    return fetch(_HELD, **parameters)


def since_first_change(points: list[Point]) -> list[Point]:
    """Without the flat stretch before the account's first rows; one point of it stays as the beginning."""
    moves = [index for index, point in enumerate(points) if point.amount != points[0].amount]
    return points[max(moves[0] - 1, 0) :] if moves else points
