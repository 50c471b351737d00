"""What refers to a tag or to a split template, also in apps above the ledger, which this one does not import."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import QuerySet

from apps.ledger.models import SplitPart, TransactionTag

NAMED_MOST = 5
# These are parts of something else and are told as such.
_PARTS = (SplitPart, TransactionTag)


@dataclass(frozen=True)
class Reference:
    """Things of one kind that refer to something: how many, and what the first of them are called."""

    label: str
    count: int
    names: list[str]

    def __str__(self) -> str:
        more = f" and {self.count - len(self.names)} more" if self.count > len(self.names) else ""
        return f"{self.label} {', '.join(f'“{name}”' for name in self.names)}{more}"


def referring(row: models.Model) -> Iterator[tuple["models.ForeignKey[Any, Any]", QuerySet[Any]]]:
    """Every foreign key to the row's table that is not of a part, and the rows whose key is this row."""
    for relation in row._meta.related_objects:
        if relation.related_model not in _PARTS:
            key = relation.field
            assert isinstance(key, models.ForeignKey)
            yield key, QuerySet(key.model).filter(**{key.name: row})


def references(row: models.Model) -> list[Reference]:
    """What refers to the row, by kind; kinds that nothing is of are left out."""
    found: dict[str, list[Any]] = {}
    for key, rows in referring(row):
        found.setdefault(str(key.model._meta.verbose_name_plural), []).extend(rows)
    return [described(label, rows) for label, rows in found.items() if rows]


def described(label: str, rows: list[Any]) -> Reference:
    return Reference(label, len(rows), [str(row) for row in rows[:NAMED_MOST]])
