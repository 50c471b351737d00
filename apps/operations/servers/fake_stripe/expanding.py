"""`expand[]`: ids replaced by the objects they name, and the few lists that are only shown when asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .checkout import breakdown_of, items_of
from .ending import OVER
from .errors import Json, invalid
from .invoices import payments_of
from .payments import refunds_of
from .world import World, listed

_LEVELS = 4


def _subscriptions_of(world: World, customer: Json) -> Json:
    found = [
        one
        for one in world.store.all("subscription")
        if one["customer"] == customer["id"] and one["status"] not in OVER
    ]
    return listed(found, f"/v1/customers/{customer['id']}/subscriptions")


def _secret_of(world: World, invoice: Json) -> Json | None:
    intent = world.store.get(invoice.get("_intent"))
    return {"client_secret": intent["client_secret"], "type": "payment_intent"} if intent else None


def _discounts_of(world: World, item: Json) -> list[Json]:
    session = world.find("checkout.session", item["_session"])
    given: list[Json] = breakdown_of(world, session)["discounts"]
    return [{**one, "amount": item["amount_discount"]} for one in given if item["amount_discount"]]


# What an answer has only when it is asked for.
_INCLUDED: dict[tuple[str | None, str], Callable[[World, Json], Any]] = {
    ("customer", "subscriptions"): _subscriptions_of,
    ("customer", "sources"): lambda _world, one: listed([], f"/v1/customers/{one['id']}/sources"),
    ("customer", "tax_ids"): lambda _world, one: listed([], f"/v1/customers/{one['id']}/tax_ids"),
    ("invoice", "payments"): payments_of,
    ("invoice", "confirmation_secret"): _secret_of,
    ("charge", "refunds"): refunds_of,
    ("checkout.session", "line_items"): items_of,
    ("item", "discounts"): _discounts_of,
    ("item", "taxes"): lambda _world, _one: [],
    ("checkout.session", "total_details.breakdown"): breakdown_of,
}
# What Stripe has and shows when asked, and what is never set here.
_UNSET = {
    ("coupon", "applies_to"),
    ("coupon", "currency_options"),
    ("price", "currency_options"),
    ("price", "tiers"),
    ("promotion_code", "restrictions.currency_options"),
}


def expand(world: World, answer: Json, paths: list[str]) -> None:
    """Changes the answer in place. Raises Stripe's error for what cannot be expanded."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > _LEVELS:
            raise invalid(f"You cannot expand more than {_LEVELS} levels of a property.", param="expand")
        _expand(world, answer, parts, path)


def _expand(world: World, value: Any, parts: list[str], path: str) -> None:
    if isinstance(value, list):
        for one in value:
            _expand(world, one, parts, path)
        return
    if not isinstance(value, dict):
        return
    kind, below = value.get("object"), ".".join(parts)
    if (kind, below) in _UNSET:
        return
    if (kind, below) in _INCLUDED and len(parts) > 1:
        value[parts[0]][parts[1]] = _INCLUDED[(kind, below)](world, value)
        return
    name, *rest = parts
    if (kind, name) in _INCLUDED and name not in value:
        value[name] = _INCLUDED[(kind, name)](world, value)
    if name not in value:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    value[name] = _found(world, value[name], path, last=not rest)
    if rest:
        _expand(world, value[name], rest, path)


def _found(world: World, value: Any, path: str, *, last: bool) -> Any:
    if isinstance(value, list):
        return [_found(world, one, path, last=last) for one in value]
    if not isinstance(value, str):
        return value
    found = world.store.get(value)
    if found is None and last:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    return found or value
