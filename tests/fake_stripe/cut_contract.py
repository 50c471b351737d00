"""Writes stripe_contract.json: what Stripe says its objects look like, cut to what the fake answers.

    .venv/bin/python -m tests.fake_stripe.cut_contract /path/to/openapi.min.json

Two sources, both Stripe's and MIT-licensed: the OpenAPI document, and for the objects that our copy of it lacks
(Checkout, portal, webhook endpoints) the typed classes of the `stripe` library of the same API version.
"""

from __future__ import annotations

import importlib
import json
import sys
import types
import typing
from decimal import Decimal
from pathlib import Path
from typing import Any

import stripe
from stripe import StripeObject

CONTRACT = Path(__file__).with_name("stripe_contract.json")
_DOCUMENT = """
    account charge coupon customer customer_balance_transaction deleted_coupon deleted_customer deleted_product discount
    deleted_discount deleted_invoice error event invoice invoice_payment invoiceitem line_item payment_intent payment_method price product promotion_code
    refund subscription subscription_item test_helpers.test_clock
"""
FROM_DOCUMENT = _DOCUMENT.split()
FROM_LIBRARY = {
    "checkout.session": "stripe.checkout:Session",
    "item": "stripe:LineItem",
    "billing_portal.session": "stripe.billing_portal:Session",
    "billing_portal.configuration": "stripe.billing_portal:Configuration",
    "webhook_endpoint": "stripe:WebhookEndpoint",
}
# Parts of Stripe that the product has nothing to do with: other ways to pay, connected accounts, tax, cash balances.
_NEVER = """
    account_annual account_bacs account_branding account_capabilities account_card account_dashboard account_future
    account_monthly account_requirements account_settings account_sepa account_terms account_treasury account_unification
    funding_instructions legal_entity payment_flows_private payment_intent_next_action_ payment_method_details_ach
    payment_method_details_link payment_method_details_payment_record payment_method_details_us payment_method_link
    payment_method_us payments_primitives subscription_schedule
    """
NEVER = tuple(_NEVER.split())
EXCEPT = {"payment_intent_next_action_redirect_to_url"}
KEPT = (
    "type",
    "enum",
    "required",
    "properties",
    "items",
    "anyOf",
    "nullable",
    "additionalProperties",
    "$ref",
    "maxLength",
)
REF = "#/components/schemas/"


def cut(document: dict[str, Any]) -> dict[str, Any]:
    """The JSON schemas by name, with everything that they refer to."""
    schemas = document["components"]["schemas"]
    found: dict[str, Any] = {}
    waiting = list(FROM_DOCUMENT)
    while waiting:
        name = waiting.pop()
        if name not in found:
            foreign = "x-resourceId" in schemas[name] and name not in FROM_DOCUMENT
            # What the fake never answers: where it could stand, it may not.
            never = foreign or (name.startswith(NEVER) and name not in EXCEPT)
            found[name] = False if never else _schema(schemas[name], waiting)
    for name, place in FROM_LIBRARY.items():
        module, _, attribute = place.partition(":")
        found[name] = _class(getattr(importlib.import_module(module), attribute))
    return dict(sorted(found.items()))


def _schema(old: Any, waiting: list[str]) -> Any:
    """OpenAPI 3.0 to JSON schema, without its prose; a property that is not described is one too many."""
    if "$ref" in old:
        name = old["$ref"].removeprefix(REF)
        waiting.append(name)
        return {"$ref": f"#/$defs/{name}"}
    new = {key: old[key] for key in KEPT if key in old and key not in {"properties", "items", "anyOf", "nullable"}}
    if isinstance(new.get("additionalProperties"), dict):
        new["additionalProperties"] = _schema(new["additionalProperties"], waiting)
    if "properties" in old:
        new["properties"] = {name: _schema(one, waiting) for name, one in old["properties"].items()}
        new.setdefault("additionalProperties", False)
    if "items" in old:
        new["items"] = _schema(old["items"], waiting)
    if "anyOf" in old:
        new["anyOf"] = [_schema(one, waiting) for one in old["anyOf"]]
    return {"anyOf": [new, {"type": "null"}]} if old.get("nullable") else new


def _class(kind: type) -> dict[str, Any]:
    """The schema of one of the library's classes; what is not Optional there is required."""
    hints = {
        name: hint
        for name, hint in kind.__annotations__.items()
        if not name.startswith("_") and typing.get_origin(hint) is not typing.ClassVar
    }
    if kind.__name__ == "PaymentMethodOptions":
        hints = {"card": hints["card"]}
    return {
        "type": "object",
        "properties": {name: _hint(hint) for name, hint in hints.items()},
        "required": sorted(name for name, hint in hints.items() if type(None) not in typing.get_args(hint)),
        "additionalProperties": False,
    }


def _hint(hint: Any) -> dict[str, Any]:
    if isinstance(hint, str | typing.ForwardRef):  # the name of another resource
        name = (hint if isinstance(hint, str) else hint.__forward_arg__).lower()
        return {"$ref": f"#/$defs/{name}"} if name in FROM_DOCUMENT else {"type": "object"}
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        options = [one for one in inner if one is not type(None)]
        literal = any(typing.get_origin(one) is typing.Literal for one in options)
        # `Literal[…] | str` leaves room for the values of later versions; ours is pinned.
        kept = [one for one in options if not (literal and one is str)]
        schemas = [_hint(one) for one in kept] + ([{"type": "null"}] if type(None) in inner else [])
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    if origin is typing.Literal:
        return {"enum": list(inner)}
    if origin is list:
        return {"type": "array", "items": _hint(inner[0])}
    if origin is dict or "UntypedStripeObject" in str(hint):
        return {"type": "object"}
    if "ListObject" in str(hint):
        return {"type": "object", "required": ["object", "data", "has_more", "url"]}
    if isinstance(hint, type) and issubclass(hint, StripeObject):
        # A class inside another one is described in place; other resources have schemas of their own.
        return _class(hint) if "." in hint.__qualname__ else {"type": "object"}
    return {"type": {str: "string", int: "integer", bool: "boolean", float: "number", Decimal: "string"}[hint]}


def main(path: str) -> None:
    document = json.loads(Path(path).read_text())
    version = document["info"]["version"]
    assert version == stripe.api_version, f"the document is of {version}, the library of {stripe.api_version}"
    source = (
        f"Stripe's OpenAPI document, version {version}, and stripe-python {stripe.VERSION}; MIT licence, © Stripe, Inc."
    )
    lines = [f"{json.dumps(name)}: {json.dumps(one, sort_keys=True)}" for name, one in cut(document).items()]
    CONTRACT.write_text(f'{{"source": {json.dumps(source)},\n"$defs": {{\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    main(sys.argv[1])
