"""The household's rules: kept, put in order, switched on and off, copied, deleted.

The order of the page is the order in which they are asked: groups stand together, by their first rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from apps.categorization.errors import RuleGone
from apps.categorization.models import CategoryRule, RuleCondition

NAME_LENGTH = 80


@dataclass(frozen=True)
class Group:
    """Rules under one heading; the heading may be empty."""

    name: str
    rules: list[CategoryRule]


def with_all() -> QuerySet[CategoryRule]:
    """Rules with all that the page and the run read of them: three queries, however many rules."""
    related = CategoryRule.objects.select_related("bucket", "occasion", "split_template")
    return related.prefetch_related("conditions__account")


def existing(rule_id: int) -> CategoryRule:
    """The rule, locked. Raises RuleGone."""
    rule = CategoryRule.objects.select_for_update(of=("self",)).filter(pk=rule_id).first()
    if rule is None:
        raise RuleGone("That rule was deleted meanwhile; what it did stays in the history.")
    return rule


def grouped() -> list[Group]:
    groups: dict[str, list[CategoryRule]] = {}
    for rule in with_all():
        groups.setdefault(rule.group, []).append(rule)
    return [Group(name, rules) for name, rules in groups.items()]


def group_names() -> list[str]:
    names = CategoryRule.objects.exclude(group="").order_by("group").values_list("group", flat=True)
    return list(names.distinct())


def keep(rule: CategoryRule, conditions: Iterable[RuleCondition]) -> None:
    """Saves the rule with these conditions and no others; a new one is asked last of its group."""
    if rule.pk is None:
        last = CategoryRule.objects.aggregate(last=Max("sort_order"))["last"]
        rule.sort_order = 0 if last is None else last + 1
    rule.save()
    rule.conditions.all().delete()
    for condition in conditions:
        condition.pk, condition.rule = None, rule
    RuleCondition.objects.bulk_create(conditions)
    _put_in_order(_in_order(grouped()))


def duplicate(rule: CategoryRule) -> CategoryRule:
    """A copy behind the rule, switched off until somebody has looked at it."""
    conditions = list(rule.conditions.all())
    order = _in_order(grouped())
    at = order.index(rule)
    copy = CategoryRule.objects.get(pk=rule.pk)
    copy.pk, copy.name, copy.is_enabled = None, _free_name(rule.name), False
    copy.use_count, copy.last_used_at = 0, None
    copy.save(force_insert=True)
    for condition in conditions:
        condition.pk, condition.rule = None, copy
    RuleCondition.objects.bulk_create(conditions)
    _put_in_order([*order[: at + 1], copy, *order[at + 1 :]])
    return copy


def _free_name(name: str) -> str:
    taken = {known.lower() for known in CategoryRule.objects.values_list("name", flat=True)}
    number = 1
    while True:
        ending = " (copy)" if number == 1 else f" (copy {number})"
        free = name[: NAME_LENGTH - len(ending)] + ending
        if free.lower() not in taken:
            return free
        number += 1


def move(rule: CategoryRule, *, steps: int) -> None:
    """One place up (-1) or down (1) in its group; the first and the last of a group take the group with them."""
    groups = grouped()
    of_rule = next(group for group in groups if group.name == rule.group)
    if not _swap(of_rule.rules, of_rule.rules.index(rule), steps):
        _swap(groups, groups.index(of_rule), steps)
    _put_in_order(_in_order(groups))


def _swap(things: list, at: int, steps: int) -> bool:
    other = at + steps
    if not 0 <= other < len(things):
        return False
    things[at], things[other] = things[other], things[at]
    return True


def arrange(ids: Sequence[int]) -> None:
    """Puts the rules in this order; those that are not named come behind, and groups stay together."""
    places = {rule_id: place for place, rule_id in enumerate(ids)}
    rules = list(with_all())
    rules.sort(key=lambda rule: places.get(rule.pk, len(places)))
    groups: dict[str, list[CategoryRule]] = {}
    for rule in rules:
        groups.setdefault(rule.group, []).append(rule)
    _put_in_order([rule for of_group in groups.values() for rule in of_group])


def _in_order(groups: list[Group]) -> list[CategoryRule]:
    return [rule for group in groups for rule in group.rules]


def _put_in_order(rules: list[CategoryRule]) -> None:
    for place, rule in enumerate(rules):
        rule.sort_order = place
    CategoryRule.objects.bulk_update(rules, ["sort_order"])


def enable(rule: CategoryRule, *, is_enabled: bool) -> None:
    rule.is_enabled = is_enabled
    rule.save(update_fields=["is_enabled"])


def delete(rule: CategoryRule) -> None:
    """What it did stays, and so does the log of it."""
    rule.delete()
