"""Customers and their payment methods."""

from __future__ import annotations

from . import cards
from .ending import OVER, end_subscription
from .errors import ApiError, Json, invalid, no_such
from .form import Params
from .listing import of_kind, page
from .world import World, make_id

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_PLAIN = ("description", "email", "name", "phone")


def create_customer(world: World, params: Params) -> Json:
    clock = params.text("test_clock") or world.store.recall("clock_of_new_customers")
    if clock:
        world.find("test_helpers.test_clock", clock, param="test_clock")
    customer: Json = {
        "id": make_id("cus", 14),
        "object": "customer",
        "address": None,
        "balance": params.whole("balance", 0),
        "created": world.now(clock),
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "discount": None,
        "invoice_prefix": make_id("", 8).strip("_").upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": clock,
        **dict.fromkeys(_PLAIN),
    }
    _take(customer, params)
    world.add(customer, "customer.created")
    if token := params.text("payment_method"):
        attach(world, customer, usable(world, token, param="payment_method"))
    if "invoice_settings" in params:
        _take_invoice_settings(world, customer, params)
        world.save(customer)
    return customer


def update_customer(world: World, params: Params, id: str) -> Json:
    customer = live_customer(world, id)
    _take(customer, params)
    customer["balance"] = params.whole("balance", customer["balance"])
    if "invoice_settings" in params:
        _take_invoice_settings(world, customer, params)
    return world.save(customer, "customer.updated")


def delete_customer(world: World, params: Params, id: str) -> Json:
    customer = live_customer(world, id)
    for subscription in world.store.all("subscription"):
        if subscription["customer"] == id and subscription["status"] not in OVER:
            end_subscription(world, subscription, reason="cancellation_requested")
    world.emit("customer.deleted", customer)
    gone = {"id": id, "object": "customer", "deleted": True}
    # Its clock is kept: what belonged to it still lives by it.
    world.store.put({**gone, "_test_clock": customer["test_clock"]})
    return gone


def list_customers(world: World, params: Params) -> Json:
    """Those on a test clock only by its name. Stripe: `stripe.params.CustomerListParams`."""
    shows_clocks = "test_clock" in params
    return of_kind(
        world,
        params,
        "customer",
        "/v1/customers",
        equal=("email", "test_clock"),
        only=lambda one: not one.get("deleted") and (shows_clocks or not one["test_clock"]),
    )


def live_customer(world: World, id: str | None, *, param: str | None = None) -> Json:
    customer = world.find("customer", id, param=param)
    if customer.get("deleted"):
        raise no_such("customer", str(id), param=param or "customer", status=400 if param else 404)
    return customer


def create_payment_method(world: World, params: Params) -> Json:
    params.choice("type", ("card",))
    given = params.inner("card")
    token = given.text("token")
    card = cards.by_token(token.replace("tok_", "pm_card_")) if token else cards.by_number(given.required("number"))
    if not card:
        raise declined(cards.WRONG_NUMBER)
    given.text("cvc")
    month = given.whole("exp_month", 12, least=1, most=12)
    year = given.whole("exp_year", 2040, least=2000, most=2099)
    method = new_method(world, card, month=month, year=year)
    method["billing_details"] |= _billing(params)
    method["metadata"] = params.metadata()
    return world.add(method)


def new_method(world: World, card: cards.Card, *, month: int = 12, year: int = 2040) -> Json:
    """A payment method that belongs to nobody yet; not stored."""
    return {
        "id": make_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": dict(_NO_ADDRESS), "email": None, "name": None, "phone": None, "tax_id": None},
        "card": cards.described(card, month, year),
        "created": world.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "_number": card.number,
        "_authenticated": False,
    }


def usable(world: World, id: str, *, param: str) -> Json:
    """The payment method, or a new one for one of the tokens of Stripe's documentation."""
    if card := cards.by_token(id):
        return world.add(new_method(world, card))
    return world.find("payment_method", id, param=param)


