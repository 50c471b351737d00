"""How far a job is: a hint in the cache for the page to show. The truth is the file's state in the database."""

from dataclasses import dataclass

from django.core.cache import cache

from apps.imports.models import ImportFile
from apps.tenancy.context import HouseholdLike
from apps.tenancy.keys import household_key


@dataclass(frozen=True)
class Progress:
    """Rows done so far, and the part of the whole in percent (None where it cannot be known)."""

    row_count: int
    percent: int | None


def note(household: HouseholdLike, file: ImportFile, progress: Progress) -> None:
    cache.set(_key(household, file), (progress.row_count, progress.percent), 600)


def read(household: HouseholdLike, file: ImportFile) -> Progress | None:
    found = cache.get(_key(household, file))
    return Progress(*found) if found else None


def _key(household: HouseholdLike, file: ImportFile) -> str:
    return household_key(household, "progress", file.pk, file.state)
