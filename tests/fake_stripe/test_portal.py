"""The customer portal, as a browser without JavaScript uses it."""

from __future__ import annotations

import html
from typing import Any

import pytest
import requests
import stripe

from tests.fake_stripe.test_checkout import CARD, hidden_fields, send
from tests.fake_stripe.test_lives import Life, moment
from tests.stripe import Account


@pytest.fixture
def life(account: Account, prices: dict[str, str]) -> Life:
    life = Life(account, begin=moment(2026, 4, 1))
    life.subscribe(prices["pro_month"])
    return life


def open_portal(life: Life, **more: Any) -> Any:
    back = "http://127.0.0.1:1/plan/"
    return life.api.billing_portal.sessions.create({"customer": life.customer, "return_url": back, **more})


def read(url: str) -> str:
    return html.unescape(requests.get(url, timeout=30).text)


def test_it_shows_plan_card_and_invoices(life: Life) -> None:
    page = read(open_portal(life).url)

    for text in (
        "Pro",
        "$12.00 per month",
        "Your plan renews on 1 May 2026.",
        "Visa •••• 4242",
        "1 Apr 2026",
        "/plan/",
    ):
        assert text in page
    assert "<script" not in page


def test_cancel_and_resume(life: Life) -> None:
    portal = open_portal(life)
    asked = read(f"{portal.url}/cancel/{life.id}")
    send(f"{portal.url}/cancel/{life.id}", feedback="unused")
    cancelled = life.now
    page = read(portal.url)
    send(f"{portal.url}/resume/{life.id}")

    assert "stays as it is until 1 May 2026" in asked
    assert (cancelled.cancel_at_period_end, cancelled.cancellation_details.feedback) == (True, "unused")
    assert "Your plan ends on 1 May 2026." in page
    assert life.now.cancel_at_period_end is False


def test_a_new_card_is_used_from_then_on(life: Life) -> None:
    portal = open_portal(life)
    refused = send(f"{portal.url}/card", cardNumber="4000000000000002", **CARD)
    saved = send(f"{portal.url}/card", cardNumber="5555555555554444", **CARD)

    assert "Your card was declined." in refused.text
    assert saved.headers["Location"].endswith("/home")
    assert "Mastercard •••• 4444" in read(portal.url)
    card = life.api.payment_methods.retrieve(life.now.default_payment_method)
    assert (card.card.last4, card.card.exp_month, card.card.exp_year) == ("4444", 12, 2034)
    assert life.api.customers.retrieve(life.customer).invoice_settings.default_payment_method == card.id


def test_a_card_with_3d_secure_is_confirmed_before_it_is_kept(life: Life) -> None:
    portal = open_portal(life)
    asked = send(f"{portal.url}/card", cardNumber="4000002500003155", **CARD)
    failed = send(f"{portal.url}/confirm", outcome="fail", **hidden_fields(asked.text))
    send(f"{portal.url}/confirm", outcome="complete", **hidden_fields(asked.text))

    assert "We are unable to authenticate" in failed.text
    assert life.until(moment(2026, 5, 2)).status == "active"
    assert "3155" in read(portal.url)


def test_a_flow_opens_its_page_and_leads_back(life: Life) -> None:
    after = {"type": "redirect", "redirect": {"return_url": "http://127.0.0.1:1/done/"}}
    card = open_portal(life, flow_data={"type": "payment_method_update", "after_completion": after})
    cancel = open_portal(
        life,
        flow_data={
            "type": "subscription_cancel",
            "subscription_cancel": {"subscription": life.id},
            "after_completion": {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Goodbye"}},
        },
    )

    assert "Change card" in read(card.url)
    assert (
        send(f"{card.url}/card", cardNumber="4242424242424242", **CARD).headers["Location"]
        == "http://127.0.0.1:1/done/"
    )
    assert "Cancel plan" in read(cancel.url)
    assert "Goodbye" in send(f"{cancel.url}/cancel/{life.id}").text


def test_a_configuration_decides_when_a_plan_ends(life: Life) -> None:
    cancel = {"enabled": True, "mode": "immediately"}
    made = life.api.billing_portal.configurations.create({"features": {"subscription_cancel": cancel}})  # type: ignore[typeddict-item]
    portal = open_portal(life, configuration=made.id)
    send(f"{portal.url}/cancel/{life.id}")

    assert life.now.status == "canceled"
    assert "No plan at present" in read(portal.url)
    renamed = life.api.billing_portal.configurations.update(made.id, {"name": "Ours"})
    assert [one.id for one in life.api.billing_portal.configurations.list({"is_default": False}).data] == [renamed.id]


def test_somebody_else_s_subscription_is_out_of_reach(life: Life, prices: dict[str, str]) -> None:
    stranger = life.api.customers.create({"email": "stranger@example.com"}).id
    portal = open_portal(life, customer=stranger)
    read(f"{portal.url}/cancel/{life.id}")
    send(f"{portal.url}/cancel/{life.id}")

    assert life.now.cancel_at_period_end is False
    assert "$12.00" not in read(portal.url)
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": life.id}}
    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        open_portal(life, customer=stranger, flow_data=flow)
