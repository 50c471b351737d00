"""Cache keys and file names that carry their household: built here and nowhere else."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache

from apps.tenancy.context import HouseholdLike, current_narrowing, current_schema_name

T = TypeVar("T")
FILES_PREFIX = "households/"
"""Under it is every file of every household."""


def household_key(household: HouseholdLike, *parts: object) -> str:
    """A cache key with the household first: `h:<schema>:<part>:<part>…`. For what all of its members may know, such as
    how far a job is; what was read from the ledger is kept by `cached` and `cached_here`."""
    return ":".join(["h", household.schema_name, *(str(part) for part in parts)])


def _readers_key(schema_name: str, *parts: object) -> str:
    """The key of what was read from the open household: what is kept from its reader stands in it."""
    narrowing = current_narrowing()
    readers = [narrowing.key] if narrowing else []
    return ":".join(["h", schema_name, *readers, *(str(part) for part in parts)])


def household_path(household: HouseholdLike, *parts: str) -> str:
    """A path in the file store under the household's own prefix, which uploads are signed for."""
    return FILES_PREFIX + "/".join([household.schema_name, *parts])


def cached(household: HouseholdLike, *parts: object, seconds: int, make: Callable[[], T]) -> T:
    """The value under the household's key, made and kept for `seconds` if it is not there (or the cache is away).

    Who may see less of the household has values of their own.
    """
    key = _readers_key(household.schema_name, *parts)
    found: Any = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, seconds)
    return found  # type: ignore[no-any-return]


def cached_here(
    *parts: object, seconds: int, make: Callable[[], T], is_worth: Callable[[T], bool] = lambda _: True
) -> T:
    """The same for the household that is open in this thread. What is not worth keeping is made each time."""
    schema_name = current_schema_name()
    if schema_name is None:
        return make()
    key = _readers_key(schema_name, *parts)
    found: Any = cache.get(key)
    if found is None:
        found = make()
        if is_worth(found):
            cache.set(key, found, seconds)
    return found  # type: ignore[no-any-return]
