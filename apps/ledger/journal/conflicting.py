"""Why a row cannot get back what it was: it was changed, deleted or locked since, or what it refers to is gone."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import CompositePrimaryKey
from psycopg import sql

from apps.ledger.journal.images import BUCKETS, FACTS, TAGS, image
from apps.ledger.journal.tables import label, table
from apps.ledger.models import Tag, Transaction, TransactionTag, Transfer
from apps.tenancy.statements import fetch

CHANGED, DELETED = "was changed since", "was deleted since"
_KEYS = """
    SELECT DISTINCT jsonb_object_keys(coalesce(after, before)) FROM ledger_change
     WHERE changeset_id = %(changeset)s AND "table" = %(label)s
"""
_REASONS = """
    WITH change AS MATERIALIZED (
        SELECT c.row_id, c.before, c.after, t.id IS NOT NULL AS is_there,
               CASE WHEN t.id IS NOT NULL AND c.after IS NOT NULL THEN {now} END AS now, {is_locked} AS is_locked
          FROM ledger_change c LEFT JOIN {table} t ON t.id = c.row_id
         WHERE c.changeset_id = %(changeset)s AND c."table" = %(label)s
    ), reason AS (
        SELECT row_id, CASE
               WHEN after IS NULL AND is_there THEN 'is there again'
               WHEN after IS NOT NULL AND NOT is_there THEN {deleted}
               WHEN {is_changed} THEN {changed}
               {others}
               END AS sentence
          FROM change c
    )
    SELECT row_id, sentence FROM reason WHERE sentence IS NOT NULL ORDER BY row_id
"""
# A field that the deed changed, and that holds something else now; the last one follows from others.
_IS_CHANGED = """
    EXISTS (SELECT FROM jsonb_each(c.after) e
             WHERE e.key NOT IN ('tags', 'description_key') AND e.value IS DISTINCT FROM c.before -> e.key
               AND e.value IS DISTINCT FROM c.now -> e.key)
"""
# Of the tags each counts for itself: two deeds may each have added one.
_IS_TAGGED = """
    EXISTS (SELECT FROM jsonb_object_keys(c.after -> 'tags') k
             WHERE NOT coalesce(c.before -> 'tags' ? k, false) AND NOT c.now -> 'tags' ? k)
    OR EXISTS (SELECT FROM jsonb_object_keys(c.before -> 'tags') k
                WHERE NOT c.after -> 'tags' ? k AND c.now -> 'tags' ? k)
    OR c.before IS NULL AND c.after -> 'tags' <> c.now -> 'tags'
"""
_IS_FIXED = """
    WHEN c.is_locked AND (c.before IS NULL OR EXISTS (
         SELECT FROM jsonb_each(c.after) e WHERE e.key = ANY(%(facts)s) AND e.value IS DISTINCT FROM c.before -> e.key))
    THEN 'is locked by a reconciled statement'
"""
_OF_UNDONE_IMPORT = """
    WHEN c.after IS NULL AND EXISTS (
         SELECT FROM ledger_changeset s
          WHERE s.id = (c.before ->> 'changeset_id')::bigint AND s.kind = 'import' AND s.undone_at IS NOT NULL)
    THEN 'came with an import that was taken back since'
"""
_IS_LINKED_ELSEWHERE = """
    WHEN c.after IS NULL AND EXISTS (
         SELECT FROM ledger_transfer x
          WHERE ARRAY[x.outgoing_id, x.incoming_id]
                && ARRAY[(c.before ->> 'outgoing_id')::bigint, (c.before ->> 'incoming_id')::bigint])
    THEN 'is part of another transfer since'
"""
# Rows of the deed that the undoing leaves, as far as they are known; what they hold stays.
_IS_LEFT = """
    EXISTS (SELECT FROM unnest(%(left_tables)s::text[], %(left_ids)s::bigint[]) AS l (name, id)
             WHERE l.name = k."table" AND l.id = k.row_id)
"""
# What the undoing would refer to again, and neither is there nor comes back with it.
_IS_GONE = f"""
    WHEN c.before ->> {{column}} IS NOT NULL AND (c.after IS NULL OR c.after -> {{column}} <> c.before -> {{column}})
         AND NOT EXISTS (SELECT FROM {{target}} x WHERE x.id = (c.before ->> {{column}})::bigint)
         AND NOT EXISTS (SELECT FROM ledger_change k
                          WHERE k.changeset_id = %(changeset)s AND k."table" = {{target_label}} AND k.after IS NULL
                            AND k.row_id = (c.before ->> {{column}})::bigint AND NOT {_IS_LEFT})
    THEN {{sentence}}
