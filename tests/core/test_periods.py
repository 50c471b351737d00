"""Months that begin on any day tile the calendar; late ones bear the name of the calendar month in which they end."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.periods import LAST_START_DAY, Calendar, Month

START_DAYS = st.integers(1, LAST_START_DAY)
DAYS = st.dates(datetime.date(1900, 2, 1), datetime.date(2200, 11, 30))
MONTHS = st.builds(Month, st.integers(1900, 2200), st.integers(1, 12), START_DAYS)


@given(DAYS, START_DAYS)
def test_every_day_is_in_exactly_one_month(day: datetime.date, start_day: int) -> None:
    month = Month.of(day, start_day)
    assert [day in near for near in (month.plus(-1), month, month.plus(1))] == [False, True, False]
    assert month.first <= day <= month.last


@given(MONTHS)
def test_a_month_begins_where_the_one_before_ends(month: Month) -> None:
    assert month.first.day == month.start_day
    assert month.plus(-1).last + datetime.timedelta(days=1) == month.first
    assert month.last + datetime.timedelta(days=1) == month.plus(1).first
    assert 28 <= (month.last - month.first).days + 1 <= 31


@given(MONTHS)
def test_both_ends_of_a_month_are_in_it(month: Month) -> None:
    assert Month.of(month.first, month.start_day) == Month.of(month.last, month.start_day) == month


@given(MONTHS)
def test_a_month_is_read_as_it_is_written(month: Month) -> None:
    assert Month.parse(str(month), month.start_day) == month


@given(MONTHS, st.integers(-400, 400))
def test_counting_months_and_back_leads_home(month: Month, count: int) -> None:
    assert month.plus(count).plus(-count) == month
    assert (month.plus(count) > month) == (count > 0)


@given(DAYS)
def test_with_the_first_day_it_is_the_month_of_the_calendar(day: datetime.date) -> None:
    month = Month.of(day)
    assert (month.year, month.month, month.first.day) == (day.year, day.month, 1)


@pytest.mark.parametrize(
    ("start_day", "first", "last", "days"),
    [
        (1, "2026-11-01", "2026-11-30", "1 November to 30 November"),
        (10, "2026-11-10", "2026-12-09", "10 November to 9 December"),
        (15, "2026-11-15", "2026-12-14", "15 November to 14 December"),
        (16, "2026-10-16", "2026-11-15", "16 October to 15 November"),
        (25, "2026-10-25", "2026-11-24", "25 October to 24 November"),
    ],
)
def test_a_month_that_begins_late_is_named_by_its_end(start_day: int, first: str, last: str, days: str) -> None:
    month = Month(2026, 11, start_day)
    assert (month.first.isoformat(), month.last.isoformat(), month.days) == (first, last, days)
    assert (str(month), f"{month}", f"{month:%B %Y}") == ("2026-11", "2026-11", "November 2026")


def test_a_year_of_months_crosses_the_turn_of_the_year() -> None:
    january = Month(2027, 1, 25)
    assert january.first == datetime.date(2026, 12, 25)
    assert january.plus(-1) == Month(2026, 12, 25)
    assert [str(month) for month in Month(2026, 11, 25).up_to(january)] == ["2026-11", "2026-12", "2027-01"]


def test_months_of_different_beginnings_are_not_compared() -> None:
    assert Month(2026, 11, 25) != Month(2026, 11)
    with pytest.raises(ValueError, match="not months of the same household"):
        _ = Month(2026, 11, 25) < Month(2026, 12)


def test_a_calendar_says_which_month_runs() -> None:
    payday = datetime.date(2026, 10, 25)
    assert Calendar(payday).this_month == Month(2026, 10)
    assert Calendar(payday, 25).this_month == Month(2026, 11, 25)
    assert Calendar(payday, 25).month_named("2026-11") == Month(2026, 11, 25)
    assert Calendar(payday, 25).month_named("november") is None
    assert str(Calendar(payday, 25)) != str(Calendar(payday, 10))
