"""Checkout sessions (mode `subscription`, hosted page), and what happens when a person pays there."""

from __future__ import annotations

from . import cards, discounts
from .clock import expire
from .collecting import attempt
from .customers import attach, card_of, create_customer, live_customer
from .errors import ApiError, Json, invalid
from .form import Params
from .listing import of_kind, page
from .pages import LOCALES
from .payments import confirm, new_intent, refusal
from .subscriptions import (
    quantity_of,
    read_discounts,
    read_trial_settings,
    recurring_price,
    start_subscription,
    trial_days,
    trial_end,
)
from .world import World, listed, make_id

_LIVES = 86400
_NEEDS = ("always", "if_required")


def create_session(world: World, params: Params) -> Json:
    if params.choice("mode", ("payment", "setup", "subscription")) != "subscription":
        raise invalid("This fake knows Checkout only with mode=subscription.", param="mode")
    params.choice("ui_mode", ("hosted_page", "hosted"))
    customer = live_customer(world, params.text("customer"), param="customer") if params.text("customer") else None
    items = [(recurring_price(world, one), quantity_of(one)) for one in params.each("line_items")]
    if not items:
        raise invalid("Missing required param: line_items.", param="line_items", code="parameter_missing")
    now = world.now(customer["test_clock"] if customer else None)
    details = params.inner("subscription_data")
    applied = read_discounts(world, params, customer, items)
    if applied and params.flag("allow_promotion_codes"):
        raise invalid("You may only specify one of these parameters: allow_promotion_codes, discounts.")
    id = make_id("cs_test", 58)
    session: Json = {
        "id": id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": params.flag("allow_promotion_codes") or None,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": params.choice("billing_address_collection", ("auto", "required")),
        "cancel_url": params.text("cancel_url"),
        "client_reference_id": params.text("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": now,
        "currency": items[0][0]["currency"],
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": customer["id"] if customer else None,
        "customer_account": None,
        "customer_creation": None if customer else "always",
        "customer_details": None,
        "customer_email": params.text("customer_email"),
        "discounts": [_shown(one) for one in applied],
        "expires_at": params.whole("expires_at", now + _LIVES),
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": params.choice("locale", LOCALES),
        "metadata": params.metadata(),
        "mode": "subscription",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": params.choice("payment_method_collection", _NEEDS, "always"),
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": params.texts("payment_method_types") or ["card"],
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": params.required("success_url"),
        "ui_mode": "hosted_page",
        "url": f"{world.address}/c/pay/{id}",
        "wallet_options": None,
        "_items": [[price["id"], quantity] for price, quantity in items],
        "_trial_days": trial_days(details),
        "_trial_end": trial_end(details, now) if "trial_end" in details else None,
        "_metadata": details.metadata(),
        "_description": details.text("description"),
        "_trial_settings": read_trial_settings(details),
    }
    details.choice("proration_behavior", ("create_prorations", "none"))
    if params.inner("automatic_tax").flag("enabled"):
        raise invalid("This fake computes no tax.", param="automatic_tax[enabled]")
    update = params.inner("customer_update")
    for name in ("address", "name"):
        update.choice(name, ("auto", "never"))
    _total(world, session, applied)
    return world.add(session)


def list_sessions(world: World, params: Params) -> Json:
    equal = ("customer", "payment_intent", "status", "subscription")
    return of_kind(world, params, "checkout.session", "/v1/checkout/sessions", equal=equal)


def expire_session(world: World, params: Params, id: str) -> Json:
    session = world.find("checkout.session", id)
    if session["status"] != "open":
        raise invalid(f"Only Checkout Sessions with a status of `open` can be expired. It is {session['status']}.")
    return expire(world, session)


def list_line_items(world: World, params: Params, id: str) -> Json:
    return page(
        params, items_of(world, world.find("checkout.session", id))["data"], f"/v1/checkout/sessions/{id}/line_items"
    )


def items_of(world: World, session: Json) -> Json:
    prices = [(world.find("price", price), quantity) for price, quantity in session["_items"]]
    cents = [0 if due_later(session) else price["unit_amount"] * quantity for price, quantity in prices]
    off = [sum(parts) for parts in zip(*_taken(world, session, cents), strict=True)] or [0] * len(cents)
    return listed(
        [
            {
                "id": f"li_{session['id'][8:32]}{place}",
                "object": "item",
                "adjustable_quantity": None,
                "amount_discount": off[place],
                "amount_subtotal": cents[place],
                "amount_tax": 0,
                "amount_total": cents[place] - off[place],
                "currency": price["currency"],
                "description": world.find("product", price["product"])["name"],
                "metadata": {},
                "price": price,
                "quantity": quantity,
                "_session": session["id"],
            }
            for place, (price, quantity) in enumerate(prices)
        ],
        f"/v1/checkout/sessions/{session['id']}/line_items",
    )


def breakdown_of(world: World, session: Json) -> Json:
    """`total_details.breakdown`: the discounts by name."""
    given = [world.store.get(id) for id in session.get("_discounts", [])]
    off = session["total_details"]["amount_discount"]
    return {"discounts": [{"amount": off, "discount": one} for one in given[:1] if off], "taxes": []}


def due_later(session: Json) -> bool:
    """Whether there is a trial, so that nothing is paid today."""
    return bool(session["_trial_days"] or session["_trial_end"])


def apply_code(world: World, session: Json, code: str) -> str:
    """Takes a promotion code that a person has typed; answers the page's sentence, empty when it was taken."""
    found = discounts.find_code(world, code) if session["allow_promotion_codes"] else None
    if not found:
        return "This code is invalid."
    customer = world.store.get(session["customer"])
    try:
        new = discounts.redeemable(
            world, coupon=None, promotion_code=found["id"], customer=customer, cents=session["amount_subtotal"]
        )
    except ApiError as refusal:
        return str(refusal)
    session["discounts"] = [_shown(new)]
    _total(world, session, [new])
    world.save(session)
    return ""


def remove_code(world: World, session: Json) -> None:
    session["discounts"] = []
    _total(world, session, [])
    world.save(session)


def needs_card(session: Json) -> bool:
    return session["payment_method_collection"] == "always" or bool(session["amount_total"])


def pay(
    world: World, session: Json, method: Json | None, *, email: str, name: str, authenticated: bool
) -> cards.Decline | None:
    """The person has pressed Subscribe: customer, card, subscription and invoice, or why the card was refused.

    A refused card leaves the session open, and no subscription behind.
    """
    customer = _customer(world, session, email, name)
    if method:
        refused = card_of(method).on_attach or (refusal(world, customer, method) if session["amount_total"] else None)
        if refused:
            if session["amount_total"]:
                _fail(world, session, customer, method)
            return refused
        method["_authenticated"] = method["_authenticated"] or authenticated
        attach(world, customer, method)
    subscription = _subscribe(world, session, customer, method)
    invoice = world.find("invoice", subscription["latest_invoice"])
    why = attempt(world, invoice, method, authenticated=authenticated)
    assert why is None, "the card was looked at before"
    _complete(world, session, customer, invoice)
    return None


def _subscribe(world: World, session: Json, customer: Json, method: Json | None) -> Json:
    days = session["_trial_days"]
    now = world.now(customer["test_clock"])
    applied = [
        discounts.redeemable(
            world,
            coupon=one["coupon"],
            promotion_code=one["promotion_code"],
            customer=customer,
            cents=session["amount_subtotal"],
        )
        for one in session["discounts"]
    ]
    session["_discounts"] = [one["id"] for one in applied]
    return start_subscription(
        world,
        customer,
        [(world.find("price", price), quantity) for price, quantity in session["_items"]],
        trial_end=session["_trial_end"] or (now + days * 86400 if days else None),
        method=method["id"] if method else None,
        applied=applied,
        metadata=session["_metadata"],
        description=session["_description"],
        trial_settings=session["_trial_settings"],
    )


def _complete(world: World, session: Json, customer: Json, invoice: Json) -> None:
    session |= {
        "status": "complete",
        "payment_status": "paid" if invoice["amount_paid"] else "no_payment_required",
        "customer": customer["id"],
        "subscription": invoice["_subscription"],
        "invoice": invoice["id"],
        "url": None,
        "customer_details": {
            "address": customer["address"],
            "business_name": None,
            "email": customer["email"],
            "individual_name": None,
            "name": customer["name"],
            "phone": customer["phone"],
            "tax_exempt": customer["tax_exempt"],
            "tax_ids": [],
        },
    }
    world.save(session, "checkout.session.completed")


def _customer(world: World, session: Json, email: str, name: str) -> Json:
    if session["customer"] or "_payer" in session:
        customer = live_customer(world, session["customer"] or session["_payer"])
        missing = {"email": email, "name": name}
        fresh = {key: value for key, value in missing.items() if value and not customer[key]}
        return world.save(customer | fresh, "customer.updated") if fresh else customer
    customer = create_customer(world, Params({"email": email, "name": name}))
    session["_payer"] = customer["id"]
    return customer


def _fail(world: World, session: Json, customer: Json, method: Json) -> None:
    """The events of a refused payment; nothing else comes of it."""
    intent = world.store.get(session.get("_intent")) or new_intent(
        world,
        customer=customer,
        amount=session["amount_total"],
        currency=session["currency"],
        description="Subscription creation",
    )
    session["_intent"] = intent["id"]
    world.save(session)
    confirm(world, intent, {**method, "customer": customer["id"]}, authenticated=True)


def _shown(discount: Json) -> Json:
    return {"coupon": discount["source"]["coupon"], "promotion_code": discount["promotion_code"]}


def _taken(world: World, session: Json, cents: list[int]) -> list[list[int]]:
    found = [{"source": {"coupon": one["coupon"]}} for one in session["discounts"]]
    return discounts.amounts(world, found, cents)


def _total(world: World, session: Json, applied: list[Json]) -> None:
    items = items_of(world, session)["data"]
    off = sum(item["amount_discount"] for item in items)
    subtotal = sum(item["amount_subtotal"] for item in items)
    session |= {
        "amount_subtotal": subtotal,
        "amount_total": subtotal - off,
        "total_details": {"amount_discount": off, "amount_shipping": 0, "amount_tax": 0},
    }
