"""Months and spans of days."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, day: datetime.date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> "Month | None":
        """The month that `2026-11` names, or None for anything else and for years in which no bank kept accounts."""
        try:
            month = cls.of(datetime.datetime.strptime(text, "%Y-%m").replace(tzinfo=datetime.UTC).date())
        except ValueError:
            return None
        return month if 1900 <= month.year <= 2200 else None

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.year, self.month, 1)

    @property
    def last(self) -> datetime.date:
        return self.plus(1).first - datetime.timedelta(days=1)

    def plus(self, months: int) -> "Month":
        """The month that many later (earlier if negative)."""
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def up_to(self, last: "Month") -> Iterator["Month"]:
        """Every month from this one to `last`, both included."""
        month = self
        while month <= last:
            yield month
            month = month.plus(1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"
