"""Subscriptions: made, listed, cancelled and resumed. Changes are in `changing`, the passing of time in `clock`."""

from __future__ import annotations

from . import discounts
from .billing import current_period, make_invoice, set_period
from .collecting import attempt
from .customers import declined, live_customer, method_for
from .ending import FEEDBACK, OVER, end_subscription
from .errors import Json, invalid
from .form import Params
from .invoices import finalize
from .listing import of_kind
from .prorating import add_credit
from .world import World, listed, make_id

REMINDER = 3 * 86400
"""Seconds before a trial's end at which `customer.subscription.trial_will_end` is sent."""
BEHAVIOURS = ("allow_incomplete", "default_incomplete", "error_if_incomplete")
_STATUSES = (*OVER, "active", "all", "ended", "incomplete", "past_due", "paused", "trialing", "unpaid")


def create_subscription(world: World, params: Params) -> Json:
    customer = live_customer(world, params.required("customer"), param="customer")
    items = [(recurring_price(world, one), quantity_of(one)) for one in params.each("items")]
    behaviour = params.choice("payment_behavior", BEHAVIOURS, "allow_incomplete")
    params.choice("collection_method", ("charge_automatically",))
    params.choice("proration_behavior", ("create_prorations", "always_invoice", "none"))
    params.flag("off_session")
    method = params.text("default_payment_method")
    found = read_discounts(world, params, customer, items)
    end = trial_end(params, world.now(customer["test_clock"]))
    subscription = start_subscription(
        world,
        customer,
        items,
        trial_end=end,
        method=own_card(world, customer, method)["id"] if method else None,
        applied=found,
        metadata=params.metadata(),
        description=params.text("description"),
        trial_settings=read_trial_settings(params),
        cancel_at_period_end=params.flag("cancel_at_period_end"),
        settings=payment_settings(params),
    )
    if behaviour != "default_incomplete":
        collect(world, subscription["latest_invoice"], or_refuse=behaviour == "error_if_incomplete")
    return world.find("subscription", subscription["id"])


def start_subscription(
    world: World,
    customer: Json,
    items: list[tuple[Json, int]],
    *,
    trial_end: int | None = None,
    method: str | None = None,
    applied: list[Json] | None = None,
    metadata: dict[str, str] | None = None,
    description: str | None = None,
    trial_settings: Json | None = None,
    cancel_at_period_end: bool = False,
    settings: Json | None = None,
) -> Json:
    """A new subscription with its first invoice, finalized but not asked for yet (a trial's has nothing to pay)."""
    _check_items(items)
    now = world.now(customer["test_clock"])
    id = make_id("sub")
    subscription: Json = {
        "id": id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": trial_end or now,
        "billing_cycle_anchor_config": None,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible", "updated_at": now},
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": now,
        "currency": items[0][0]["currency"],
        "customer": customer["id"],
        "customer_account": None,
        "days_until_due": None,
        "default_payment_method": method,
        "default_source": None,
        "default_tax_rates": [],
        "description": description,
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": {"type": "self"},
        },
        "items": listed([new_item(id, price, quantity, now) for price, quantity in items], item_url(id)),
        "latest_invoice": None,
        "livemode": False,
        "metadata": metadata or {},
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": settings
        or {"payment_method_options": None, "payment_method_types": None, "save_default_payment_method": "off"},
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": now,
        "status": "trialing" if trial_end else "incomplete",
        "test_clock": customer["test_clock"],
        "transfer_data": None,
        "trial_end": trial_end,
        "trial_settings": trial_settings or {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": now if trial_end else None,
    }
    set_period(subscription, now, end=trial_end)
    if cancel_at_period_end:
        schedule_end(subscription, now)
    for discount in applied or []:
        discounts.redeem(world, discount, subscription)
    world.add(subscription, "customer.subscription.created")
    invoice = make_invoice(world, subscription, reason="subscription_create", period=(now, now), whole=True)
    finalize(world, invoice)
    if trial_end and trial_end - REMINDER <= now:
        remind_of_trial_end(world, subscription)
    return subscription


def collect(world: World, invoice_id: str, *, or_refuse: bool = False) -> None:
    """Tries to get an open invoice paid at once; `or_refuse` makes the decline undo the whole call."""
    invoice = world.find("invoice", invoice_id)
    why = attempt(world, invoice)
    if why and or_refuse:
        refusal = declined(why)
        refusal.keeps = False
        raise refusal


def list_subscriptions(world: World, params: Params) -> Json:
    """Those on test clocks only by the customer's or the clock's name: see `stripe.params.SubscriptionListParams`."""
    shows_clocks = "customer" in params or "test_clock" in params
    status, price = params.choice("status", _STATUSES), params.text("price")

    def only(one: Json) -> bool:
        fits = shows_clocks or not one["test_clock"]
        fits = fits and (not price or any(item["price"]["id"] == price for item in one["items"]["data"]))
        if status == "all":
            return fits
        if status == "ended":
            return fits and one["status"] in OVER
        return fits and (one["status"] == status if status else one["status"] not in OVER)

    equal = ("customer", "collection_method", "test_clock")
    return of_kind(world, params, "subscription", "/v1/subscriptions", equal=equal, only=only)


