"""What operators set of flags and plans: each change is one event with what was before and after, in ids and words."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from apps.audit.actions import Action
from apps.audit.events import record
from apps.plans.models import Flag, Plan
from apps.users.models import User

Changes = dict[str, dict[str, Any]]
FLAG_FIELDS = ("title", "told", "everyone", "percent")
# Lists, and what of each row stands in the event: never a name that people chose.
FLAG_LISTS: dict[str, Callable[[Any], Any]] = {
    "plans": lambda plan: plan.code,
    "households": lambda household: household.public_id,
    "households_off": lambda household: household.public_id,
    "users": lambda person: person.pk,
}
PLAN_FIELDS = (
    *("name", "summary", "is_offered", "monthly_price", "yearly_price", "monthly_price_id", "yearly_price_id"),
    *("row_limit", "account_limit", "seat_limit", "rate_factor"),
)


def change_flag(flag: Flag, wanted: Mapping[str, Any], *, actor: User, request: HttpRequest | None = None) -> Changes:
    """Sets every field of FLAG_FIELDS and list of FLAG_LISTS to what is wanted; returns what that changed."""
    with transaction.atomic():
        held = Flag.objects.select_for_update(of=("self",)).get(pk=flag.pk)
        before = _as_it_stands(held)
        for name in FLAG_FIELDS:
            setattr(held, name, wanted[name])
        held.save()
        for name in FLAG_LISTS:
            getattr(held, name).set(wanted[name])
        changes = _changes(before, _as_it_stands(held))
        if changes:
            fields = _fields(changes)
            record(Action.FLAG_CHANGED, actor=actor, request=request, flag=held.name, fields=fields, changes=changes)
    return changes


def change_plan(plan: Plan, wanted: Mapping[str, Any], *, actor: User, request: HttpRequest | None = None) -> Changes:
    """Sets every field of PLAN_FIELDS to what is wanted; returns what that changed."""
    with transaction.atomic():
        held = Plan.objects.select_for_update().get(pk=plan.pk)
        before = {name: _as_json(getattr(held, name)) for name in PLAN_FIELDS}
        for name in PLAN_FIELDS:
            setattr(held, name, wanted[name])
        held.save()
        changes = _changes(before, {name: _as_json(getattr(held, name)) for name in PLAN_FIELDS})
        if changes:
            fields = _fields(changes)
            record(Action.PLAN_CHANGED, actor=actor, request=request, plan=held.code, fields=fields, changes=changes)
    return changes


def _as_it_stands(flag: Flag) -> dict[str, Any]:
    fields = {name: _as_json(getattr(flag, name)) for name in FLAG_FIELDS}
    return fields | {name: sorted(map(of, getattr(flag, name).all())) for name, of in FLAG_LISTS.items()}


def _as_json(value: Any) -> Any:
    """Numbers that are the same are the same text: 12 and 12.00."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    return {name: {"old": old, "new": after[name]} for name, old in before.items() if old != after[name]}


def _fields(changes: Changes) -> str:
    return ", ".join(name.replace("_", " ") for name in changes)
