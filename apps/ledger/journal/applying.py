"""Putting the images of a changeset on its rows, a few statements for each table however many rows."""

from django.db import models
from psycopg import sql

from apps.ledger.journal.images import BUCKETS, TAGS, columns
from apps.ledger.journal.tables import label, table
from apps.ledger.models import Transaction
from apps.tenancy.statements import fetch, run

_OF_DEED = """c.changeset_id = %(changeset)s AND c."table" = %(label)s"""
_COLUMNS_CHANGED = f"""
    SELECT DISTINCT e.key FROM ledger_change c, jsonb_each(c.after) e
     WHERE {_OF_DEED} AND c.before IS NOT NULL AND e.value IS DISTINCT FROM c.before -> e.key
"""  # noqa: S608
_UPDATE = f"""
    UPDATE {{table}} t SET ({{columns}}) = (SELECT {{values}} FROM jsonb_populate_record(t, c.patch) r)
      FROM (SELECT row_id, (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(after) e
                             WHERE e.value IS DISTINCT FROM before -> e.key) AS patch
              FROM ledger_change c WHERE {_OF_DEED} AND before IS NOT NULL AND after IS NOT NULL) c
     WHERE t.id = c.row_id AND c.patch IS NOT NULL
"""  # noqa: S608
_INSERT = f"""
    INSERT INTO {{table}} ({{columns}}) OVERRIDING SYSTEM VALUE
    SELECT {{values}} FROM ledger_change c, jsonb_populate_record(NULL::{{table}}, c.after) r
     WHERE {_OF_DEED} AND c.before IS NULL ORDER BY c.row_id
"""  # noqa: S608
_DELETE = f"""
    DELETE FROM {{table}} t USING ledger_change c WHERE {_OF_DEED} AND c.after IS NULL AND t.id = c.row_id
"""  # noqa: S608
# What a deed left: the links that it made go, those that it took come back. A link is its tag and its amount.
_LINKS_OFF = f"""
    DELETE FROM ledger_transactiontag g
     USING ledger_change c, jsonb_each(c.before -> %(field)s) e
     WHERE {_OF_DEED} AND g.transaction_id = c.row_id AND g.tag_id = e.key::bigint
       AND c.after -> %(field)s -> e.key IS DISTINCT FROM e.value
"""  # noqa: S608
_LINKS_ON = f"""
    INSERT INTO ledger_transactiontag (transaction_id, tag_id, amount, source)
    SELECT c.row_id, e.key::bigint, (nullif(e.value, 'true') ->> 0)::numeric, coalesce(e.value ->> 1, '')
      FROM ledger_change c, jsonb_each(c.after -> %(field)s) e
     WHERE {_OF_DEED} AND c.before -> %(field)s -> e.key IS DISTINCT FROM e.value
"""  # noqa: S608


def apply(key: int, involved: list[type[models.Model]]) -> None:
    """Makes the rows of that changeset's changes what their images after say.

    Deletes come before inserts and updates, which could take the names that the deleted ones had.
    """
    if Transaction in involved:
        _links(_LINKS_OFF, key)
    for statement in (_DELETE, _UPDATE, _INSERT):
        for model in involved:
            _rows(statement, model, key)
    if Transaction in involved:
        _links(_LINKS_ON, key)


def _rows(statement: str, model: type[models.Model], changeset: int) -> None:
    names = columns(model)
    if statement is _UPDATE:
        changed = fetch(sql.SQL(_COLUMNS_CHANGED).format(), changeset=changeset, label=label(model))
        names = tuple(name for name in names if (name,) in changed)
        if not names:
            return
    composed = sql.SQL(statement).format(
        table=table(model),
        columns=sql.SQL(", ").join(map(sql.Identifier, names)),
        values=sql.SQL(", ").join(sql.SQL("r.{}").format(sql.Identifier(name)) for name in names),
    )
    run(composed, changeset=changeset, label=label(model))


def _links(statement: str, changeset: int) -> None:
    for field in (BUCKETS, TAGS):
        run(sql.SQL(statement).format(), changeset=changeset, label=label(Transaction), field=field)
