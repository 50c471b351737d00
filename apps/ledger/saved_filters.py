"""Filters of the transactions page that are kept under a name."""

from django.db.models import F
from django.db.models.functions import Now
from django.http import QueryDict

from apps.core.errors import ExpectedError
from apps.ledger.filters import Filter
from apps.ledger.models import SavedFilter

LONGEST_NAME = 80
LONGEST_QUERY = 2000


class UnusableName(ExpectedError):
    """The name is empty, too long, or another filter has it."""


class NothingToSave(ExpectedError):
    """The filter shows everything, or is too long to keep."""


def save(*, name: str, query: str) -> SavedFilter:
    """Keeps what the query of an address filters. Raises UnusableName, NothingToSave."""
    kept = Filter.parse(QueryDict(query.lstrip("?"))).query().lstrip("?")
    if not kept:
        raise NothingToSave("Nothing is filtered now. Choose what to see first, and then save it.")
    if len(kept) > LONGEST_QUERY:
        raise NothingToSave("This filter is too long to be saved. Choose fewer accounts or tags, or a shorter search.")
    return SavedFilter.objects.create(name=_free(name), query=kept)


def rename(saved: SavedFilter, *, name: str) -> None:
    """Raises UnusableName."""
    saved.name = _free(name, besides=saved)
    saved.save(update_fields=["name"])


def pin(saved: SavedFilter, *, is_pinned: bool) -> None:
    """Pinned ones stand above the transactions."""
    saved.is_pinned = is_pinned
    saved.save(update_fields=["is_pinned"])


def count_use(saved: SavedFilter) -> None:
    SavedFilter.objects.filter(pk=saved.pk).update(use_count=F("use_count") + 1, last_used_at=Now())


def _free(name: str, *, besides: SavedFilter | None = None) -> str:
    """The name as it is kept. The constraint of the table says the same to two people at once."""
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise UnusableName("Give the filter a name.")
    if len(name) > LONGEST_NAME:
        raise UnusableName(f"A name has at most {LONGEST_NAME} signs. Make it shorter.")
    others = SavedFilter.objects.exclude(pk=besides.pk) if besides else SavedFilter.objects.all()
    if others.filter(name__iexact=name).exists():
        raise UnusableName(f"There is a filter called “{name}” already. Choose another name.")
    return name
