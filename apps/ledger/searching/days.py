"""Days in a search: `today`, `last month`, `last 90 days`, `2026`, `november 2025`, `2026-01..2026-03`, `since …`.

A month, named or counted, is the household's own, which may begin on pay day. Weeks, quarters and years are the
calendar's, and `last 3 months` are counted back from today.
"""

import datetime
import re
from collections.abc import Sequence

from apps.core.periods import Calendar, Month
from apps.ledger.searching.terms import Days, UnreadableSearch

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_YEAR = re.compile(r"(?:19[7-9]|20[0-9])[0-9]")
_MONTH = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}")
_DAY = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_COUNT = re.compile(r"[0-9]{1,4}")
_SIDES = ("since", "after", "until", "before")
_FIRST = datetime.date(1900, 1, 1)


def read_days(words: Sequence[str], calendar: Calendar) -> tuple[Days, int] | None:
    """The days that the words begin with, and how many words say so. Words are in lower case."""
    if words and words[0] in _SIDES:
        found = _span(words[1:], calendar)
        return found and (_side(words[0], found[0]), found[1] + 1)
    return _span(words, calendar)


def _side(word: str, days: Days) -> Days:
    one = datetime.timedelta(days=1)
    match word:
        case "since":
            return Days(start=days.start)
        case "after":
            return Days(start=days.end and days.end + one)
        case "until":
            return Days(end=days.end)
    return Days(end=days.start and days.start - one)


def _span(words: Sequence[str], calendar: Calendar) -> tuple[Days, int] | None:
    """The longest reading first."""
    if len(words) > 2 and (long := _last_so_many(words, calendar.today)):
        return long, 3
    if len(words) > 1 and (two := _named(words, calendar) or _month_of_year(words, calendar)):
        return two, 2
    if words and (one := _one_word(words[0], calendar)):
        return one, 1
    return None


def _last_so_many(words: Sequence[str], today: datetime.date) -> Days | None:
    """`last 90 days`, today included."""
    last, count, unit = words[:3]
    if last not in ("last", "past") or not _COUNT.fullmatch(count) or unit.removesuffix("s") not in _UNITS:
        return None
    number = int(count)
    if number == 0:
        raise UnreadableSearch(f"“{last} 0 {unit}” is no time at all. Write how many {unit} it is, as in last 30 days.")
    return Days(_UNITS[unit.removesuffix("s")](today, number), today)


def _days_ago(today: datetime.date, number: int) -> datetime.date:
    return max(today - datetime.timedelta(days=number - 1), _FIRST)


def _months_ago(today: datetime.date, number: int) -> datetime.date:
    """The day after the same day of that month, or after its last day if it is shorter."""
    index = today.year * 12 + today.month - 1 - number
    if index < _FIRST.year * 12:
        return _FIRST
    month = Month(index // 12, index % 12 + 1)
    return datetime.date(month.year, month.month, min(today.day, month.last.day)) + datetime.timedelta(days=1)


_UNITS = {
    "day": _days_ago,
    "week": lambda today, number: _days_ago(today, number * 7),
    "month": _months_ago,
    "year": lambda today, number: _months_ago(today, number * 12),
}


def _named(words: Sequence[str], calendar: Calendar) -> Days | None:
    """`this month`, `last year`: whole ones."""
    which, unit = words[:2]
    back = {"this": 0, "last": 1}.get(which)
    if back is None:
        return None
    today = calendar.today
    this = Month.of(today)
    match unit:
        case "week":
            monday = today - datetime.timedelta(days=today.weekday() + 7 * back)
            return Days(monday, monday + datetime.timedelta(days=6))
        case "month":
            return _months(calendar.this_month.plus(-back), 1)
        case "quarter":
            return _months(this.plus(-((this.month - 1) % 3) - 3 * back), 3)
        case "year":
            return _months(Month(this.year - back, 1), 12)
    return None


def _months(first: Month, count: int) -> Days:
    return Days(first.first, first.plus(count - 1).last)


def _month_of_year(words: Sequence[str], calendar: Calendar) -> Days | None:
    """`november 2025`, `nov 2025`."""
    name, year = words[:2]
    if not _YEAR.fullmatch(year):
        return None
    for names in (_MONTHS, _LONG_MONTHS):
        if name in names:
            return _months(Month(int(year), names.index(name) + 1, calendar.month_start_day), 1)
    return None


def _one_word(word: str, calendar: Calendar) -> Days | None:
    if word in ("today", "yesterday"):
        day = calendar.today - datetime.timedelta(days=word == "yesterday")
        return Days(day, day)
    left, dots, right = word.partition("..")
    return _range(left, right, calendar) if dots else _written(word, calendar)


def _range(left: str, right: str, calendar: Calendar) -> Days | None:
    """From the first day of the one to the last day of the other; either may be missing."""
    ends = [_written(end, calendar) for end in (left, right) if end]
    if not ends or None in ends:
        return None
    known = sorted((days for days in ends if days), key=lambda days: days.start or _FIRST)
    return Days(known[0].start if left else None, known[-1].end if right else None)


def _written(word: str, calendar: Calendar) -> Days | None:
    """A year, a month or a day by its numbers."""
    if _YEAR.fullmatch(word):
        return _months(Month(int(word), 1), 12)
    if _MONTH.fullmatch(word):
        month = calendar.month_named(word)
        if month is None:
            raise _no_such("month", word)
        return _months(month, 1)
    if _DAY.fullmatch(word):
        try:
            day = datetime.date.fromisoformat(word)
        except ValueError:
            raise _no_such("day", word) from None
        return Days(day, day)
    return None


def _no_such(what: str, word: str) -> UnreadableSearch:
    return UnreadableSearch(
        f"There is no {what} {word} in the calendar. Put it in quotation marks if the rows say it like that."
    )