def cancel_subscription(world: World, params: Params, id: str) -> Json:
    subscription = world.find("subscription", id)
    if subscription["status"] in OVER:
        raise invalid(f"No such subscription: '{id}'", code="resource_missing", param="id")
    read_cancellation_details(subscription, params)
    now, bill = world.time_of(subscription), params.flag("invoice_now")
    if params.flag("prorate"):
        for item in subscription["items"]["data"]:
            add_credit(world, subscription, item, now)
    if bill:
        invoice = make_invoice(world, subscription, reason="manual", period=(now, now), whole=False)
        finalize(world, invoice)
        collect(world, invoice["id"])
        subscription = {**world.find("subscription", id), "cancellation_details": subscription["cancellation_details"]}
    return end_subscription(world, subscription, reason="cancellation_requested")


def schedule_end(subscription: Json, now: int) -> None:
    """It will end with the current period."""
    details = subscription["cancellation_details"]
    subscription |= {
        "cancel_at_period_end": True,
        "cancel_at": current_period(subscription)[1],
        "canceled_at": now,
        "cancellation_details": {**details, "reason": "cancellation_requested"},
    }


def unschedule_end(subscription: Json) -> None:
    subscription |= {"cancel_at_period_end": False, "cancel_at": None, "canceled_at": None}
    subscription["cancellation_details"] = {"comment": None, "feedback": None, "reason": None}


def remind_of_trial_end(world: World, subscription: Json) -> None:
    subscription["_reminded"] = subscription["trial_end"]
    world.store.put(subscription)
    world.emit("customer.subscription.trial_will_end", subscription)


def new_item(subscription_id: str, price: Json, quantity: int, now: int) -> Json:
    return {
        "id": make_id("si", 14),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now,
        "current_period_end": now,
        "current_period_start": now,
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def item_url(subscription_id: str) -> str:
    return f"/v1/subscription_items?subscription={subscription_id}"


def recurring_price(world: World, params: Params) -> Json:
    price = world.find("price", params.required("price"), param=params.name("price"))
    if not price["recurring"]:
        raise invalid(f"The price specified is set to `type=one_time`: {price['id']}", param=params.name("price"))
    if not price["active"]:
        raise invalid(f"The price specified is inactive: {price['id']}", param=params.name("price"))
    return price


def quantity_of(params: Params, default: int = 1) -> int:
    return params.whole("quantity", default, least=0, most=999_999)


def own_card(world: World, customer: Json, id: str) -> Json:
    method = world.find("payment_method", id, param="default_payment_method")
    if method["customer"] != customer["id"]:
        message = f"The customer does not have a payment method with the ID {id}."
        raise invalid(message, param="default_payment_method", code="resource_missing")
    return method


def trial_end(params: Params, now: int) -> int | None:
    """From `trial_end` (a moment) or `trial_period_days`; None without a trial."""
    if days := trial_days(params):
        return now + days * 86400
    if params.text("trial_end") in {None, "now"}:
        return None
    end = params.whole("trial_end", 0)
    if end <= now:
        raise invalid("Invalid timestamp: must be in the future", param="trial_end", code="timestamp_invalid")
    return end


def trial_days(params: Params) -> int | None:
    return params.whole("trial_period_days", least=0, most=730)


def read_trial_settings(params: Params) -> Json:
    behaviour = params.inner("trial_settings").inner("end_behavior")
    choice = behaviour.choice("missing_payment_method", ("cancel", "create_invoice"), "create_invoice")
    return {"end_behavior": {"missing_payment_method": choice}}


def read_discounts(world: World, params: Params, customer: Json | None, items: list[tuple[Json, int]]) -> list[Json]:
    cents = sum(price["unit_amount"] * quantity for price, quantity in items)
    return [
        discounts.redeemable(
            world,
            coupon=one.text("coupon"),
            promotion_code=one.text("promotion_code"),
            customer=customer,
            cents=cents,
        )
        for one in params.each("discounts")
    ]


def read_cancellation_details(subscription: Json, params: Params) -> None:
    given = params.inner("cancellation_details")
    details = subscription["cancellation_details"]
    subscription["cancellation_details"] = {
        **details,
        "comment": given.text("comment", details["comment"]),
        "feedback": given.choice("feedback", tuple(FEEDBACK), details["feedback"]),
    }


def payment_settings(params: Params) -> Json:
    given = params.inner("payment_settings")
    types = given.texts("payment_method_types")
    return {
        "payment_method_options": None,
        "payment_method_types": types or None,
        "save_default_payment_method": given.choice("save_default_payment_method", ("off", "on_subscription"), "off"),
    }


def has_card(world: World, subscription: Json) -> bool:
    return method_for(world, world.find("customer", subscription["customer"]), subscription) is not None


def _check_items(items: list[tuple[Json, int]]) -> None:
    if not items:
        raise invalid("Missing required param: items.", param="items", code="parameter_missing")
    intervals = {(price["recurring"]["interval"], price["recurring"]["interval_count"]) for price, _ in items}
    if len(intervals) > 1 or len({price["currency"] for price, _ in items}) > 1:
        raise invalid("This fake wants all prices of a subscription in one currency and interval.", param="items")
