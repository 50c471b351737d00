"""Filters of the transactions page that are kept under a name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.http import QueryDict

from apps.core.errors import ExpectedError
from apps.core.periods import Calendar
from apps.ledger.filter_labels import Chip, chips
from apps.ledger.filters import Filter
from apps.ledger.models import Account, SavedFilter, Tag
from apps.tenancy.planes import LEDGER

LONGEST_NAME = 80
LONGEST_QUERY = 2000


class UnusableName(ExpectedError):
    """The name is empty, too long, or another filter has it."""


class NothingToSave(ExpectedError):
    """The filter shows everything, or is too long to keep."""


@dataclass(frozen=True)
class ListedFilter:
    """A saved filter as its page lists it, with what it asks for in words."""

    saved: SavedFilter
    chips: list[Chip]


def list_saved(*, calendar: Calendar) -> list[ListedFilter]:
    """Pinned ones first, then the most used; three queries, however many there are."""
    accounts, tags = list(Account.objects.all()), list(Tag.objects.all())
    return [
        ListedFilter(saved, chips(_filter(saved.query), calendar=calendar, accounts=accounts, tags=tags))
        for saved in SavedFilter.objects.all()
    ]


def readable_query(query: str) -> str:
    """The query as an address writes it, without what it got wrong."""
    return _filter(query).query().lstrip("?")


def _filter(query: str) -> Filter:
    return Filter.parse(QueryDict(query.lstrip("?")))


def save(*, name: str, query: str) -> SavedFilter:
    """Keeps what the query of an address filters. Raises UnusableName, NothingToSave."""
    kept = readable_query(query)
    if not kept:
        raise NothingToSave("Nothing is filtered now. Choose what to see first, and then save it.")
    if len(kept) > LONGEST_QUERY:
        raise NothingToSave("This filter is too long to be saved. Choose fewer accounts or tags, or a shorter search.")
    with only_once(name := _free(name)):
        return SavedFilter.objects.create(name=name, query=kept)


def rename(saved: SavedFilter, *, name: str) -> None:
    """Raises UnusableName."""
    saved.name = _free(name, besides=saved)
    with only_once(saved.name):
        saved.save(update_fields=["name"])


def pin(saved: SavedFilter, *, is_pinned: bool) -> None:
    """Pinned ones stand above the transactions."""
    SavedFilter.objects.filter(pk=saved.pk).update(is_pinned=is_pinned)


def count_use(saved: SavedFilter) -> None:
    SavedFilter.objects.filter(pk=saved.pk).update(use_count=F("use_count") + 1, last_used_at=Now())


def _free(name: str, *, besides: SavedFilter | None = None) -> str:
    """The name as it is kept."""
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise UnusableName("Give the filter a name.")
    if len(name) > LONGEST_NAME:
        raise UnusableName(f"A name has at most {LONGEST_NAME} signs. Make it shorter.")
    others = SavedFilter.objects.exclude(pk=besides.pk) if besides else SavedFilter.objects.all()
    if others.filter(name__iexact=name).exists():
        raise _taken(name)
    return name


@contextmanager
def only_once(name: str) -> Iterator[None]:
    """The table lets a name be there once, also if two people give it at the same time."""
    try:
        with transaction.atomic(using=LEDGER):
            yield
    except IntegrityError:
        raise _taken(name) from None


def _taken(name: str) -> UnusableName:
    return UnusableName(f"There is a filter called “{name}” already. Choose another name.")
