"""What categorization says on its own pages and on those of others."""

from typing import Any

from django import template

from apps.categorization.conditions import Words, in_words
from apps.categorization.models import RuleCondition
from apps.categorization.reviewing import waiting_count
from apps.categorization.run_log import rules_of_row, rules_that_hit, run_of_import
from apps.tenancy.context import HouseholdLike

register = template.Library()


@register.filter
def words(condition: RuleCondition) -> Words:
    """A condition as a person reads it: `.text` and `.value`."""
    return in_words(condition)


@register.simple_tag
def waiting_rows(household: HouseholdLike) -> int:
    """How many rows wait for a review, for the navigation."""
    return waiting_count(household)


@register.inclusion_tag("categorization/_rules_of.html")
def rules_of(transaction_pk: int) -> dict[str, Any]:
    """Which rules changed the row, with the day and the run; nothing for a row that no rule changed."""
    return {"hits": rules_of_row(transaction_pk)}


@register.inclusion_tag("categorization/_rules_of_import.html")
def rules_of_import(changeset_id: int | None) -> dict[str, Any]:
    """How many rows of an import each rule changed; nothing if none did."""
    run = run_of_import(changeset_id)
    return {"run": run, "rules": rules_that_hit(run) if run else []}
