"""A rule begun from a row of the ledger: what else is like it gets the bucket that it has."""

from dataclasses import dataclass, field
from typing import Any

from apps.categorization.forms.rules import initial_of
from apps.categorization.models import CategoryRule, RuleCondition
from apps.ledger.models import Tag, Transaction, TransactionTag

_LONGEST = 200


@dataclass(frozen=True)
class Started:
    """What the form shows to begin with."""

    fields: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)


def from_row(row_id: int | None) -> Started:
    """Empty for no row, or one that is gone."""
    row = Transaction.objects.filter(pk=row_id).first() if row_id is not None else None
    if row is None:
        return Started()
    name = row.merchant or row.description
    condition = RuleCondition(
        field=RuleCondition.Field.MERCHANT if row.merchant else RuleCondition.Field.DESCRIPTION,
        operator=RuleCondition.Operator.IS if row.merchant else RuleCondition.Operator.CONTAINS,
        value=name[:_LONGEST],
    )
    fields = {"name": _free(name), "bucket": _only_bucket(row)}
    return Started(fields, [initial_of(condition)] if name else [])


def _free(name: str) -> str:
    """The name, unless a rule has it already."""
    name = name[: CategoryRule._meta.get_field("name").max_length].strip()
    return "" if CategoryRule.objects.filter(name__iexact=name).exists() else name


def _only_bucket(row: Transaction) -> int | None:
    links = TransactionTag.objects.filter(transaction=row, tag__namespace=Tag.Namespace.BUCKET, amount=None)
    return links.values_list("tag", flat=True).first()
