"""Payment intents, charges and refunds: what happens when a card is asked for money."""

from __future__ import annotations

from .cards import NOT_AUTHENTICATED, Decline
from .customers import card_of
from .errors import Json, invalid
from .form import Params
from .listing import of_kind
from .world import World, listed, make_id

_NOT_HONOURED = Decline("card_declined", "do_not_honor", "Your card was declined.")


def new_intent(world: World, *, customer: Json, amount: int, currency: str, description: str | None) -> Json:
    id = make_id("pi")
    intent = {
        "id": id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{id}_secret_{make_id('', 25)[1:]}",
        "confirmation_method": "automatic",
        "created": world.now(customer.get("test_clock")),
        "currency": currency,
        "customer": customer["id"],
        "customer_account": None,
        "description": description,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": "off_session",
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    return world.add(intent, "payment_intent.created")


def confirm(world: World, intent: Json, method: Json, *, authenticated: bool = False, back: str = "") -> Decline | None:
    """Asks the card for the money. Afterwards the intent says `succeeded`, `requires_action` or wants another card.

    `back` is where a person confirms with their bank; without it nobody is there who could.
    """
    card, why = card_of(method), refusal(world, {"id": method["customer"]}, method)
    intent["payment_method"] = method["id"]
    unconfirmed = card.secure == "always" or (card.secure == "once" and not method["_authenticated"])
    if not why and unconfirmed and not authenticated:
        intent["status"] = "requires_action"
        intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"url": back, "return_url": None}}
        world.save(intent, "payment_intent.requires_action")
        return NOT_AUTHENTICATED
    charge = _charge(world, intent, method, why)
    intent |= {"latest_charge": charge["id"], "next_action": None}
    if why:
        world.emit("charge.failed", charge)
        fail_intent(world, intent, why, charge=charge["id"])
        return why
    if authenticated and not method["_authenticated"]:
        method["_authenticated"] = True
        world.store.put(method)
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
    world.emit("charge.succeeded", charge)
    world.save(intent, "payment_intent.succeeded")
    return None


def refusal(world: World, customer: Json, method: Json) -> Decline | None:
    """Why the card will not pay: by its own nature, or because /fake/decline has said so of the customer."""
    told = world.store.recall(f"decline:{customer['id']}")
    return _NOT_HONOURED if told else card_of(method).on_charge


def fail_intent(world: World, intent: Json, why: Decline, *, charge: str | None = None) -> None:
    """The intent goes back to wanting a payment method, and says why."""
    error = {"type": "card_error", "code": why.code, "message": why.message, "charge": charge}
    error |= {"decline_code": why.decline_code} if why.decline_code else {}
    intent |= {
        "status": "requires_payment_method",
        "next_action": None,
        "last_payment_error": {name: value for name, value in error.items() if value},
        "payment_method": None,
    }
    world.save(intent, "payment_intent.payment_failed")


def cancel_intent(world: World, intent: Json, reason: str) -> None:
    intent |= {"status": "canceled", "canceled_at": world.time_of(intent), "cancellation_reason": reason}
    intent["next_action"] = None
    world.save(intent, "payment_intent.canceled")


def create_refund(world: World, params: Params) -> Json:
    charge = _charge_to_refund(world, params)
    rest = charge["amount"] - charge["amount_refunded"]
    amount = params.whole("amount", rest)
    reason = params.choice("reason", ("duplicate", "fraudulent", "requested_by_customer"))
    if charge["refunded"]:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if not 0 < amount <= rest:
        raise invalid(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({rest})", param="amount")
    refund = {
        "id": make_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.time_of(charge),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": params.metadata(),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.store.put(charge)
    world.add(refund, "refund.created")
    world.emit("charge.refunded", charge)
    return refund


def list_refunds(world: World, params: Params) -> Json:
    return of_kind(world, params, "refund", "/v1/refunds", equal=("charge", "payment_intent"))


def list_charges(world: World, params: Params) -> Json:
    return of_kind(world, params, "charge", "/v1/charges", equal=("customer", "payment_intent"))


def list_intents(world: World, params: Params) -> Json:
    return of_kind(world, params, "payment_intent", "/v1/payment_intents", equal=("customer",))


def refunds_of(world: World, charge: Json) -> Json:
    found = [one for one in world.store.all("refund") if one["charge"] == charge["id"]]
    return listed(found, f"/v1/charges/{charge['id']}/refunds")


def _charge(world: World, intent: Json, method: Json, why: Decline | None) -> Json:
    card = method["card"]
    paid = why is None
    charge = {
        "id": make_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "MAXWELLS WALLET",
        "captured": paid,
        "created": world.time_of(intent),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": why.code if why else None,
        "failure_message": why.message if why else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "on_behalf_of": None,
        "outcome": {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network" if paid else "declined_by_network",
            "reason": why.decline_code or why.code if why else None,
            "risk_level": "normal",
            "risk_score": 20,
            "seller_message": why.message if why else "Payment complete.",
            "type": "authorized" if paid else "issuer_declined",
        },
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": _used(card, intent["amount"]), "type": "card"},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": None,
    }
    return world.add(charge)


def _used(card: Json, amount: int) -> Json:
    same = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    empty = ("authorization_code", "installments", "mandate", "network_token", "three_d_secure", "wallet")
    return {
        "amount_authorized": amount,
        "network": card["brand"],
        "network_transaction_id": None,
        "regulated_status": "unregulated",
        **{name: card[name] for name in same},
        **dict.fromkeys(empty),
    }


def _charge_to_refund(world: World, params: Params) -> Json:
    if "charge" in params:
        charge = world.find("charge", params.required("charge"), param="charge")
    else:
        intent = world.find("payment_intent", params.required("payment_intent"), param="payment_intent")
        charge = world.store.get(intent["latest_charge"]) or {}
    if not charge.get("paid"):
        raise invalid("This payment has no successful charge to refund.", param="payment_intent")
    return charge
