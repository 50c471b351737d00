"""Sending the journal's statements to the open household."""

from typing import Any

from django.db import connections, models
from psycopg import sql

from apps.tenancy.planes import LEDGER


def run(statement: sql.Composed, **parameters: Any) -> int:
    """How many rows the statement changed."""
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(statement, parameters)
        count: int = cursor.rowcount
        return count


def fetch(statement: sql.Composed, **parameters: Any) -> list[tuple[Any, ...]]:
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def table(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)


def label(model: type[models.Model]) -> str:
    """What the journal calls the model's table."""
    return model._meta.label_lower
