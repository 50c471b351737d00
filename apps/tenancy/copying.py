"""Bulk rows into a household's table by PostgreSQL's COPY; the only COPY that the ledger plane sends.

PostgreSQL refuses it for a table with row-level security, whoever sends it: rows for such a table land in another.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from django.db.models import Model
from psycopg import sql

from apps.tenancy.errors import NoHouseholdTransaction
from apps.tenancy.planes import NOBODY, ledger_connection


def copy_rows(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Streams `rows` (values in the order of `fields`, Python types that psycopg knows) into the model's table.

    Returns the number of rows. Runs inside the open household's transaction; the memory used does not grow with the
    rows. Raises django.db.NotSupportedError for a table with row-level security.
    """
    wrapper = ledger_connection()
    if wrapper.schema_name == NOBODY or not wrapper.in_atomic_block:
        raise NoHouseholdTransaction("COPY needs `with household_context(household):`.")
    columns = [str(getattr(model._meta.get_field(name), "column")) for name in fields]  # noqa: B009 (not on relations)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    )
    count = 0
    with (
        wrapper.wrap_database_errors,
        psycopg.Cursor(wrapper.connection) as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count
