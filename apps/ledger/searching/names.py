"""Accounts and tags by the names that people write in a search."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from apps.core.text import folded
from apps.ledger.models import Account, Tag
from apps.ledger.searching.terms import Tagged, UnreadableSearch

T = TypeVar("T", Account, Tag)


def accounts_named(name: str) -> list[int]:
    """The account of that name, or all whose names hold it. Raises UnreadableSearch if there is none."""
    found = _named(name, Account.objects.all(), lambda account: (account.name,))
    if not found:
        raise UnreadableSearch(f"No account is called “{name}”. Look under Accounts for its name.")
    return found


def tags_named(tagged: Tagged) -> list[int]:
    """The tags of that word or name, or all whose names hold it. Raises UnreadableSearch if there is none."""
    tags = Tag.objects.filter(namespace__iexact=tagged.namespace) if tagged.namespace else Tag.objects.all()
    found = _named(tagged.name, tags, lambda tag: (tag.value, tag.name))
    if not found:
        what = tagged.namespace or "tag"
        raise UnreadableSearch(f"No {what} is called “{tagged.name}”. Look under Buckets and tags for its name.")
    return found


def _named(name: str, known: Iterable[T], names: Callable[[T], tuple[str, ...]]) -> list[int]:
    """A hyphen stands for a space."""
    wanted = _plain(name)
    plain = [(one.pk, [_plain(other) for other in names(one)]) for one in known]
    exact = [pk for pk, others in plain if wanted in others]
    return exact or [pk for pk, others in plain if any(wanted in other for other in others)]


def _plain(name: str) -> str:
    return folded(name).replace("-", " ")
