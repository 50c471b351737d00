"""The invoice of a period: which lines it has, and what the items remember of it."""

from __future__ import annotations

from .errors import Json
from .invoices import draft, new_line
from .money import period_end, shown
from .prorating import name_invoice, take_pending
from .world import World


def period_lines(world: World, subscription: Json) -> list[Json]:
    """One line an item for its current period; nothing is to be paid during a trial."""
    trial = subscription["status"] == "trialing"
    lines = []
    for item in subscription["items"]["data"]:
        price, product = item["price"], world.find("product", item["price"]["product"])
        each = f"{shown(price['unit_amount'], price['currency'])} / {price['recurring']['interval']}"
        description = (
            f"Trial period for {product['name']}" if trial else f"{item['quantity']} × {product['name']} (at {each})"
        )
        lines.append(
            new_line(
                subscription,
                item,
                amount=0 if trial else price["unit_amount"] * item["quantity"],
                period=(item["current_period_start"], item["current_period_end"]),
                description=description,
            )
        )
    return lines


def make_invoice(
    world: World, subscription: Json, *, reason: str, period: tuple[int, int], whole: bool, pending: bool = True
) -> Json:
    """A draft with the pending prorations and, if `whole`, with the items' periods. Saves the subscription."""
    lines = take_pending(world, subscription) if pending else []
    taken = list(lines)
    if whole:
        lines += period_lines(world, subscription)
    invoice = draft(world, subscription, lines, reason=reason, period=period)
    name_invoice(world, taken, invoice["id"])
    if whole:
        remember_billed(subscription, invoice)
    subscription["latest_invoice"] = invoice["id"]
    world.store.put(subscription)
    return invoice


def remember_billed(subscription: Json, invoice: Json) -> None:
    """What a later credit is a share of: the line's amount without its discounts."""
    for item in subscription["items"]["data"]:
        for line in invoice["lines"]["data"]:
            details = line["parent"]["subscription_item_details"]
            if details["subscription_item"] == item["id"] and not details["proration"]:
                net = line["amount"] - sum(entry["amount"] for entry in line["discount_amounts"])
                item["_billed"] = {"amount": net, **line["period"]}


def set_period(subscription: Json, start: int, *, end: int | None = None) -> None:
    """Gives all items a new period: until `end`, or by the billing cycle's anchor."""
    for item in subscription["items"]["data"]:
        recurring = item["price"]["recurring"]
        item["current_period_start"] = start
        item["current_period_end"] = end or period_end(subscription["billing_cycle_anchor"], start, recurring)


def current_period(subscription: Json) -> tuple[int, int]:
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]
