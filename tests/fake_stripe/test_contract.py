"""The check that all answers here go through can fail, and has seen every kind of object that the fake has."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stripe

from tests.fake_stripe.conftest import CHECKED
from tests.fake_stripe.contract import NotStripes, check_answer
from tests.fake_stripe.cut_contract import CONTRACT, FROM_DOCUMENT, FROM_LIBRARY
from tests.fake_stripe.test_lives import Life, moment
from tests.stripe import Account


def product() -> dict[str, Any]:
    return {
        "id": "prod_1",
        "object": "product",
        "active": True,
        "created": 1,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": "Pro",
        "updated": 1,
    }


@pytest.mark.parametrize(
    "broken",
    [
        {"active": "yes"},
        {"created": None},
        {"name": ["Pro"]},
        {"metadata": {"plan": 5}},
        {"colour": "blue"},
        {"marketing_features": [{"name": "Fast", "weight": 3}]},
        {"default_price": {"id": "price_1", "object": "price"}},
        {"object": "shoe"},
    ],
)
def test_a_broken_object_is_refused(broken: dict[str, Any]) -> None:
    check_answer(product())
    with pytest.raises(NotStripes):
        check_answer(product() | broken)


@pytest.mark.parametrize("name", sorted(product()))
def test_an_incomplete_object_is_refused(name: str) -> None:
    with pytest.raises(NotStripes):
        check_answer({key: value for key, value in product().items() if key != name})


def test_what_is_in_lists_and_events_and_errors_is_looked_at_too() -> None:
    broken = product() | {"active": "yes"}
    with pytest.raises(NotStripes):
        check_answer({"object": "list", "data": [product(), broken], "has_more": False, "url": "/v1/products"})
    with pytest.raises(NotStripes):
        check_answer({"object": "list", "data": [], "url": "/v1/products"})
    with pytest.raises(NotStripes):
        check_answer({"error": {"type": "some_other_error"}})
    event = {"id": "evt_1", "object": "event", "created": 1, "livemode": False, "pending_webhooks": 0, "type": "x"}
    check_answer({**event, "data": {"object": product()}})
    with pytest.raises(NotStripes):
        check_answer({**event, "data": {"object": broken}})


def test_a_checkout_session_is_held_against_the_library_s_types(account: Account, prices: dict[str, str]) -> None:
    session = account.client.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": prices["pro_month"], "quantity": 1}],
            "success_url": "http://127.0.0.1:1/",
        }
    ).to_dict()
    check_answer(session)
    for broken in ({"status": "opened"}, {"expires_at": "soon"}, {"shoes": 2}, {"custom_text": None}):
        with pytest.raises(NotStripes):
            check_answer(session | broken)


def test_a_refusal_reaches_the_test_that_asked(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hook in conftest.py: an answer that Stripe would not give ends the call."""
    genuine = stripe.RequestsClient.request

    def spoiled(*arguments: Any, **more: Any) -> Any:
        content, status, headers = genuine(*arguments, **more)
        return json.dumps(json.loads(content) | {"shoes": 2}), status, headers

    monkeypatch.setattr(stripe.RequestsClient, "request", spoiled)
    with pytest.raises(NotStripes, match="shoes"):
        account.client.v1.products.create({"name": "Pro"})
    monkeypatch.undo()


def test_every_kind_of_object_is_answered_and_checked(account: Account, prices: dict[str, str]) -> None:
    """Asks for each kind once, so that none is described and never seen."""
    life = Life(account, begin=moment(2026, 4, 1))
    api = life.api
    CHECKED.clear()
    coupon = api.coupons.create({"percent_off": 10, "duration": "forever"}).id
    promo = api.promotion_codes.create({"code": "TEN", "promotion": {"type": "coupon", "coupon": coupon}}).id
    bought = life.subscribe(prices["basic_month"], discounts=[{"promotion_code": promo}])
    item = bought["items"].data[0].id
    change = {"items": [{"id": item, "price": prices["basic_year"]}]}
    api.invoices.create_preview({"subscription": life.id, "subscription_details": change})  # type: ignore[typeddict-item]
    api.subscriptions.update(life.id, change)  # type: ignore[arg-type]
    invoice = api.invoices.retrieve(
        life.now.latest_invoice, {"expand": ["payments", "payments.data.payment.payment_intent", "discounts"]}
    )
    intent = invoice.payments.data[0].payment.payment_intent
    api.payment_intents.retrieve(intent.id, {"expand": ["latest_charge", "payment_method"]})
    api.charges.list({"customer": life.customer})
    api.refunds.create({"payment_intent": intent.id})
    api.invoice_payments.list()
    api.invoice_payments.retrieve(invoice.payments.data[0].id)
    proration = next(line for line in invoice.lines.data if line.amount < 0).parent.subscription_item_details
    api.invoice_items.retrieve(proration.invoice_item, {"expand": ["customer"]})
    api.invoices.line_items.list(invoice.id)
    api.subscription_items.list({"subscription": life.id})
    api.subscription_items.retrieve(item)
    api.customers.update(life.customer, {"balance": -5000})
    api.subscriptions.update(life.id, {"items": [{"id": item, "price": prices["pro_month"]}]})
    api.customers.balance_transactions.list(life.customer)
    api.payment_methods.list({"customer": life.customer})
    api.test_helpers.test_clocks.retrieve(life.clock)
    session = api.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": prices["pro_month"], "quantity": 1}],
            "success_url": "http://127.0.0.1:1/",
        }
    )
    api.checkout.sessions.line_items.list(session.id)
    account.pay(session.id)
    api.checkout.sessions.list({"expand": ["data.subscription", "data.customer", "data.line_items"]})
    api.billing_portal.sessions.create({"customer": life.customer})
    api.billing_portal.configurations.list()
    endpoint = api.webhook_endpoints.create({"url": "http://127.0.0.1:1/", "enabled_events": ["*"]}).id
    api.webhook_endpoints.list()
    api.accounts.retrieve_current()
    api.events.list()
    with pytest.raises(stripe.InvalidRequestError):
        api.prices.retrieve("price_x")
    api.products.list()
    api.prices.list()
    api.promotion_codes.list()
    api.products.delete(api.products.create({"name": "Gone"}).id)
    api.coupons.delete(coupon)
    api.webhook_endpoints.delete(endpoint)
    api.customers.delete(life.customer)
    api.customers.retrieve(life.customer)
    api.test_helpers.test_clocks.delete(life.clock)

    inside = {"discount", "deleted_discount", "deleted_invoice"}  # only ever within other objects
    expected = {*FROM_DOCUMENT, *FROM_LIBRARY} - inside
    assert expected - CHECKED == set()


def test_the_contract_says_where_it_is_from_and_of_which_version() -> None:
    source = json.loads(CONTRACT.read_text())["source"]

    assert f"version {stripe.api_version}," in source
    assert f"stripe-python {stripe.VERSION};" in source
    assert "MIT licence" in source
