"""Sending statements of our own to the open household, for work that the ORM cannot say as one statement."""

from typing import Any

from django.db import connections
from psycopg import sql

from apps.core.lookups import array_of_ids
from apps.tenancy.planes import LEDGER


def run(statement: str | sql.Composed, **parameters: Any) -> int:
    """How many rows the statement changed."""
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(statement, _as_sent(parameters))
        count: int = cursor.rowcount
        return count


def fetch(statement: str | sql.Composed, **parameters: Any) -> list[tuple[Any, ...]]:
    """All the rows that the statement finds."""
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(statement, _as_sent(parameters))
        return list(cursor.fetchall())


def _as_sent(parameters: dict[str, Any]) -> dict[str, Any]:
    """Lists of ids as PostgreSQL writes them, which is much quicker for very many; whatever else as it is."""
    return {name: array_of_ids(value) if _are_ids(value) else value for name, value in parameters.items()}


def _are_ids(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and type(value[0]) is int and None not in value
