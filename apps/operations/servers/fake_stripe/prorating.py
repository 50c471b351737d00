"""What a change in the middle of a period costs: credit for what is unused, a charge for what remains.

Stripe computes both to the second. The credit is a share of what was really billed for the item, so a discount that
was given is not paid out. https://docs.stripe.com/billing/subscriptions/prorations
"""

from __future__ import annotations

from . import discounts
from .errors import Json
from .invoices import new_line
from .money import day, percentage, share
from .world import World, make_id


def add_credit(world: World, subscription: Json, item: Json, moment: int) -> None:
    """A pending invoice item for the unused rest of what was billed for the item."""
    billed = item.get("_billed")
    if not billed or not billed["amount"]:
        return
    period = (billed["start"], billed["end"])
    amount = -share(billed["amount"], of=period, after=min(max(moment, period[0]), period[1]))
    description = f"Unused time on {_named(world, item)} after {day(moment)}"
    _add(world, subscription, item, amount=amount, period=(moment, period[1]), description=description)


def add_remainder(world: World, subscription: Json, item: Json, moment: int) -> None:
    """A pending invoice item for the item's price until the period's end."""
    period = (item["current_period_start"], item["current_period_end"])
    whole = net_of_discounts(world, subscription, item["price"]["unit_amount"] * item["quantity"])
    amount = share(whole, of=period, after=moment)
    description = f"Remaining time on {_named(world, item)} after {day(moment)}"
    _add(world, subscription, item, amount=amount, period=(moment, period[1]), description=description)
    item["_billed"] = {"amount": amount, "start": moment, "end": period[1]}


def net_of_discounts(world: World, subscription: Json, cents: int) -> int:
    """The price with the percentages of the subscription's discounts taken off. Fixed amounts stay out of this."""
    for discount in discounts.of_subscription(world, subscription):
        percent = discounts.coupon_of(world, discount)["percent_off"]
        if percent is not None:
            cents -= percentage(cents, percent)
    return cents


def take_pending(world: World, subscription: Json) -> list[Json]:
    """The lines of all pending invoice items of the subscription, which wait no longer."""
    lines = []
    for pending in reversed(world.store.all("invoiceitem")):
        if pending["_subscription"] == subscription["id"] and not pending["invoice"]:
            line = pending["_line"]
            lines.append(line)
            pending["invoice"] = "taken"
            world.store.put(pending)
    return lines


def name_invoice(world: World, lines: list[Json], invoice: str) -> None:
    """Tells the invoice items, once there is one, which invoice has taken them."""
    for line in lines:
        pending = world.store.get(line["parent"]["subscription_item_details"]["invoice_item"])
        if pending:
            pending["invoice"] = invoice
            world.store.put(pending)


def _named(world: World, item: Json) -> str:
    product = world.find("product", item["price"]["product"])
    return f"{item['quantity']} × {product['name']}" if item["quantity"] != 1 else str(product["name"])


def _add(
    world: World, subscription: Json, item: Json, *, amount: int, period: tuple[int, int], description: str
) -> None:
    id = make_id("ii")
    line = new_line(subscription, item, amount=amount, period=period, description=description, invoice_item=id)
    world.add(
        {
            "id": id,
            "object": "invoiceitem",
            "amount": amount,
            "currency": subscription["currency"],
            "customer": subscription["customer"],
            "customer_account": None,
            "date": world.time_of(subscription),
            "description": description,
            "discountable": False,
            "discounts": [],
            "invoice": None,
            "livemode": False,
            "metadata": {},
            "net_amount": amount,
            "parent": {
                "type": "subscription_details",
                "subscription_details": {"subscription": subscription["id"], "subscription_item": item["id"]},
            },
            "period": line["period"],
            "pricing": line["pricing"],
            "proration": True,
            "quantity": item["quantity"],
            "quantity_decimal": str(item["quantity"]),
            "tax_rates": [],
            "test_clock": subscription["test_clock"],
            "_subscription": subscription["id"],
            "_line": line,
        },
        "invoiceitem.created",
    )
