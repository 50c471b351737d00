"""`POST /v1/invoices/create_preview`: the change is really made, and then taken back."""

from __future__ import annotations

from . import discounts
from .billing import current_period, make_invoice, set_period
from .changing import Change, apply
from .customers import live_customer
from .errors import Json, invalid
from .form import Params
from .invoices import settle_balance
from .subscriptions import read_discounts
from .world import World, make_id


def create_preview(world: World, params: Params) -> Json:
    """The invoice that a change would bring at once; where it brings none, the next one at the period's end."""
    with world.store.undone():
        return _preview(world, params)


def _preview(world: World, params: Params) -> Json:
    params.choice("preview_mode", ("next",))
    details = params.inner("subscription_details")
    change = Change.read(details)
    subscription = world.find("subscription", params.required("subscription"), param="subscription")
    customer = live_customer(world, params.text("customer") or subscription["customer"], param="customer")
    if customer["id"] != subscription["customer"]:
        raise invalid("The subscription belongs to another customer.", param="subscription")
    if "discounts" in params:
        items = [(item["price"], item["quantity"]) for item in subscription["items"]["data"]]
        for old in discounts.of_subscription(world, subscription):
            discounts.drop(world, subscription, old)
        for new in read_discounts(world, params, customer, items):
            discounts.redeem(world, new, subscription)
    invoice = apply(world, subscription, change) or _next(world, subscription)
    settle_balance(invoice, customer["balance"])
    invoice["id"] = make_id("upcoming_in")
    if "proration_date" in details:
        invoice["parent"]["subscription_details"]["subscription_proration_date"] = change.moment
    for line in invoice["lines"]["data"]:
        line["invoice"] = invoice["id"]
    invoice["lines"]["url"] = f"/v1/invoices/{invoice['id']}/lines"
    return invoice


def _next(world: World, subscription: Json) -> Json:
    start, end = current_period(subscription)
    if subscription["cancel_at"] and subscription["cancel_at"] <= end:
        raise invalid("No upcoming invoices for customer", code="invoice_upcoming_none")
    with world.at(subscription["test_clock"], end):
        subscription["status"] = "active"
        set_period(subscription, end)
        return make_invoice(world, subscription, reason="upcoming", period=(start, end), whole=True)
