"""When a bill is due, and how much of a limit is left."""

import calendar
import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ledger.credit import Credit, next_due_date

DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31))


@pytest.mark.parametrize(
    ("due_day", "today", "due"),
    [
        (15, "2026-11-14", "2026-11-15"),
        (15, "2026-11-15", "2026-11-15"),
        (15, "2026-11-16", "2026-12-15"),
        (31, "2026-11-23", "2026-11-30"),
        (31, "2026-11-30", "2026-11-30"),
        (30, "2026-02-01", "2026-02-28"),
        (29, "2028-02-29", "2028-02-29"),
        (29, "2026-02-28", "2026-02-28"),
        (1, "2026-12-02", "2027-01-01"),
        (31, "2026-12-31", "2026-12-31"),
    ],
)
def test_the_next_due_date(due_day: int, today: str, due: str) -> None:
    assert next_due_date(due_day, datetime.date.fromisoformat(today)) == datetime.date.fromisoformat(due)


@given(st.integers(1, 31), DAYS)
def test_a_bill_is_due_once_in_every_month_on_its_day_or_the_last_one(due_day: int, today: datetime.date) -> None:
    due = next_due_date(due_day, today)
    assert today <= due <= today + datetime.timedelta(days=61)
    assert due.day == min(due_day, calendar.monthrange(due.year, due.month)[1])
    assert next_due_date(due_day, due) == due


@pytest.mark.parametrize(
    ("balance", "owed", "available", "percent", "tone"),
    [
        ("0", "0", "5000", "0.0", ""),
        ("-1499.99", "1499.99", "3500.01", "30.0", "warn"),
        ("-1490", "1490", "3510", "29.8", ""),
        ("-4000", "4000", "1000", "80.0", "bad"),
        ("-6000", "6000", "-1000", "120.0", "bad"),
        ("25.50", "0", "5025.50", "0.0", ""),
    ],
)
def test_what_of_a_limit_is_used(balance: str, owed: str, available: str, percent: str, tone: str) -> None:
    credit = Credit(Decimal(5000), Decimal(balance))
    assert (credit.owed, credit.available) == (Decimal(owed), Decimal(available))
    assert (credit.used_percent, credit.tone) == (Decimal(percent), tone)
    assert credit.bar_percent == min(Decimal(percent), Decimal(100))


def test_of_a_limit_of_zero_nothing_is_a_part() -> None:
    credit = Credit(Decimal(0), Decimal(-10))
    assert (credit.used_percent, credit.bar_percent, credit.available) == (None, Decimal(0), Decimal(-10))