"""  # noqa: S608
_TAG_IS_GONE = f"""
    WHEN EXISTS (
         SELECT FROM jsonb_object_keys(c.before -> {{field}}) t
          WHERE c.before -> {{field}} -> t IS DISTINCT FROM c.after -> {{field}} -> t
            AND NOT EXISTS (SELECT FROM ledger_tag x WHERE x.id = t::bigint)
            AND NOT EXISTS (SELECT FROM ledger_change k
                             WHERE k.changeset_id = %(changeset)s AND k."table" = {{tags}} AND k.after IS NULL
                               AND k.row_id = t::bigint AND NOT {_IS_LEFT}))
    THEN 'had a tag that is gone since'
"""  # noqa: S608
# What the deed made, and others refer to that the undoing does not turn away from it.
_IS_IN_USE = f"""
    WHEN c.before IS NULL AND EXISTS (
         SELECT FROM {{source}} x
          WHERE x.{{name}} = c.row_id
            AND NOT EXISTS (SELECT FROM ledger_change k
                             WHERE k.changeset_id = %(changeset)s AND k."table" = {{source_label}}
                               AND k.row_id = x.{{source_id}} AND {{turns_away}} AND NOT {_IS_LEFT}))
    THEN {{sentence}}
"""  # noqa: S608
_TURNS_AWAY = "(k.before IS NULL OR k.before -> {column} <> k.after -> {column})"


def reasons(
    model: type[models.Model], changeset: int, *, left: Collection[tuple[str, int]] = ()
) -> list[tuple[int, str]]:
    """The ids of the rows of the model that an undoing of the changeset must leave, each with the end of a sentence.

    `left` are rows of which that is known: what needs them, or is needed by them, must be left with them.
    """
    parameters = {
        "changeset": changeset,
        "label": label(model),
        "left_tables": [name for name, _ in left],
        "left_ids": [row_id for _, row_id in left],
    }
    keys = {key for (key,) in fetch(sql.SQL(_KEYS).format(), **parameters)}
    is_row = model is Transaction
    changed = [sql.SQL(_IS_CHANGED)] + ([sql.SQL(_IS_TAGGED)] if TAGS in keys else [])
    statement = sql.SQL(_REASONS).format(
        now=image(model, keys - {"description_key"}),
        is_locked=sql.SQL("t.reconciliation_id IS NOT NULL" if is_row else "false"),
        table=table(model),
        deleted=sql.Literal(DELETED),
        changed=sql.Literal(CHANGED),
        is_changed=sql.SQL(" OR ").join(changed),
        others=sql.SQL("").join(_others(model, keys)),
    )
    return [(row_id, sentence) for row_id, sentence in fetch(statement, facts=sorted(FACTS), **parameters)]


def _others(model: type[models.Model], keys: set[str]) -> list[sql.Composable]:
    found: list[sql.Composable] = []
    if model is Transaction:
        found += [sql.SQL(_IS_FIXED), sql.SQL(_OF_UNDONE_IMPORT)]
        found += [
            sql.SQL(_TAG_IS_GONE).format(field=sql.Literal(field), tags=sql.Literal(label(Tag)))
            for field in (BUCKETS, TAGS)
            if field in keys
        ]
    if model is Transfer:
        found.append(sql.SQL(_IS_LINKED_ELSEWHERE))
    found += [_gone(field) for field in model._meta.concrete_fields if field.is_relation and field.column in keys]
    return found + [_in_use(model, relation) for relation in model._meta.related_objects]


def _gone(field: "models.Field[object, object]") -> sql.Composed:
    target = field.related_model
    assert isinstance(target, type)
    return sql.SQL(_IS_GONE).format(
        column=sql.Literal(field.column),
        target=table(target),
        target_label=sql.Literal(label(target)),
        sentence=sql.Literal(f"needs something that is gone since: {target._meta.verbose_name}"),
    )


def _in_use(model: type[models.Model], relation: Any) -> sql.Composable:
    """Of links the transaction has the images; its own were compared with the row already."""
    source, column = relation.related_model, relation.field.column
    is_link = source is TransactionTag
    if is_link and model is Transaction:
        return sql.SQL("")
    if not is_link and isinstance(source._meta.pk, CompositePrimaryKey):
        return sql.SQL("")  # parts of the row that refer to nothing else, and go where it goes
    return sql.SQL(_IS_IN_USE).format(
        source=table(source),
        name=sql.Identifier(column),
        source_label=sql.Literal(label(Transaction if is_link else source)),
        source_id=sql.Identifier("transaction_id" if is_link else "id"),
        turns_away=sql.SQL("true" if is_link else _TURNS_AWAY).format(column=sql.Literal(column)),
        sentence=sql.Literal(f"is in use since: {source._meta.verbose_name}"),
    )
