"""Keyset paging: the address names the row at which a page begins, so that page one thousand is as fast as page one."""

import datetime
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import Q, QuerySet


class Dated(Protocol):
    """A row that has a day and a key."""

    @property
    def pk(self) -> Any: ...
    @property
    def date(self) -> Any: ...


T = TypeVar("T", bound=Dated)


@dataclass(frozen=True)
class Cursor:
    """A place between two rows, and the direction to read from it: `<2026-11-03_1234` (older) or `>…` (newer)."""

    date: datetime.date
    pk: int
    is_newer: bool = False

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """The cursor that an address names; None for an empty or unreadable one, which shows the first page."""
        day, _, pk = text[1:].partition("_")
        try:
            return cls(datetime.date.fromisoformat(day), int(pk), is_newer={"<": False, ">": True}[text[:1]])
        except (ValueError, KeyError):
            return None

    def __str__(self) -> str:
        return f"{'>' if self.is_newer else '<'}{self.date.isoformat()}_{self.pk}"


@dataclass(frozen=True)
class KeysetPage(Generic[T]):
    """One page of rows, newest first, and the cursors of its neighbours where there are any."""

    rows: list[T]
    newer: Cursor | None
    older: Cursor | None


def newest_first(rows: "QuerySet[T]", *, cursor: Cursor | None, size: int) -> KeysetPage[T]:  # type: ignore[type-var]
    """The page of `size` rows at `cursor`, by date and key. Two rows of the same day keep their order."""
    if cursor is None:
        found = list(rows.order_by("-date", "-pk")[: size + 1])
        return _page(found[:size], has_newer=False, has_older=len(found) > size)
    if cursor.is_newer:
        beyond = rows.filter(date__gte=cursor.date).filter(Q(date__gt=cursor.date) | Q(pk__gt=cursor.pk))
        found = list(beyond.order_by("date", "pk")[: size + 1])
        if len(found) < size:
            return newest_first(rows, cursor=None, size=size)
        return _page(found[:size][::-1], has_newer=len(found) > size, has_older=True)
    beyond = rows.filter(date__lte=cursor.date).filter(Q(date__lt=cursor.date) | Q(pk__lt=cursor.pk))
    found = list(beyond.order_by("-date", "-pk")[: size + 1])
    return _page(found[:size], has_newer=True, has_older=len(found) > size)


def _page(rows: list[T], *, has_newer: bool, has_older: bool) -> KeysetPage[T]:
    newer = Cursor(rows[0].date, rows[0].pk, is_newer=True) if rows and has_newer else None
    older = Cursor(rows[-1].date, rows[-1].pk) if rows and has_older else None
    return KeysetPage(rows, newer, older)
