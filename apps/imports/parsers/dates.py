"""Dates as banks write them. Every reader is cached: a statement has few distinct dates."""

import datetime as dt
import re
import time
from collections.abc import Callable
from functools import lru_cache, partial

from .months import month_number
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


def formatted_date(text: str, date_format: str) -> dt.date:
    """The day of a text in a ``strptime`` format or "iso". Raises CannotRead."""
    return date_reader(date_format)(text)


@lru_cache(maxsize=256)
def date_reader(date_format: str) -> Callable[[str], dt.date]:
    """What reads dates of one format: :func:`formatted_date` for a loop. The names of months may be of any
    language in :mod:`months`."""
    if date_format == "iso":
        return iso_date
    shape = _shape(date_format)
    read = partial(_strptime, date_format) if shape is None else partial(_shaped, date_format, shape)
    return lru_cache(maxsize=4096)(read)


_PARTS = {
    "Y": "(?P<Y>[0-9]{4})", "y": "(?P<y>[0-9]{2})", "m": "(?P<m>1[0-2]|0?[1-9])", "d": "(?P<d>3[01]|[12][0-9]|0?[1-9])",
    "b": r"(?P<b>[^\W\d_]+)\.?", "B": r"(?P<b>[^\W\d_]+)\.?", "H": "(?:2[0-3]|[01]?[0-9])", "I": "(?:1[0-2]|0?[1-9])",
    "M": "[0-5]?[0-9]", "S": "[0-6]?[0-9]", "f": "[0-9]{1,6}", "p": "[AaPp][Mm]", "%": "%",
}  # fmt: skip


def _shape(date_format: str) -> re.Pattern[str] | None:
    """The format as a pattern, which is many times faster than ``strptime``; None if it has rarer parts."""
    pieces = re.findall(r"%.|\s+|[^%\s]+", date_format)
    parts = [piece[1] for piece in pieces if piece.startswith("%")]
    if "".join(pieces) != date_format or not _PARTS.keys() >= set(parts) or len(set(parts)) < len(parts):
        return None
    known = (
        _PARTS[piece[1]] if piece[0] == "%" else r"\s+" if piece.isspace() else re.escape(piece) for piece in pieces
    )
    return re.compile("".join(known), re.IGNORECASE) if not {"b", "B"} <= set(parts) else None


def _shaped(date_format: str, shape: re.Pattern[str], text: str) -> dt.date:
    match = shape.fullmatch(text)
    if match is None:
        raise CannotRead(_sentence(text, spoken_format(date_format)))
    parts = match.groupdict()
    month = int(parts["m"]) if "m" in parts else month_number(parts.get("b") or "")
    year = int(parts["Y"]) if "Y" in parts else _whole_year(int(parts.get("y") or 0))
    return real_date(year, month, int(parts.get("d") or 0), text, spoken_format(date_format))


def _whole_year(of_two_digits: int) -> int:
    """As POSIX has it: 69 to 99 are of the last century."""
    return of_two_digits + (1900 if of_two_digits >= 69 else 2000)


def _strptime(date_format: str, text: str) -> dt.date:
    try:
        parsed = time.strptime(text, date_format)
    except (ValueError, OverflowError):
        raise CannotRead(_sentence(text, spoken_format(date_format))) from None
    return real_date(parsed.tm_year, parsed.tm_mon, parsed.tm_mday, text, spoken_format(date_format))


_SAMPLE_DAY = time.strptime("2001-12-28", "%Y-%m-%d")


def is_whole_date_format(date_format: str) -> bool:
    """Whether it is "iso", or a format that Python knows and that carries day, month and year."""
    if date_format == "iso":
        return True
    try:
        return time.strptime(time.strftime(date_format, _SAMPLE_DAY), date_format)[:3] == _SAMPLE_DAY[:3]
    except (ValueError, OverflowError, UnicodeError, re.error):
        return False


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
    if date_format == "iso":
        return "year-month-day"
    return re.sub("%(.)", lambda match: _SPOKEN.get(match[1], match[0]), date_format)


def _sentence(text: str, expected: str) -> str:
    if not text:
        return "The date is missing."
    return f"The date {quoted(text)} cannot be read; {expected} is expected."
