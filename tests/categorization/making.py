"""Rules and rows to apply them to."""

import json
from typing import Any

from django.db import connections

from apps.categorization.conditions import cleaned
from apps.categorization.models import CategoryRule, RuleCondition
from apps.categorization.rules import keep
from apps.ledger.models import Tag, TransactionTag
from apps.tenancy.planes import LEDGER

_TABLES = (
    *("ledger_transaction", "ledger_transactiontag", "ledger_tag", "ledger_account", "ledger_transfer"),
    *("ledger_splittemplate", "ledger_splitpart"),
)
Asked = tuple[str, str, str] | tuple[str, str, str, str]


def rule(name: str, *conditions: Asked, **does: Any) -> CategoryRule:
    """A rule that asks (field, operator, value) or (field, operator, from, to) and does what is named."""
    made = CategoryRule(name=name, **does)
    asked = [
        RuleCondition(field=field, operator=operator, value=value, until="".join(until))
        for field, operator, value, *until in conditions
    ]
    keep(made, [cleaned(one) for one in asked])
    return made


def bucket(value: str) -> Tag:
    return Tag.objects.get(namespace="bucket", value=value)


def occasion(value: str) -> Tag:
    return Tag.objects.get_or_create(namespace="occasion", value=value, defaults={"name": value.title()})[0]


def tags_of(row_id: int) -> list[tuple[str, str | None]]:
    """Value and amount of each tag of the row."""
    links = TransactionTag.objects.filter(transaction=row_id).order_by("tag__value")
    return [
        (value, None if amount is None else f"{amount:.2f}")
        for value, amount in links.values_list("tag__value", "amount")
    ]


def ledger_bytes() -> str:
    """Everything that the ledger holds, as PostgreSQL writes it."""
    held = {}
    with connections[LEDGER].cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            held[table] = [row for (row,) in cursor.fetchall()]
    return json.dumps(held)
