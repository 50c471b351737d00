"""Images of rows: what the fields that a deed touches hold, as JSON that PostgreSQL writes and reads back exactly.

A transaction has, beside its columns, `buckets` (its bucket tags, each with the amount of a
split and who chose it) and `tags` (the others).
"""

from collections.abc import Iterable

from django.db import models
from psycopg import sql

from apps.ledger.models import Transaction

EVERY = "*"
BUCKETS, TAGS = "buckets", "tags"
FACTS = frozenset({"account_id", "date", "amount", "description", "status"})
"""What a statement agreed with: of a locked row nobody changes these."""
# Imports look for rows that were deleted or changed by all of these together; the last one PostgreSQL makes itself.
_IDENTITY = ("account_id", "date", "amount", "description", "bank_id")
_MADE = "description_key"
_LINKS = {
    BUCKETS: "SELECT jsonb_object_agg(g.tag_id, jsonb_build_array(g.amount, g.source))",
    TAGS: "SELECT jsonb_object_agg(g.tag_id, true)",
}


def columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that hold what was put there; generated ones follow from them."""
    return tuple(str(field.column) for field in model._meta.concrete_fields if not field.generated)


def fields_touched(model: type[models.Model], names: Iterable[str]) -> frozenset[str]:
    """The fields whose images are kept when those names are touched. Raises ValueError for a name that is none."""
    known = {*columns(model), *_LINKS} if model is Transaction else {*columns(model)}
    asked = set(names)
    if EVERY in asked:
        return frozenset(known)
    if unknown := asked - known:
        raise ValueError(f"{model._meta.label} has no {', '.join(sorted(unknown))}")
    return frozenset(asked.union(_IDENTITY) if model is Transaction and asked & {*_IDENTITY} else asked)


def image(model: type[models.Model], fields: Iterable[str]) -> sql.Composed:
    """The expression of the image of the row `t` of the model's table."""
    chosen = set(fields)
    parts = [
        sql.SQL("jsonb_build_object({})").format(
            sql.SQL(", ").join(
                sql.SQL("{}, t.{}").format(sql.Literal(name), sql.Identifier(name))
                for name in _with_made(model, chosen - _LINKS.keys())
            )
        )
    ]
    parts += [_links(name) for name in sorted(chosen & _LINKS.keys())]
    return sql.SQL(" || ").join(parts)


def _with_made(model: type[models.Model], names: set[str]) -> list[str]:
    made = {_MADE} if model is Transaction and names.issuperset(_IDENTITY) else set()
    return sorted(names | made)


def _links(name: str) -> sql.Composed:
    return sql.SQL(
        "jsonb_build_object({name}, coalesce(({select} FROM ledger_transactiontag g JOIN ledger_tag ON ledger_tag.id ="
        " g.tag_id WHERE g.transaction_id = t.id AND (ledger_tag.namespace = 'bucket') = {is_bucket}), '{{}}'))"
    ).format(name=sql.Literal(name), select=sql.SQL(_LINKS[name]), is_bucket=sql.Literal(name == BUCKETS))
