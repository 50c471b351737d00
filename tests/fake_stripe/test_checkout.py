"""The Checkout page, as a browser without JavaScript uses it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
import requests
import stripe

from tests.stripe import Account

CARD = {"cardExpiry": "12 / 34", "cardCvc": "123", "email": "anna@example.com", "billingName": "Anna"}


def open_session(account: Account, price: str, **more: Any) -> Any:
    return account.client.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": price, "quantity": 1}],
            "success_url": "http://127.0.0.1:1/done/?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:1/plans/",
            **more,
        }
    )


def send(url: str, **fields: str) -> requests.Response:
    return requests.post(url, fields, allow_redirects=False, timeout=30)


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def test_a_good_card_pays_and_leads_back(account: Account, prices: dict[str, str]) -> None:
    customer = account.client.v1.customers.create({"email": "anna@example.com", "metadata": {"household": "ours"}})
    session = open_session(
        account,
        prices["pro_month"],
        customer=customer.id,
        client_reference_id="ours",
        subscription_data={"metadata": {"household": "ours"}},
    )
    page = requests.get(session.url, timeout=30)
    sent = send(session.url, cardNumber="4242 4242 4242 4242", **CARD)
    paid = account.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["subscription", "line_items", "invoice"]}
    )

    assert "$12.00 per month" in page.text
    assert "anna@example.com" in page.text
    assert "<script" not in page.text
    assert (sent.status_code, sent.headers["Location"]) == (303, f"http://127.0.0.1:1/done/?session={session.id}")
    assert (paid.status, paid.payment_status, paid.url, paid.amount_total) == ("complete", "paid", None, 1200)
    assert paid.client_reference_id == "ours"
    assert paid.line_items.data[0].price.id == prices["pro_month"]
    assert (paid.subscription.status, paid.subscription.metadata.to_dict()) == ("active", {"household": "ours"})
    assert paid.subscription.customer == customer.id
    assert (paid.invoice.status, paid.invoice.amount_paid) == ("paid", 1200)
    item = paid.subscription["items"].data[0]
    assert 28 * 86400 <= item.current_period_end - item.current_period_start <= 31 * 86400
    # It moved to the items; whoever reads it here reads nothing at Stripe either.
    assert "current_period_end" not in paid.subscription


def test_without_a_customer_one_is_made_of_what_was_typed(account: Account, prices: dict[str, str]) -> None:
    session = open_session(account, prices["basic_year"])
    send(session.url, cardNumber="5555555555554444", **CARD)
    customer = account.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["customer"]}).customer

    assert (customer.email, customer.name) == ("anna@example.com", "Anna")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("4000000000000002", "Your card was declined."),
        ("4000000000009995", "Your card has insufficient funds."),
        ("4000000000000069", "Your card has expired."),
        ("4000000000000341", "Your card was declined."),
        ("4111111111111111", "Your card number is invalid."),
        ("", "Please fill in the card"),
    ],
)
def test_a_refused_card_says_why_and_the_page_can_be_used_again(
    account: Account, prices: dict[str, str], number: str, sentence: str
) -> None:
    session = open_session(account, prices["pro_month"])
    refused = send(session.url, cardNumber=number, **CARD)
    before = account.client.v1.subscriptions.list({"status": "all"}).data
    again = send(session.url, cardNumber="4242424242424242", **CARD)

    assert refused.status_code == 200
    assert sentence in html.unescape(refused.text)
    assert 'value="anna@example.com"' in refused.text or "<p>anna@example.com</p>" in refused.text
    assert before == []
    assert again.status_code == 303


def test_3d_secure_asks_and_then_pays(account: Account, prices: dict[str, str]) -> None:
    session = open_session(account, prices["pro_month"])
    asked = send(session.url, cardNumber="4000002500003155", **CARD)
    failed = send(f"{session.url}/confirm", outcome="fail", **hidden_fields(asked.text))
    asked = send(session.url, cardNumber="4000002500003155", **CARD)
    done = send(f"{session.url}/confirm", outcome="complete", **hidden_fields(asked.text))

    assert "3-D Secure" in asked.text
    assert "We are unable to authenticate your payment method." in failed.text
    assert done.status_code == 303
    assert account.client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_after_the_bank_said_no_the_form_that_is_shown_takes_another_card(
    account: Account, prices: dict[str, str]
) -> None:
    session = open_session(account, prices["pro_month"], allow_promotion_codes=True)
    asked = send(session.url, cardNumber="4000002500003155", **CARD)
    failed = send(f"{session.url}/confirm", outcome="fail", **hidden_fields(asked.text))
    forms = re.findall(r'<form method="post" action="([^"]+)">', failed.text)
    paid = send(f"{account.address}{forms[-1]}", cardNumber="4242424242424242", **CARD)

    assert set(forms) == {f"/c/pay/{session.id}"}
    assert paid.headers["Location"] == f"http://127.0.0.1:1/done/?session={session.id}"


def test_a_trial_costs_nothing_today_and_needs_no_card_where_that_is_allowed(
    account: Account, prices: dict[str, str]
) -> None:
    session = open_session(
        account,
        prices["pro_month"],
        payment_method_collection="if_required",
        subscription_data={
            "trial_period_days": 14,
            "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}},
        },
    )
    page = requests.get(session.url, timeout=30)
    sent = send(session.url, email="anna@example.com")
    paid = account.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})

    assert "cardNumber" not in page.text
    assert sent.status_code == 303
    assert (paid.payment_status, paid.amount_total) == ("no_payment_required", 0)
    assert paid.subscription.status == "trialing"
    assert paid.subscription.trial_end - paid.subscription.trial_start == 14 * 86400


def test_a_promotion_code_is_typed_on_the_page(account: Account, prices: dict[str, str]) -> None:
    coupon = account.client.v1.coupons.create({"percent_off": 25, "duration": "once"})
    account.client.v1.promotion_codes.create(
        {"code": "SPRING", "promotion": {"type": "coupon", "coupon": coupon.id}, "max_redemptions": 1}
    )
    session = open_session(account, prices["pro_month"], allow_promotion_codes=True)
    wrong = send(session.url, code="WINTER")
    right = send(session.url, code="spring")
    send(session.url, cardNumber="4242424242424242", **CARD)
    everything = ["invoice", "total_details.breakdown", "line_items.data.discounts", "line_items.data.taxes"]
    paid = account.client.v1.checkout.sessions.retrieve(session.id, {"expand": everything})
    used = open_session(account, prices["pro_month"], allow_promotion_codes=True)

    assert "This code is invalid." in wrong.text
    assert "$9.00" in right.text
    assert (paid.amount_subtotal, paid.amount_total, paid.total_details.amount_discount) == (1200, 900, 300)
    assert paid.total_details.breakdown.discounts[0].amount == 300
    assert paid.line_items.data[0].discounts[0].discount.source.coupon == coupon.id
    assert (paid.invoice.subtotal, paid.invoice.total, paid.invoice.amount_paid) == (1200, 900, 900)
    assert "This code is invalid." in send(used.url, code="SPRING").text


def test_a_session_is_expired_and_then_takes_no_card(account: Account, prices: dict[str, str]) -> None:
    session = open_session(account, prices["pro_month"])
    account.client.v1.checkout.sessions.expire(session.id)
    late = send(session.url, cardNumber="4242424242424242", **CARD)

    assert "This page has expired" in late.text
    assert account.client.v1.subscriptions.list().data == []
    assert account.client.v1.events.list({"type": "checkout.session.expired"}).data[0].data.object.id == session.id


def test_what_people_type_is_text(account: Account, prices: dict[str, str]) -> None:
    session = open_session(account, prices["pro_month"], customer_email="<b>@example.com")
    page = send(session.url, cardNumber='"><script>alert(1)</script>', **CARD)

    assert "<script" not in page.text
    assert "<b>@" not in page.text


def test_the_control_pays_as_a_person_would(account: Account, prices: dict[str, str]) -> None:
    session = open_session(account, prices["pro_month"])
    declined = account.pay(session.id, card="4000000000000002")
    paid = account.pay(session.id, card="4000002500003155")

    assert declined["error"]["code"] == "card_declined"
    assert paid["status"] == "complete"


def test_mode_payment_is_refused_by_name(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="mode=subscription"):
        account.client.v1.checkout.sessions.create({"mode": "payment", "success_url": "http://127.0.0.1:1/"})
