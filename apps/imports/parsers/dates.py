"""Dates as banks write them. Every reader is cached: a statement has few distinct dates."""

import datetime as dt
import re
import time
from functools import lru_cache

from .rows import CannotRead, quoted

YEARS = range(1900, 2200)

_MONTH_DAY_YEAR = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


@lru_cache(maxsize=4096)
def month_day_year(text: str) -> dt.date:
    """``11/28/2025``. Raises CannotRead."""
    match = _MONTH_DAY_YEAR.fullmatch(text)
    if match is None:
        raise CannotRead(_sentence(text, "month/day/year"))
    month, day, year = map(int, match.groups())
    return real_date(year, month, day, text, "month/day/year")


@lru_cache(maxsize=4096)
def iso_date(text: str) -> dt.date:
    """The day of an ISO 8601 date, with time or not, as written: no zone is applied. Raises CannotRead."""
    try:
        day = dt.datetime.fromisoformat(text).date()
    except ValueError:
        raise CannotRead(_sentence(text, "year-month-day")) from None
    return real_date(day.year, day.month, day.day, text, "year-month-day")


@lru_cache(maxsize=4096)
def formatted_date(text: str, date_format: str) -> dt.date:
    """The day of a text in a ``strptime`` format. Raises CannotRead."""
    try:
        parsed = time.strptime(text, date_format)
    except (ValueError, OverflowError):
        raise CannotRead(_sentence(text, spoken_format(date_format))) from None
    return real_date(parsed.tm_year, parsed.tm_mon, parsed.tm_mday, text, spoken_format(date_format))


def real_date(year: int, month: int, day: int, text: str, expected: str) -> dt.date:
    """A date of the calendar and of these times, or CannotRead naming the text it came from."""
    if not text.strip():
        raise CannotRead("The date is missing.")
    try:
        date = dt.date(year, month, day)
    except ValueError:
        raise CannotRead(_sentence(text, expected)) from None
    if date.year not in YEARS:
        raise CannotRead(f"The year of the date {quoted(text)} cannot be right.")
    return date


_SPOKEN = {
    "Y": "year", "y": "year of two digits", "m": "month", "d": "day", "H": "hour", "I": "hour", "M": "minute",
    "b": "name of the month", "B": "name of the month", "S": "second", "f": "fraction", "p": "AM/PM",
    "z": "time zone", "a": "weekday", "A": "weekday",
}  # fmt: skip


def spoken_format(date_format: str) -> str:
    """``%d.%m.%Y`` for people: day.month.year."""
    return re.sub("%(.)", lambda match: _SPOKEN.get(match[1], match[0]), date_format)


def _sentence(text: str, expected: str) -> str:
    if not text:
        return "The date is missing."
    return f"The date {quoted(text)} cannot be read; {expected} is expected."
