"""Cents and seconds: prorating, discounts, and when a billing period ends."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .errors import Json

SMALLEST_CHARGE = 50
"""Cents. What is less goes to the customer's balance instead of a card."""


def rounded(cents: Decimal) -> int:
    """To the nearest cent; a half goes away from zero."""
    return int(cents.quantize(Decimal(1), ROUND_HALF_UP))


def share(cents: int, *, of: tuple[int, int], after: int) -> int:
    """What of an amount for a period (start, end) falls on the time after a moment, to the second."""
    start, end = of
    if not start <= after <= end:
        raise ValueError("the moment is outside of the period")
    return rounded(Decimal(cents) * (end - after) / (end - start))


def percentage(cents: int, percent: float) -> int:
    return rounded(Decimal(cents) * Decimal(str(percent)) / 100)


def spread(cents: int, weights: list[int]) -> list[int]:
    """An amount in whole cents by weights, of which it is at most the sum: no part is more than its weight."""
    parts = []
    left = sum(weights)
    for weight in weights:
        parts.append(cents * weight // left if left else 0)
        cents, left = cents - parts[-1], left - weight
    return parts


def period_end(anchor: int, start: int, recurring: Json) -> int:
    """The first moment after `start` that lies whole intervals after the anchor.

    A month that has no such day ends on its last one, and the next returns to the anchor's day.
    """
    count = 1
    while (end := _later(anchor, recurring, count)) <= start:
        count += 1
    return end


def _later(anchor: int, recurring: Json, intervals: int) -> int:
    begin = datetime.fromtimestamp(anchor, UTC)
    count = intervals * recurring["interval_count"]
    if recurring["interval"] in {"day", "week"}:
        return int((begin + timedelta(days=count * (7 if recurring["interval"] == "week" else 1))).timestamp())
    months = begin.month - 1 + count * (12 if recurring["interval"] == "year" else 1)
    year, month = begin.year + months // 12, months % 12 + 1
    day = min(begin.day, calendar.monthrange(year, month)[1])
    return int(begin.replace(year=year, month=month, day=day).timestamp())


def months_later(moment: int, months: int) -> int:
    return _later(moment, {"interval": "month", "interval_count": 1}, months)


def shown(cents: int, currency: str = "usd") -> str:
    sign = "−" if cents < 0 else ""
    amount = f"{abs(cents) // 100:,}.{abs(cents) % 100:02d}"
    return f"{sign}${amount}" if currency == "usd" else f"{sign}{amount} {currency.upper()}"


def day(moment: int) -> str:
    found = datetime.fromtimestamp(moment, UTC)
    return f"{found.day} {found:%b %Y}"
