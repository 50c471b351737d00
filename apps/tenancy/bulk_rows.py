"""Very many rows into a household's table. COPY would be quicker, but PostgreSQL has none into tables with row-level
security, whoever sends it; rows as JSON are the next quick."""

import datetime
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Model
from psycopg import sql
from psycopg.types.json import Jsonb

from apps.tenancy.statements import run

ROWS_A_STATEMENT = 2000


def insert_rows(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Streams `rows` (values in the order of `fields`: texts, numbers, dates, Jsonb) into the model's table.

    Returns the number of rows. Runs inside the open household's transaction; the memory used does not grow with the
    rows.
    """
    columns = [str(getattr(model._meta.get_field(name), "column")) for name in fields]  # noqa: B009 (not on relations)
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %(rows)s)"
    ).format(table=sql.Identifier(model._meta.db_table), columns=listed)
    waiting = iter(rows)
    count = 0
    while part := [dict(zip(columns, row, strict=True)) for row in islice(waiting, ROWS_A_STATEMENT)]:
        count += run(statement, rows=json.dumps(part, default=_as_json))
    return count


def _as_json(value: object) -> Any:
    if isinstance(value, Jsonb):
        return value.obj
    if isinstance(value, Decimal | datetime.date):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not go into a row")
