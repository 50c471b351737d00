"""Whatever happens to a subscription, the books agree: nothing is charged that is on no invoice, and the reverse."""

from __future__ import annotations

import contextlib
import random

import pytest
import stripe

from tests.fake_stripe.test_lives import DAY, HOUR, Life, moment
from tests.stripe import Account

CARDS = ("pm_card_visa", "pm_card_visa", "pm_card_mastercard", "pm_card_chargeCustomerFail")
PRORATIONS = ("always_invoice", "create_prorations", "none")
TRAVEL = (HOUR, 2 * DAY, 11 * DAY, 33 * DAY)


def happen(life: Life, chance: random.Random, prices: dict[str, str]) -> None:
    """One thing that people, their banks or time do."""
    deed = chance.choice(("travel", "travel", "change", "change", "card", "cancel", "resume", "pay", "discount"))
    if deed == "travel":
        life.until(life.api.test_helpers.test_clocks.retrieve(life.clock).frozen_time + chance.choice(TRAVEL))
    elif deed == "card":
        life.use_card(chance.choice(CARDS))
    elif deed == "pay":
        for invoice in life.api.invoices.list({"subscription": life.id, "status": "open"}).data:
            life.api.invoices.pay(invoice.id)
    elif deed == "discount":
        coupon = life.api.coupons.create({"percent_off": chance.choice((10, 33.3, 100)), "duration": "repeating", "duration_in_months": 2})  # fmt: skip
        life.api.subscriptions.update(life.id, {"discounts": [{"coupon": coupon.id}]})
    elif deed == "change":
        item = {"id": life.now["items"].data[0].id, "price": prices[chance.choice(sorted(prices))]}
        change = {"items": [item], "proration_behavior": chance.choice(PRORATIONS)}
        life.api.subscriptions.update(life.id, change)  # type: ignore[arg-type]
    else:
        life.api.subscriptions.update(life.id, {"cancel_at_period_end": deed == "cancel"})


@pytest.mark.parametrize("seed", range(12))
def test_the_books_agree(account: Account, prices: dict[str, str], seed: int) -> None:
    chance = random.Random(seed)
    life = Life(account, begin=moment(2026, 4, 1))
    life.subscribe(prices["basic_month"], trial_period_days=chance.choice((0, 5)))
    happened = 0
    for _ in range(14):
        # A declined card, or a change after the end, are answers too; what they leave behind must still agree.
        with contextlib.suppress(stripe.CardError, stripe.InvalidRequestError):
            happen(life, chance, prices)
            happened += 1

    assert happened > 4
    invoices = [one for one in life.invoices if one.status != "draft"]
    charges = life.api.charges.list({"customer": life.customer, "limit": 100}).data
    balance = life.api.customers.retrieve(life.customer).balance
    assert sum(one.total for one in invoices) == sum(one.amount_due for one in invoices) + balance
    assert sum(one.amount_paid for one in invoices) == sum(one.amount for one in charges if one.paid)
    for invoice in life.invoices:
        off = sum(one.amount for one in invoice.total_discount_amounts)
        assert invoice.subtotal == sum(line.amount for line in invoice.lines.data)
        assert invoice.total == invoice.subtotal - off
    now = life.api.test_helpers.test_clocks.retrieve(life.clock).frozen_time
    start, end = life.period
    if life.now.status not in {"canceled", "incomplete_expired"}:
        assert start <= now < end
    assert life.now.latest_invoice == life.invoices[-1].id
