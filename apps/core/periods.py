"""Months and spans of days."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import total_ordering

LAST_START_DAY = 28
"""Every calendar month has it, so that every month begins on the same day."""


@total_ordering
@dataclass(frozen=True)
class Month:
    """A month that begins on day `start_day` (1 to 28) of a calendar month, and ends on the day before that day.

    One that begins on day 1 to 15 bears the name of the calendar month in which it begins; one that begins later bears
    that of the calendar month in which it ends: pay that comes on 25 October is November's money. `year` and `month`
    are that name, and what a format such as `f"{month:%B %Y}"` writes.
    """

    year: int
    month: int
    start_day: int = 1

    @classmethod
    def of(cls, day: datetime.date, start_day: int = 1) -> "Month":
        """The one month with that day in it."""
        begun = cls(day.year, day.month, start_day).plus(_names_ahead(start_day))
        return begun if day.day >= start_day else begun.plus(-1)

    @classmethod
    def parse(cls, text: str, start_day: int = 1) -> "Month | None":
        """The month that `2026-11` names, or None for anything else and for years in which no bank kept accounts."""
        try:
            named = datetime.datetime.strptime(text, "%Y-%m").replace(tzinfo=datetime.UTC)
        except ValueError:
            return None
        return cls(named.year, named.month, start_day) if 1900 <= named.year <= 2200 else None

    @property
    def first(self) -> datetime.date:
        begins_in = self.plus(-_names_ahead(self.start_day))
        return datetime.date(begins_in.year, begins_in.month, self.start_day)

    @property
    def last(self) -> datetime.date:
        return self.plus(1).first - datetime.timedelta(days=1)

    @property
    def days(self) -> str:
        """`25 October to 24 November`."""
        return f"{self.first:%-d %B} to {self.last:%-d %B}"

    def plus(self, months: int) -> "Month":
        """The month that many later (earlier if negative)."""
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1, self.start_day)

    def up_to(self, last: "Month") -> Iterator["Month"]:
        """Every month from this one to `last`, both included."""
        month = self
        while month <= last:
            yield month
            month = month.plus(1)

    def __contains__(self, day: datetime.date) -> bool:
        return self.first <= day <= self.last

    def __lt__(self, other: "Month") -> bool:
        """Raises ValueError for months that begin on different days: these overlap."""
        if self.start_day != other.start_day:
            raise ValueError(f"{self!r} and {other!r} are not months of the same household.")
        return (self.year, self.month) < (other.year, other.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    def __format__(self, spec: str) -> str:
        return format(datetime.date(self.year, self.month, 1), spec) if spec else str(self)


def _names_ahead(start_day: int) -> int:
    """How many months the name is ahead of the calendar month in which the month begins."""
    return 1 if start_day > 15 else 0


@dataclass(frozen=True)
class Calendar:
    """A household's: what day it is there, and on which day its months begin. Its weeks, quarters and years are
    everybody's."""

    today: datetime.date
    month_start_day: int = 1

    @property
    def this_month(self) -> Month:
        return self.month_of(self.today)

    def month_of(self, day: datetime.date) -> Month:
        return Month.of(day, self.month_start_day)

    def month_named(self, text: str) -> Month | None:
        """The month that `2026-11` names, or None for anything else."""
        return Month.parse(text, self.month_start_day)

    def __str__(self) -> str:
        """For cache keys: what is read by it is true for both."""
        return f"{self.today}/{self.month_start_day}"
