"""A subscription's change: other prices, another trial end, an end at the period's end; and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

from . import discounts
from .billing import current_period, make_invoice, set_period
from .ending import OVER
from .errors import Json, invalid
from .form import WHOLE, Params
from .invoices import finalize
from .prorating import add_credit, add_remainder
from .subscriptions import (
    BEHAVIOURS,
    collect,
    new_item,
    own_card,
    payment_settings,
    quantity_of,
    read_cancellation_details,
    read_discounts,
    read_trial_settings,
    recurring_price,
    schedule_end,
    unschedule_end,
)
from .world import World

_PRORATIONS = ("create_prorations", "always_invoice", "none")


@dataclass(frozen=True, slots=True)
class Change:
    """What an update or a preview asks for."""

    items: list[Params]
    proration: str
    moment: int | None
    """At which prorations are computed; None is now."""
    restart: bool
    """The billing cycle begins anew."""
    trial_end: str | None
    at_period_end: str | None
    cancel_at: str | None
    """Empty: at no day any more."""

    @classmethod
    def read(cls, params: Params) -> Change:
        return cls(
            items=params.each("items"),
            proration=params.choice("proration_behavior", _PRORATIONS, "create_prorations") or "",
            moment=params.whole("proration_date"),
            restart=params.choice("billing_cycle_anchor", ("now", "unchanged"), "unchanged") == "now",
            trial_end=params.text("trial_end"),
            at_period_end=params.choice("cancel_at_period_end", ("true", "false")),
            cancel_at=params.text("cancel_at") or ("" if "cancel_at" in params else None),
        )


def update_subscription(world: World, params: Params, id: str) -> Json:
    subscription = world.find("subscription", id)
    if subscription["status"] in OVER:
        raise invalid("A canceled subscription can only update its cancellation_details and metadata.")
    behaviour = params.choice("payment_behavior", BEHAVIOURS, "allow_incomplete")
    params.choice("collection_method", ("charge_automatically",))
    params.flag("off_session")
    change = Change.read(params)
    _take_plain(world, subscription, params)
    invoice = apply(world, subscription, change)
    world.save(subscription, "customer.subscription.updated")
    if invoice:
        finalize(world, invoice)
        if behaviour != "default_incomplete":
            collect(world, invoice["id"], or_refuse=behaviour == "error_if_incomplete")
    return world.find("subscription", id)


def apply(world: World, subscription: Json, change: Change) -> Json | None:
    """Changes the subscription (not saved) and answers the draft of what is to be paid at once, if anything is."""
    now = world.time_of(subscription)
    if change.at_period_end == "true":
        schedule_end(subscription, now)
    elif change.at_period_end == "false" or change.cancel_at == "":
        unschedule_end(subscription)
    if change.cancel_at in {"min_period_end", "max_period_end"}:
        schedule_end(subscription, now)
    elif change.cancel_at:
        subscription |= {"cancel_at": _future(change.cancel_at, now, "cancel_at"), "canceled_at": now}
    before = subscription["items"]["data"]
    if change.items:
        subscription["items"]["data"] = _changed_items(world, subscription, change.items, now)
    if change.trial_end:
        return _move_trial(world, subscription, change, now)
    if subscription["status"] == "trialing":
        return None
    if change.restart or _interval(before) != _interval(subscription["items"]["data"]):
        return _restart(world, subscription, before, change, now)
    if not change.items or change.proration == "none":
        return None
    moment = _moment(subscription, change, now)
    _prorate(world, subscription, before, moment)
    if change.proration != "always_invoice":
        return None
    return _bill_at_once(world, subscription, now, whole=False)


def _bill_at_once(world: World, subscription: Json, now: int, *, whole: bool) -> Json:
    before = world.find("subscription", subscription["id"])
    invoice = make_invoice(world, subscription, reason="subscription_update", period=(now, now), whole=whole)
    # make_invoice has saved the subscription; the event of the update compares with what was before.
    world.store.put(before)
    return invoice


def _prorate(world: World, subscription: Json, before: list[Json], moment: int) -> None:
    after = {item["id"]: item for item in subscription["items"]["data"]}
    for old in before:
        new = after.pop(old["id"], None)
        if new and new["price"]["id"] == old["price"]["id"] and new["quantity"] == old["quantity"]:
            continue
        add_credit(world, subscription, old, moment)
        if new:
            add_remainder(world, subscription, new, moment)
    for new in after.values():
        add_remainder(world, subscription, new, moment)


def _restart(world: World, subscription: Json, before: list[Json], change: Change, now: int) -> Json:
    if change.proration != "none":
        for old in before:
            add_credit(world, subscription, old, _moment(subscription, change, now, items=before))
    subscription["billing_cycle_anchor"] = now
    set_period(subscription, now)
    _follow_period(subscription)
    return _bill_at_once(world, subscription, now, whole=True)


def _move_trial(world: World, subscription: Json, change: Change, now: int) -> Json | None:
    trialing = subscription["status"] == "trialing"
    if change.trial_end == "now":
        if not trialing:
            return None
        subscription |= {"trial_end": now, "billing_cycle_anchor": now, "status": "active"}
        set_period(subscription, now)
        _follow_period(subscription)
        return _bill_at_once(world, subscription, now, whole=True)
    end = _future(change.trial_end or "", now, "trial_end")
    if not trialing and change.proration != "none":
        for item in subscription["items"]["data"]:
            add_credit(world, subscription, item, now)
    start = subscription["trial_start"] if trialing else now
    subscription |= {"status": "trialing", "trial_start": start, "trial_end": end, "billing_cycle_anchor": end}
    set_period(subscription, current_period(subscription)[0] if trialing else now, end=end)
    for item in subscription["items"]["data"]:
        item.pop("_billed", None)
    _follow_period(subscription)
    return None


def _future(text: str, now: int, param: str) -> int:
    if not WHOLE.fullmatch(text) or int(text) <= now:
        raise invalid("Invalid timestamp: must be in the future", param=param, code="timestamp_invalid")
    return int(text)


def _follow_period(subscription: Json) -> None:
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = current_period(subscription)[1]


def _changed_items(world: World, subscription: Json, asked: list[Params], now: int) -> list[Json]:
    items = {item["id"]: dict(item) for item in subscription["items"]["data"]}
    period = current_period(subscription)
    for one in asked:
        id = one.text("id")
        if id and id not in items:
            raise invalid(f"Invalid subscription item: '{id}'", param=one.name("id"), code="resource_missing")
        if one.flag("deleted"):
            items.pop(id or "")
            continue
        if not id:
            fresh = new_item(subscription["id"], recurring_price(world, one), quantity_of(one), now)
            fresh |= {"current_period_start": period[0], "current_period_end": period[1]}
            items[fresh["id"]] = fresh
            continue
        item = items[id]
        item["quantity"] = quantity_of(one, item["quantity"])
        if "price" in one:
            item["price"] = recurring_price(world, one)
        item["metadata"] = one.metadata(item["metadata"])
    if not items:
        raise invalid("A subscription must have at least one active price.", param="items")
    if len(_intervals := {_key(item) for item in items.values()}) > 1:
        raise invalid("This fake wants all prices of a subscription to have one interval.", param="items")
    return list(items.values())


def _key(item: Json) -> tuple[str, int]:
    recurring = item["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]


def _interval(items: list[Json]) -> tuple[str, int]:
    return _key(items[0])


def _moment(subscription: Json, change: Change, now: int, *, items: list[Json] | None = None) -> int:
    item = (items or subscription["items"]["data"])[0]
    moment = change.moment or now
    if not item["current_period_start"] <= moment <= item["current_period_end"]:
        raise invalid("Cannot specify a `proration_date` outside of the current period.", param="proration_date")
    return moment


def _take_plain(world: World, subscription: Json, params: Params) -> None:
    subscription["metadata"] = params.metadata(subscription["metadata"])
    customer = world.find("customer", subscription["customer"])
    if "default_payment_method" in params:
        chosen = params.text("default_payment_method")
        subscription["default_payment_method"] = own_card(world, customer, chosen)["id"] if chosen else None
    if "description" in params:
        subscription["description"] = params.text("description")
    if "trial_settings" in params:
        subscription["trial_settings"] = read_trial_settings(params)
    if "payment_settings" in params:
        subscription["payment_settings"] = payment_settings(params)
    if "cancellation_details" in params:
        read_cancellation_details(subscription, params)
    if "discounts" in params:
        items = [(item["price"], item["quantity"]) for item in subscription["items"]["data"]]
        wanted = read_discounts(world, params, customer, items)
        for old in discounts.of_subscription(world, subscription):
            discounts.drop(world, subscription, old)
        for new in wanted:
            discounts.redeem(world, new, subscription)
