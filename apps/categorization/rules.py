"""The household's rules: kept, put in order, switched on and off, copied, deleted.

The order of the page is the order in which they are asked: groups stand together, by their first rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db.models import Max, QuerySet
from django.forms.models import model_to_dict

from apps.categorization.errors import RuleGone, RunGoingOn
from apps.categorization.models import CategoryRule, RuleCondition, RuleRun
from apps.core.ordering import places
from apps.ledger import journal
from apps.ledger.models import Changeset

NAME_LENGTH = 80
_NOT_SAID = ("sort_order", "is_enabled", "use_count", "last_used_at")


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
    return _found(CategoryRule.objects.select_for_update(of=("self",)), rule_id)


def there(rule_id: int) -> CategoryRule:
    """The rule, to be looked at. Raises RuleGone."""
    return _found(with_all(), rule_id)


def _found(rules: QuerySet[CategoryRule], rule_id: int) -> CategoryRule:
    rule = rules.filter(pk=rule_id).first()
    if rule is None:
        raise RuleGone("This rule is not there any more, and nothing was changed. What it did stays in the history.")
    return rule


def fingerprint(rule: CategoryRule) -> str:
    """Of what a person says in a rule: the journal, which tells of other things that they changed, keeps no rules."""
    said = model_to_dict(rule, exclude=_NOT_SAID)
    asked = rule.conditions.order_by("pk").values_list("field", "operator", "value", "until", "account_id")
    return sha256(repr((said, list(asked))).encode()).hexdigest()[:16]


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


def arrange(ids: Sequence[int]) -> None:
    """Puts these rules, as of one group, in this order; the others stay where they are."""
    order = _in_order(grouped())
    places = {rule_id: place for place, rule_id in enumerate(ids)}
    moved = iter(sorted((rule for rule in order if rule.pk in places), key=lambda rule: places[rule.pk]))
    _put_in_order([next(moved) if rule.pk in places else rule for rule in order])


def raise_group(name: str) -> None:
    """Puts the group before the one that stands above it."""
    groups = grouped()
    names = [group.name for group in groups]
    if name in names[1:]:
        place = names.index(name)
        groups[place - 1 : place + 1] = groups[place], groups[place - 1]
        _put_in_order(_in_order(groups))


def _in_order(groups: list[Group]) -> list[CategoryRule]:
    return [rule for group in groups for rule in group.rules]


def _put_in_order(rules: list[CategoryRule]) -> None:
    """They share the places that they have: rules that the person does not see stay between them."""
    for place, rule in zip(places(rule.sort_order for rule in rules), rules, strict=True):
        rule.sort_order = place
    CategoryRule.objects.bulk_update(rules, ["sort_order"])


def switch(rule: CategoryRule, *, on: bool) -> None:
    rule.is_enabled = on
    rule.save(update_fields=["is_enabled"])


def delete(rule: CategoryRule, *, actor_id: int) -> Changeset | None:
    """What it did stays, and so does the log of it. Undoing it brings the rule back with its conditions and its place.

    Raises RunGoingOn while it is being applied.
    """
    if rule.runs.filter(state=RuleRun.State.ORDERED).exists():
        raise RunGoingOn(f"“{rule.name}” is being applied just now; delete it when that is done.")
    with journal.deed(Changeset.Kind.RULES, actor_id=actor_id, note=f"Rule “{rule.name}” deleted") as deed:
        runs = deed.touch(rule.runs.all(), "rule_id")
        RuleRun.objects.filter(pk__in=runs).update(rule=None)
        # The rule first: by its conditions the journal knows whose accounts it is about.
        deed.take_out(CategoryRule.objects.filter(pk=rule.pk))
        deed.take_out(rule.conditions.all())
    return deed.changeset