def attach(world: World, customer: Json, method: Json) -> Json:
    """Gives a card to a customer. Raises the card's decline."""
    card = card_of(method)
    if card.on_attach:
        raise declined(card.on_attach)
    if method["customer"] not in {None, customer["id"]}:
        raise invalid("This payment method is already attached to another customer.", code="payment_method_unexpected")
    method["customer"] = customer["id"]
    world.store.put(method)
    world.emit("payment_method.attached", method)
    return method


def attach_payment_method(world: World, params: Params, id: str) -> Json:
    customer = live_customer(world, params.required("customer"), param="customer")
    return attach(world, customer, usable(world, id, param="payment_method"))


def detach_payment_method(world: World, params: Params, id: str) -> Json:
    method = world.find("payment_method", id)
    if not method["customer"]:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    customer = world.find("customer", method["customer"])
    if (customer.get("invoice_settings") or {}).get("default_payment_method") == id:
        customer["invoice_settings"]["default_payment_method"] = None
        world.save(customer, "customer.updated")
    for subscription in world.store.all("subscription"):
        if subscription["default_payment_method"] == id and subscription["status"] != "canceled":
            subscription["default_payment_method"] = None
            world.save(subscription, "customer.subscription.updated")
    method["customer"] = None
    world.save(method)
    world.emit("payment_method.detached", method, previous={"customer": customer["id"]})
    return method


def update_payment_method(world: World, params: Params, id: str) -> Json:
    method = world.find("payment_method", id)
    method["billing_details"] |= _billing(params)
    method["metadata"] = params.metadata(method["metadata"])
    return world.save(method, "payment_method.updated")


def list_payment_methods(world: World, params: Params) -> Json:
    return of_kind(world, params, "payment_method", "/v1/payment_methods", equal=("customer", "type"))


def list_methods_of_customer(world: World, params: Params, id: str) -> Json:
    live_customer(world, id)
    kind = params.text("type")
    found = [
        one for one in world.store.all("payment_method") if one["customer"] == id and (not kind or one["type"] == kind)
    ]
    return page(params, found, f"/v1/customers/{id}/payment_methods")


def method_for(world: World, customer: Json, subscription: Json | None) -> Json | None:
    """With what is paid: the subscription's own card, else the customer's."""
    own = subscription["default_payment_method"] if subscription else None
    return world.store.get(own or (customer.get("invoice_settings") or {}).get("default_payment_method"))


def card_of(method: Json) -> cards.Card:
    card = cards.by_number(method["_number"])
    assert card, "only test cards are stored"
    return card


def declined(why: cards.Decline, **more: object) -> ApiError:
    return ApiError(402, "card_error", why.message, keeps=True, code=why.code, decline_code=why.decline_code, **more)


def _take(customer: Json, params: Params) -> None:
    customer |= {name: params.text(name) for name in _PLAIN if name in params}
    customer["metadata"] = params.metadata(customer["metadata"])
    customer["tax_exempt"] = params.choice("tax_exempt", ("none", "exempt", "reverse"), customer["tax_exempt"])
    if "preferred_locales" in params:
        customer["preferred_locales"] = params.texts("preferred_locales")
    if "address" in params:
        customer["address"] = _address(params)


def _take_invoice_settings(world: World, customer: Json, params: Params) -> None:
    settings = params.inner("invoice_settings")
    if "default_payment_method" in settings:
        method = settings.text("default_payment_method")
        found = method and world.find("payment_method", method, param="invoice_settings[default_payment_method]")
        if found and found["customer"] != customer["id"]:
            raise invalid(
                "The customer does not have a payment method with the ID " + found["id"],
                param="invoice_settings[default_payment_method]",
                code="resource_missing",
            )
        customer["invoice_settings"]["default_payment_method"] = method


def _billing(params: Params) -> Json:
    if "billing_details" not in params:
        return {}
    given = params.inner("billing_details")
    taken = {name: given.text(name) for name in ("email", "name", "phone") if name in given}
    return taken | ({"address": _address(given)} if "address" in given else {})


def _address(params: Params) -> Json:
    given = params.inner("address")
    return {name: given.text(name) for name in _NO_ADDRESS}
