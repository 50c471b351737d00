"""The API's addresses, and what is common to all calls: key, idempotency, parameters, expansion, errors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from . import (
    catalogue,
    changing,
    checkout,
    clock,
    collecting,
    control,
    customers,
    discounts,
    invoices,
    payments,
    portal,
    previewing,
    subscriptions,
    webhooks,
)
from .errors import ApiError, Json, no_such
from .expanding import expand
from .form import Params
from .listing import of_kind, page
from .world import World, make_id, public

Handler = Callable[..., Json]


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    parameters: str
    """Of the query for GET and DELETE, of the body for POST."""
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Json
    request_id: str
    replayed: bool = False


def answer(world: World, call: Call) -> Answer:
    """What Stripe would say. Everything that the call has changed is saved, or nothing is."""
    request_id = make_id("req", 14)
    with world.lock:
        try:
            if call.method == "POST" and (old := _answered(world, call)):
                return Answer(old["status"], json.loads(old["body"]), request_id, replayed=True)
            return Answer(200, _execute(world, call, request_id), request_id)
        except ApiError as error:
            return Answer(error.status, error.body, request_id)


def _execute(world: World, call: Call, request_id: str) -> Json:
    handler, ids = _route(call)
    refused: ApiError | None = None
    world.request = {"id": request_id, "idempotency_key": call.idempotency_key}
    try:
        with world.change():
            try:
                body = _handle(world, call, handler, ids)
            except ApiError as error:
                if not error.keeps:
                    raise
                refused = error
            status, kept = (refused.status, refused.body) if refused else (200, body)
            if call.method == "POST" and call.idempotency_key:
                row = [call.idempotency_key, _fingerprint(call), status, json.dumps(kept)]
                world.store.connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", row)
    finally:
        world.request = None
    if refused:
        raise refused
    return body


def _handle(world: World, call: Call, handler: Handler, ids: tuple[str, ...]) -> Json:
    params = Params.parse(call.parameters)
    paths = params.texts("expand")
    body = handler(world, params, *ids)
    params.check()
    expand(world, body, paths)
    shown: Json = public(body)
    return shown


def _answered(world: World, call: Call) -> Any:
    """The answer that the same key has had before."""
    if not call.idempotency_key:
        return None
    found = world.store.connection.execute("SELECT * FROM answers WHERE key = ?", [call.idempotency_key]).fetchone()
    if found and found["request"] != _fingerprint(call):
        raise ApiError(
            400,
            "idempotency_error",
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            f"Try using a key other than '{call.idempotency_key}' if you meant to execute a different request.",
        )
    return found


def _fingerprint(call: Call) -> str:
    return f"{call.method} {call.path} {call.parameters}"


def _route(call: Call) -> tuple[Handler, tuple[str, ...]]:
    if (name := call.path.removeprefix("/fake/")) != call.path and name in control.CONTROLS:
        return control.CONTROLS[name], ()
    known = False
    for pattern, handlers in _ROUTES:
        if match := pattern.fullmatch(call.path):
            known = True
            if call.method in handlers:
                return handlers[call.method], tuple(map(unquote_plus, match.groups()))
    message = f"Unrecognized request URL ({call.method}: {call.path})."
    more = " The fake does not know this method here." if known else " The fake does not know it, Stripe may."
    raise ApiError(404, "invalid_request_error", message + more)


def _account(world: World, params: Params, *_ids: str) -> Json:
    return {
        "id": invoices.ACCOUNT,
        "object": "account",
        "business_profile": None,
        "business_type": "company",
        "charges_enabled": True,
        "country": "US",
        "created": 1_700_000_000,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "billing@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "settings": None,
        "type": "standard",
    }


def _retrieve(kind: str) -> Handler:
    def handler(world: World, params: Params, id: str) -> Json:
        return world.find(kind, id)

    return handler


def _update_plain(kind: str) -> Handler:
    """Only the metadata can be changed."""

    def handler(world: World, params: Params, id: str) -> Json:
        one = world.find(kind, id)
        one["metadata"] = params.metadata(one["metadata"])
        return world.save(one, f"{kind}.updated")

    return handler


def _deed(kind: str, deed: Callable[[World, Json], Json]) -> Handler:
    def handler(world: World, params: Params, id: str) -> Json:
        params.flag("auto_advance")
        return deed(world, world.find(kind, id))

    return handler


def _list_items(world: World, params: Params) -> Json:
    owner = world.find("subscription", params.required("subscription"), param="subscription")
    return page(params, owner["items"]["data"], "/v1/subscription_items")


def _retrieve_item(world: World, params: Params, id: str) -> Json:
    for owner in world.store.all("subscription"):
        for item in owner["items"]["data"]:
            if item["id"] == id:
                return dict(item)
    raise no_such("subscription_item", id)


def _no_features(world: World, params: Params, id: str) -> Json:
    world.find("product", id)
    return page(params, [], f"/v1/products/{id}/features")


def _list_payments(world: World, params: Params) -> Json:
    return of_kind(world, params, "invoice_payment", "/v1/invoice_payments", equal=("invoice", "status"))


def _list_balance(world: World, params: Params, id: str) -> Json:
    url = f"/v1/customers/{id}/balance_transactions"
    return of_kind(world, params, "customer_balance_transaction", url, only=lambda one: one["customer"] == id)


_TABLE: dict[str, dict[str, Handler]] = {
    "account": {"GET": _account},
    "accounts/{id}": {"GET": _account},
    "products": {"POST": catalogue.create_product, "GET": catalogue.list_products},
    "products/{id}": {
        "GET": _retrieve("product"),
        "POST": catalogue.update_product,
        "DELETE": catalogue.delete_product,
    },
    "products/{id}/features": {"GET": _no_features},
    "prices": {"POST": catalogue.create_price, "GET": catalogue.list_prices},
    "prices/{id}": {"GET": _retrieve("price"), "POST": catalogue.update_price},
    "coupons": {"POST": discounts.create_coupon, "GET": discounts.list_coupons},
    "coupons/{id}": {
        "GET": _retrieve("coupon"),
        "POST": discounts.update_coupon,
        "DELETE": discounts.delete_coupon,
    },
    "promotion_codes": {"POST": discounts.create_promotion_code, "GET": discounts.list_promotion_codes},
    "promotion_codes/{id}": {"GET": _retrieve("promotion_code"), "POST": discounts.update_promotion_code},
    "customers": {"POST": customers.create_customer, "GET": customers.list_customers},
    "customers/{id}": {
        "GET": _retrieve("customer"),
        "POST": customers.update_customer,
        "DELETE": customers.delete_customer,
    },
    "customers/{id}/payment_methods": {"GET": customers.list_methods_of_customer},
    "customers/{id}/balance_transactions": {"GET": _list_balance},
    "payment_methods": {"POST": customers.create_payment_method, "GET": customers.list_payment_methods},
    "payment_methods/{id}": {"GET": _retrieve("payment_method"), "POST": customers.update_payment_method},
    "payment_methods/{id}/attach": {"POST": customers.attach_payment_method},
    "payment_methods/{id}/detach": {"POST": customers.detach_payment_method},
    "checkout/sessions": {"POST": checkout.create_session, "GET": checkout.list_sessions},
    "checkout/sessions/{id}": {"GET": _retrieve("checkout.session")},
    "checkout/sessions/{id}/expire": {"POST": checkout.expire_session},
    "checkout/sessions/{id}/line_items": {"GET": checkout.list_line_items},
    "subscriptions": {"POST": subscriptions.create_subscription, "GET": subscriptions.list_subscriptions},
    "subscriptions/{id}": {
        "GET": _retrieve("subscription"),
        "POST": changing.update_subscription,
        "DELETE": subscriptions.cancel_subscription,
    },
    "subscription_items": {"GET": _list_items},
    "subscription_items/{id}": {"GET": _retrieve_item},
    "invoices": {"GET": invoices.list_invoices},
    "invoices/create_preview": {"POST": previewing.create_preview},
    "invoices/{id}": {"GET": _retrieve("invoice"), "POST": invoices.update_invoice},
    "invoices/{id}/lines": {"GET": invoices.list_lines},
    "invoices/{id}/pay": {"POST": collecting.pay_invoice},
    "invoices/{id}/finalize": {"POST": _deed("invoice", invoices.finalize)},
    "invoices/{id}/void": {"POST": _deed("invoice", invoices.void)},
    "invoices/{id}/mark_uncollectible": {"POST": _deed("invoice", invoices.mark_uncollectible)},
    "invoiceitems/{id}": {"GET": _retrieve("invoiceitem")},
    "invoice_payments": {"GET": _list_payments},
    "invoice_payments/{id}": {"GET": _retrieve("invoice_payment")},
    "payment_intents": {"GET": payments.list_intents},
    "payment_intents/{id}": {"GET": _retrieve("payment_intent"), "POST": _update_plain("payment_intent")},
    "charges": {"GET": payments.list_charges},
    "charges/{id}": {"GET": _retrieve("charge"), "POST": _update_plain("charge")},
    "refunds": {"POST": payments.create_refund, "GET": payments.list_refunds},
    "refunds/{id}": {"GET": _retrieve("refund"), "POST": _update_plain("refund")},
    "billing_portal/sessions": {"POST": portal.create_session},
    "billing_portal/configurations": {
        "POST": portal.create_configuration,
        "GET": portal.list_configurations,
    },
    "billing_portal/configurations/{id}": {
        "GET": _retrieve("billing_portal.configuration"),
        "POST": portal.update_configuration,
    },
    "test_helpers/test_clocks": {"POST": clock.create_clock, "GET": clock.list_clocks},
    "test_helpers/test_clocks/{id}": {"GET": _retrieve("test_helpers.test_clock"), "DELETE": clock.delete_clock},
    "test_helpers/test_clocks/{id}/advance": {"POST": clock.advance_clock},
    "events": {"GET": webhooks.list_events},
    "events/{id}": {"GET": _retrieve("event")},
    "webhook_endpoints": {"POST": webhooks.create_endpoint, "GET": webhooks.list_endpoints},
    "webhook_endpoints/{id}": {
        "GET": _retrieve("webhook_endpoint"),
        "POST": webhooks.update_endpoint,
        "DELETE": webhooks.delete_endpoint,
    },
}
_ROUTES = [(re.compile("/v1/" + path.replace("{id}", "([^/]+)")), handlers) for path, handlers in _TABLE.items()]
