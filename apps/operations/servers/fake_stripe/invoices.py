"""Invoices: lines, totals, numbers, and their way from draft to open, paid or void."""

from __future__ import annotations

from . import discounts
from .errors import Json, invalid
from .form import Params
from .listing import of_kind, page
from .money import SMALLEST_CHARGE
from .payments import cancel_intent
from .world import World, listed, make_id

ACCOUNT = "acct_1FakeMaxwellsWallet"
_BLANK = [
    "account_tax_ids",
    "application",
    "automatically_finalizes_at",
    "custom_fields",
    "customer_account",
    "customer_shipping",
    "default_payment_method",
    "default_source",
    "description",
    "due_date",
    "effective_at",
    "ending_balance",
    "footer",
    "from_invoice",
    "hosted_invoice_url",
    "invoice_pdf",
    "last_finalization_error",
    "latest_revision",
    "next_payment_attempt",
    "number",
    "on_behalf_of",
    "receipt_number",
    "rendering",
    "shipping_cost",
    "shipping_details",
    "statement_descriptor",
    "webhooks_delivered_at",
]
_STATUSES = ("draft", "open", "paid", "uncollectible", "void")


def new_line(
    subscription: Json,
    item: Json,
    *,
    amount: int,
    period: tuple[int, int],
    description: str,
    price: Json | None = None,
    quantity: int | None = None,
    invoice_item: str | None = None,
) -> Json:
    """A line before its discounts. `invoice_item` makes it a proration, which holds its discount already."""
    price = price or item["price"]
    quantity = item["quantity"] if quantity is None else quantity
    return {
        "id": make_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": description,
        "discount_amounts": [],
        "discountable": invoice_item is None,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": subscription["metadata"],
        "parent": {
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": invoice_item,
                "proration": invoice_item is not None,
                "proration_details": {"credited_items": None},
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
        },
        "period": {"start": period[0], "end": period[1]},
        "pretax_credit_amounts": [],
        "pricing": {
            "type": "price_details",
            "price_details": {"price": price["id"], "product": price["product"]},
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "subscription": subscription["id"],
        "subtotal": amount,
        "taxes": [],
    }


def draft(world: World, subscription: Json, lines: list[Json], *, reason: str, period: tuple[int, int]) -> Json:
    """A draft with its lines, its discounts taken off. The subscription (not saved here) loses what held once."""
    customer = world.find("customer", subscription["customer"])
    now = world.time_of(subscription)
    id = make_id("in")
    for line in lines:
        line["invoice"] = id
    used = _take_discounts(world, subscription, lines, now)
    subtotal = sum(line["amount"] for line in lines)
    total = subtotal - sum(entry["amount"] for entry in used)
    invoice: Json = {
        "id": id,
        "object": "invoice",
        **dict.fromkeys(_BLANK),
        "account_country": "US",
        "account_name": "Maxwell's Wallet",
        "amount_due": max(total, 0),
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_remaining": max(total, 0),
        "amount_shipping": 0,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": now,
        "currency": subscription["currency"],
        "customer": customer["id"],
        "customer_address": customer.get("address"),
        "customer_email": customer.get("email"),
        "customer_name": customer.get("name"),
        "customer_phone": customer.get("phone"),
        "customer_tax_exempt": customer.get("tax_exempt", "none"),
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "discounts": [entry["discount"] for entry in used],
        "issuer": {"type": "self"},
        "lines": listed(lines, f"/v1/invoices/{id}/lines"),
        "livemode": False,
        "metadata": {},
        "parent": {
            "type": "subscription_details",
            "quote_details": None,
            "subscription_details": {"metadata": subscription["metadata"], "subscription": subscription["id"]},
        },
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": period[1],
        "period_start": period[0],
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "status": "draft",
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "test_clock": subscription["test_clock"],
        "total": total,
        "total_discount_amounts": used,
        "total_excluding_tax": total,
        "total_pretax_credit_amounts": [{**entry, "type": "discount"} for entry in used],
        "total_taxes": [],
        "_subscription": subscription["id"],
    }
    return world.add(invoice, "invoice.created")


def finalize(world: World, invoice: Json) -> Json:
    """Draft to open: number, pages, and the customer's balance settled with it."""
    if invoice["status"] != "draft":
        raise invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    customer = world.find("customer", invoice["customer"])
    now = world.time_of(invoice)
    if not customer.get("deleted"):
        why = settle_balance(invoice, customer["balance"])
        if invoice["ending_balance"] != customer["balance"]:
            set_balance(world, customer, invoice["ending_balance"], why=why, invoice=invoice)
        invoice["number"] = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
        customer["next_invoice_sequence"] += 1
        customer["currency"] = invoice["currency"]
        world.save(customer)
    invoice["status_transitions"]["finalized_at"] = now
    page_address = f"{world.address}/i/{ACCOUNT}/{invoice['id']}"
    invoice |= {
        "status": "open",
        "effective_at": now,
        "automatically_finalizes_at": None,
        "hosted_invoice_url": page_address,
        "invoice_pdf": f"{page_address}/pdf",
        "payment_settings": {**invoice["payment_settings"], "payment_method_types": ["card"]},
    }
    return world.save(invoice, "invoice.finalized")


def set_balance(world: World, customer: Json, ending: int, *, why: str, invoice: Json | None = None) -> None:
    """The balance (cents; below nothing is the customer's credit), saved with an entry of its history."""
    entry = {
        "id": make_id("cbtxn"),
        "object": "customer_balance_transaction",
        "amount": ending - customer["balance"],
        "checkout_session": None,
        "created": world.time_of(customer),
        "credit_note": None,
        "currency": customer["currency"] or "usd",
        "customer": customer["id"],
        "customer_account": None,
        "description": None,
        "ending_balance": ending,
        "invoice": invoice["id"] if invoice else None,
        "livemode": False,
        "metadata": {},
        "type": why,
    }
    world.add(entry)
    customer["balance"] = ending
    world.save(customer, "customer.updated")


def mark_paid(world: World, invoice: Json) -> Json:
    invoice["status_transitions"]["paid_at"] = world.time_of(invoice)
    invoice |= {
        "status": "paid",
        "attempted": True,
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "next_payment_attempt": None,
        "auto_advance": False,
    }
    world.save(invoice, "invoice.paid")
    world.emit("invoice.payment_succeeded", invoice)
    return invoice


def void(world: World, invoice: Json) -> Json:
    if invoice["status"] not in {"open", "uncollectible"}:
        raise invalid(f"You can only pass in open invoices. This invoice isn't open, it is {invoice['status']}.")
    intent = world.store.get(invoice.get("_intent"))
    if intent and intent["status"] not in {"succeeded", "canceled"}:
        cancel_intent(world, intent, "void_invoice")
    invoice["status_transitions"]["voided_at"] = world.time_of(invoice)
    invoice |= {"status": "void", "auto_advance": False, "next_payment_attempt": None, "amount_remaining": 0}
    return world.save(invoice, "invoice.voided")


def mark_uncollectible(world: World, invoice: Json) -> Json:
    if invoice["status"] != "open":
        raise invalid("You can only mark an open invoice as uncollectible.")
    invoice["status_transitions"]["marked_uncollectible_at"] = world.time_of(invoice)
    invoice |= {"status": "uncollectible", "auto_advance": False, "next_payment_attempt": None}
    return world.save(invoice, "invoice.marked_uncollectible")


def list_invoices(world: World, params: Params) -> Json:
    status, subscription = params.choice("status", _STATUSES), params.text("subscription")

    def only(invoice: Json) -> bool:
        fits = not subscription or invoice["_subscription"] == subscription
        return fits and (not status or invoice["status"] == status)

    equal = ("customer", "collection_method")
    return of_kind(world, params, "invoice", "/v1/invoices", equal=equal, only=only)


def list_lines(world: World, params: Params, id: str) -> Json:
    return page(params, world.find("invoice", id)["lines"]["data"], f"/v1/invoices/{id}/lines")


def update_invoice(world: World, params: Params, id: str) -> Json:
    invoice = world.find("invoice", id)
    invoice["metadata"] = params.metadata(invoice["metadata"])
    invoice["auto_advance"] = params.flag("auto_advance", default=invoice["auto_advance"])
    if not invoice["auto_advance"]:
        invoice |= {"next_payment_attempt": None, "automatically_finalizes_at": None}
    if "description" in params:
        invoice["description"] = params.text("description")
    return world.save(invoice, "invoice.updated")


def payments_of(world: World, invoice: Json) -> Json:
    found = [one for one in world.store.all("invoice_payment") if one["invoice"] == invoice["id"]]
    return listed(found, f"/v1/invoice_payments?invoice={invoice['id']}")


def _take_discounts(world: World, subscription: Json, lines: list[Json], now: int) -> list[Json]:
    active = discounts.of_subscription(world, subscription)
    for over in [one for one in active if one["end"] and one["end"] <= now]:
        discounts.drop(world, subscription, over)
        active.remove(over)
    lines = [line for line in lines if line["discountable"] and line["amount"] > 0]
    taken = discounts.amounts(world, active, [line["amount"] for line in lines])
    used = []
    for discount, parts in zip(active, taken, strict=True):
        if not sum(parts):
            continue
        used.append({"amount": sum(parts), "discount": discount["id"]})
        for line, part in zip(lines, parts, strict=True):
            entry = {"amount": part, "discount": discount["id"]}
            line["discount_amounts"].append(entry)
            line["pretax_credit_amounts"].append({**entry, "type": "discount"})
        if discounts.coupon_of(world, discount)["duration"] == "once":
            discounts.drop(world, subscription, discount)
    return used


def settle_balance(invoice: Json, start: int) -> str:
    """Credit pays first; what is below nothing, or too little for a card, goes onto the balance. Says which."""
    total = invoice["total"]
    due, end, why = max(total + start, 0), min(total + start, 0), "applied_to_invoice"
    if total <= 0:
        due, end, why = 0, start + total, "invoice_too_small"
    elif 0 < due < SMALLEST_CHARGE:
        due, end, why = 0, due, "invoice_too_small"
    invoice |= {"starting_balance": start, "ending_balance": end, "amount_due": due, "amount_remaining": due}
    return why
