"""Statements sent on the ledger plane, and what became of them."""

from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import connections, transaction
from django.db.utils import Error as DatabaseError

from apps.tenancy.context import LEDGER
from apps.tenancy.errors import TenancyError

Parameters = Iterable[Any] | None


def sent_raw(statement: str) -> str:
    """The outcome of a statement that got around our cursor: only PostgreSQL's rights stand in its way."""
    try:
        with (
            transaction.atomic(using=LEDGER),
            connections[LEDGER].wrap_database_errors,
            psycopg.Cursor(connections[LEDGER].connection) as cursor,
        ):
            cursor.execute(statement)
    except DatabaseError as error:
        return type(error.__cause__).__name__
    return "done"


def sent(statement: str, parameters: Parameters = None) -> str:
    """The outcome of a statement that went through Django's cursor, as injected SQL does."""
    try:
        with transaction.atomic(using=LEDGER), connections[LEDGER].cursor() as cursor:
            cursor.execute(statement, parameters)
    except DatabaseError as error:
        return type(error.__cause__).__name__
    except TenancyError as error:
        return type(error).__name__
    return "done"


def whose() -> tuple[str, str, str]:
    """Role, search path and login, as the server sees them."""
    with connections[LEDGER].cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('search_path'), session_user")
        return cursor.fetchone()


def as_it_should_be(schema_name: str) -> tuple[str, str, str]:
    return (schema_name, f"{schema_name}, extensions", connections[LEDGER].settings_dict["USER"])
