"""Getting an invoice paid: the attempt, the later attempts, and what both mean for the subscription."""

from __future__ import annotations

from .cards import Decline
from .customers import declined, method_for, usable
from .ending import end_subscription
from .errors import Json, invalid
from .form import Params
from .invoices import mark_paid
from .payments import confirm, fail_intent, new_intent
from .world import World, make_id

RETRY_AFTER = (3 * 86400, 5 * 86400, 7 * 86400)
"""Seconds from each failed attempt to the next. Stripe chooses cleverer moments; these are as many."""
_NO_CARD = Decline("invoice_payment_intent_requires_action", None, "This customer has no attached payment source.")


def attempt(
    world: World, invoice: Json, method: Json | None = None, *, authenticated: bool = False, by_hand: bool = False
) -> Decline | None:
    """One try to collect an open invoice; returns why it failed. Saves invoice and subscription.

    The first one counts in any case; of those after it only the ones that are not made by hand, so that nobody who
    tries three cards uses up the attempts. https://docs.stripe.com/api/invoices/object#invoice_object-attempt_count
    """
    if invoice["status"] != "open":
        raise invalid("Invoice is already paid" if invoice["status"] == "paid" else "This invoice is not open.")
    subscription = world.store.get(invoice["_subscription"])
    if not invoice["amount_due"]:
        _paid(world, invoice, subscription)
        return None
    customer = world.find("customer", invoice["customer"])
    method = method or method_for(world, customer, subscription)
    counts = not by_hand or not invoice["attempt_count"]
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + counts}
    intent = intent_of(world, invoice)
    if method:
        back = f"{invoice['hosted_invoice_url']}/confirm"
        why = confirm(world, intent, method, authenticated=authenticated, back=back)
    else:
        why = _NO_CARD
    if why:
        _failed(world, invoice, subscription, counts=counts, needs_action=intent["status"] == "requires_action")
        return why
    _record_payment(world, invoice, paid=True)
    _paid(world, invoice, subscription)
    return None


def intent_of(world: World, invoice: Json) -> Json:
    """The invoice's one payment intent; retries go on with it. The invoice (not saved here) remembers it."""
    if intent := world.store.get(invoice.get("_intent")):
        return intent
    customer = world.find("customer", invoice["customer"])
    reason = "Subscription creation" if _is_first(invoice) else "Subscription update"
    intent = new_intent(
        world,
        customer=customer,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        description=reason,
    )
    invoice["_intent"] = intent["id"]
    world.store.put(invoice)
    _record_payment(world, invoice, paid=False)
    return intent


def refuse_confirmation(world: World, invoice: Json, why: Decline) -> None:
    """The person has failed at their bank's page."""
    intent = intent_of(world, invoice)
    fail_intent(world, intent, why)
    world.emit("invoice.payment_failed", invoice)


def pay_invoice(world: World, params: Params, id: str) -> Json:
    invoice = world.find("invoice", id)
    params.flag("off_session")
    chosen = params.text("payment_method")
    method = usable(world, chosen, param="payment_method") if chosen else None
    if params.flag("paid_out_of_band"):
        _paid(world, invoice, world.store.get(invoice["_subscription"]))
        return invoice
    why = attempt(world, invoice, method, by_hand=True)
    if why is _NO_CARD:
        raise invalid(_NO_CARD.message, code="resource_missing")
    if why:
        raise declined(why, payment_intent=None)
    return invoice


def _paid(world: World, invoice: Json, subscription: Json | None) -> None:
    mark_paid(world, invoice)
    if not subscription or subscription["status"] not in {"incomplete", "past_due", "unpaid"}:
        return
    if subscription["latest_invoice"] in {None, invoice["id"]}:
        subscription["status"] = "active"
        world.save(subscription, "customer.subscription.updated")


def _failed(world: World, invoice: Json, subscription: Json | None, *, counts: bool, needs_action: bool) -> None:
    if counts:
        _plan_next(world, invoice)
    world.save(invoice, "invoice.payment_failed")
    if needs_action:
        world.emit("invoice.payment_action_required", invoice)
    if counts:
        world.emit("invoice.updated", invoice, previous={"attempt_count": invoice["attempt_count"] - 1})
        _fall_behind(world, invoice, subscription)


def _plan_next(world: World, invoice: Json) -> None:
    retries = invoice["attempt_count"] - 1
    again = not _is_first(invoice) and invoice["auto_advance"] and retries < len(RETRY_AFTER)
    invoice["next_payment_attempt"] = world.time_of(invoice) + RETRY_AFTER[retries] if again else None


def _is_first(invoice: Json) -> bool:
    """Whether it is a new subscription's, which stays incomplete until it is paid."""
    return bool(invoice["billing_reason"] == "subscription_create")


def _fall_behind(world: World, invoice: Json, subscription: Json | None) -> None:
    if not subscription or _is_first(invoice):
        return
    if subscription["status"] in {"active", "trialing"}:
        subscription["status"] = "past_due"
        world.save(subscription, "customer.subscription.updated")
    if not invoice["next_payment_attempt"]:
        _give_up(world, subscription)


def _give_up(world: World, subscription: Json) -> None:
    """After the last retry: what the account's settings say; cancelled unless changed (/fake/settings)."""
    choice = world.store.recall("after_retries", "canceled")
    if subscription["status"] != "past_due":
        return
    if choice == "canceled":
        end_subscription(world, subscription, reason="payment_failed")
    elif choice == "unpaid":
        subscription["status"] = "unpaid"
        world.save(subscription, "customer.subscription.updated")


def _record_payment(world: World, invoice: Json, *, paid: bool) -> None:
    """The `invoice_payment` that ties the intent to the invoice."""
    found = next((one for one in world.store.all("invoice_payment") if one["invoice"] == invoice["id"]), None)
    payment = found or {
        "id": make_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": world.time_of(invoice),
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": invoice["_intent"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    if paid:
        payment |= {"status": "paid", "amount_paid": invoice["amount_due"]}
        payment["status_transitions"]["paid_at"] = world.time_of(invoice)
    world.save(payment, "invoice_payment.paid" if paid else None)
