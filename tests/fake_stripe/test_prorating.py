"""What changes in the middle of a period cost. April 2026 has 30 days: on the 11th, 20/30 of the period are left."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.fake_stripe.test_lives import Life, moment
from tests.stripe import Account

BEGIN, CHANGE, END = moment(2026, 4, 1), moment(2026, 4, 11), moment(2026, 5, 1)


@pytest.fixture
def life(account: Account) -> Life:
    return Life(account, begin=BEGIN)


def change(life: Life, price: str, **more: Any) -> Any:
    item = life.now["items"].data[0].id
    return life.api.subscriptions.update(life.id, {"items": [{"id": item, "price": price}], **more})


def preview(life: Life, price: str, **more: Any) -> Any:
    item = life.now["items"].data[0].id
    details = {"items": [{"id": item, "price": price}], **more}
    return life.api.invoices.create_preview({"subscription": life.id, "subscription_details": details})


def lines(invoice: Any) -> list[tuple[str, int]]:
    return [(line.description, line.amount) for line in invoice.lines.data]


def test_an_upgrade_is_charged_at_once_for_the_rest_of_the_period(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["basic_month"])
    life.until(CHANGE)
    after = change(life, prices["pro_month"], proration_behavior="always_invoice")
    invoice = life.invoices[-1]

    # 500 × 20/30 = 333.33 and 1200 × 20/30 = 800.
    assert lines(invoice) == [
        ("Unused time on Basic after 11 Apr 2026", -333),
        ("Remaining time on Pro after 11 Apr 2026", 800),
    ]
    assert (invoice.total, invoice.amount_paid, invoice.billing_reason) == (467, 467, "subscription_update")
    assert [line.period.to_dict() for line in invoice.lines.data] == [{"start": CHANGE, "end": END}] * 2
    assert all(line.parent.subscription_item_details.proration for line in invoice.lines.data)
    assert after["items"].data[0].price.id == prices["pro_month"]
    assert life.period == (BEGIN, END)
    life.until(END + 3600)
    assert life.invoices[-1].total == 1200


def test_prorations_are_to_the_second(life: Life) -> None:
    api = life.api
    product = api.products.create({"name": "Cents"}).id
    # 30 days are 2,592,000 seconds: one cent a second, and two.
    slow, fast = (
        api.prices.create(
            {"product": product, "currency": "usd", "unit_amount": cents, "recurring": {"interval": "month"}}
        ).id
        for cents in (2_592_000, 5_184_000)
    )
    life.subscribe(slow)
    life.until(CHANGE + 1)

    seen = preview(life, fast, proration_behavior="always_invoice")
    assert [line.amount for line in seen.lines.data] == [-1_727_999, 3_455_998]
    seen = preview(life, fast, proration_behavior="always_invoice", proration_date=CHANGE)
    assert [line.amount for line in seen.lines.data] == [-1_728_000, 3_456_000]
    assert seen.parent.subscription_details.subscription_proration_date == CHANGE


def test_without_an_invoice_at_once_the_prorations_wait_for_the_renewal(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["basic_month"])
    life.until(CHANGE)
    change(life, prices["pro_month"])
    assert len(life.invoices) == 1
    life.until(END + 3600)

    assert [cents for _, cents in lines(life.invoices[-1])] == [-333, 800, 1200]
    assert (life.invoices[-1].amount_paid, life.invoices[-1].billing_reason) == (1667, "subscription_cycle")


def test_none_means_none(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["basic_month"])
    life.until(CHANGE)
    change(life, prices["pro_month"], proration_behavior="none")
    life.until(END + 3600)

    assert [cents for _, cents in lines(life.invoices[-1])] == [1200]


def test_another_interval_begins_a_new_period_and_is_paid_at_once(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    life.until(CHANGE)
    change(life, prices["pro_year"])

    # 1200 × 20/30 = 800 come back.
    assert lines(life.invoices[-1]) == [
        ("Unused time on Pro after 11 Apr 2026", -800),
        ("1 × Pro (at $120.00 / year)", 12000),
    ]
    assert life.invoices[-1].amount_paid == 11200
    assert life.period == (CHANGE, moment(2027, 4, 11))


def test_a_downgrade_s_credit_pays_the_next_invoices(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["family_month"])
    life.until(CHANGE)
    change(life, prices["basic_month"], proration_behavior="always_invoice")
    credit = life.invoices[-1]

    # 2000 × 20/30 = 1333.33 back, 500 × 20/30 = 333.33 to pay.
    assert (credit.total, credit.amount_due, credit.ending_balance, credit.status) == (-1000, 0, -1000, "paid")
    assert life.api.customers.retrieve(life.customer).balance == -1000
    life.until(END + 3600)
    assert (life.invoices[-1].total, life.invoices[-1].amount_due, life.invoices[-1].starting_balance) == (
        500,
        0,
        -1000,
    )
    assert [one.amount for one in life.api.customers.balance_transactions.list(life.customer).data] == [500, -1000]
    life.until(moment(2026, 6, 1, 1))
    assert life.api.customers.retrieve(life.customer).balance == 0


def test_a_second_change_gives_back_what_the_first_one_cost(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["basic_month"])
    life.until(CHANGE)
    change(life, prices["pro_month"], proration_behavior="always_invoice")
    life.until(moment(2026, 4, 21))
    change(life, prices["family_month"], proration_behavior="always_invoice")

    # Half of the 800 paid ten days ago; 2000 × 10/30 = 666.67.
    assert [cents for _, cents in lines(life.invoices[-1])] == [-400, 667]


def test_a_discount_is_not_paid_out(life: Life, prices: dict[str, str]) -> None:
    coupon = life.api.coupons.create({"percent_off": 50, "duration": "forever"}).id
    life.subscribe(prices["pro_month"], discounts=[{"coupon": coupon}])
    assert life.invoices[0].amount_paid == 600
    life.until(CHANGE)
    change(life, prices["family_month"], proration_behavior="always_invoice")

    # 600 × 20/30 = 400; 1000 × 20/30 = 666.67.
    assert [cents for _, cents in lines(life.invoices[-1])] == [-400, 667]


def test_too_little_for_a_card_waits_on_the_balance(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["basic_month"])
    life.until(END - 3600)
    change(life, prices["pro_month"], proration_behavior="always_invoice")

    # 500/720 = 0.69 and 1200/720 = 1.67.
    assert [cents for _, cents in lines(life.invoices[-1])] == [-1, 2]
    assert (life.invoices[-1].status, life.invoices[-1].amount_due) == ("paid", 0)
    life.until(END + 3600)
    assert life.invoices[-1].amount_paid == 1201


def test_nothing_is_prorated_during_a_trial(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["basic_month"], trial_period_days=14)
    life.until(CHANGE)
    after = change(life, prices["family_year"], proration_behavior="always_invoice")
    assert (after.status, len(life.invoices)) == ("trialing", 1)
    life.until(BEGIN + 15 * 86400)

    assert life.invoices[-1].amount_paid == 20000


def test_a_preview_says_what_the_change_then_costs_and_changes_nothing(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["basic_month"])
    life.until(CHANGE)
    before, happened = life.now, len(life.events())
    seen = preview(life, prices["pro_year"], proration_behavior="always_invoice", proration_date=CHANGE)
    assert (life.now, len(life.events()), len(life.invoices)) == (before, happened, 1)
    change(life, prices["pro_year"], proration_behavior="always_invoice", proration_date=CHANGE)

    assert lines(seen) == lines(life.invoices[-1])
    assert (seen.total, seen.amount_due, seen.id[:12]) == (11667, 11667, "upcoming_in_")


def test_a_preview_without_a_change_is_the_next_invoice(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    seen = life.api.invoices.create_preview({"subscription": life.id})
    waiting = preview(life, prices["family_month"])

    assert (seen.total, seen.created, seen.billing_reason) == (1200, END, "upcoming")
    # All of April is left: 1200 back, 2000 for it, 2000 for May.
    assert [line.amount for line in waiting.lines.data] == [-1200, 2000, 2000]
    life.api.subscriptions.update(life.id, {"cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        life.api.invoices.create_preview({"subscription": life.id})
    assert refused.value.code == "invoice_upcoming_none"


def test_a_preview_counts_the_balance(life: Life, prices: dict[str, str]) -> None:
    life.api.customers.update(life.customer, {"balance": -200})
    life.subscribe(prices["basic_month"], trial_period_days=30)
    seen = life.api.invoices.create_preview({"subscription": life.id})

    assert (seen.total, seen.starting_balance, seen.amount_due) == (500, -200, 300)


def test_an_upgrade_that_cannot_be_paid_is_not_made_if_so_asked(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["basic_month"])
    life.use_card("pm_card_chargeCustomerFail")
    happened = len(life.events())
    with pytest.raises(stripe.CardError):
        change(life, prices["pro_year"], proration_behavior="always_invoice", payment_behavior="error_if_incomplete")

    assert life.now["items"].data[0].price.id == prices["basic_month"]
    assert (len(life.invoices), len(life.events())) == (1, happened)


def test_an_upgrade_that_cannot_be_paid_is_otherwise_past_due(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["basic_month"])
    life.use_card("pm_card_chargeCustomerFail")
    after = change(life, prices["pro_year"])

    assert (after.status, after["items"].data[0].price.id) == ("past_due", prices["pro_year"])
    assert life.invoices[-1].status == "open"


def test_more_items_and_quantities_are_billed_together(life: Life, prices: dict[str, str]) -> None:
    items = [{"price": prices["basic_month"], "quantity": 2}, {"price": prices["pro_month"]}]
    subscription = life.api.subscriptions.create({"customer": life.customer, "items": items})
    life.id = subscription.id
    assert life.invoices[0].total == 2200
    first = subscription["items"].data[0].id
    life.until(CHANGE)
    life.api.subscriptions.update(
        life.id, {"items": [{"id": first, "deleted": True}], "proration_behavior": "always_invoice"}
    )

    # 1000 × 20/30 = 666.67.
    assert [cents for _, cents in lines(life.invoices[-1])] == [-667]
    assert [item.price.id for item in life.now["items"].data] == [prices["pro_month"]]


def test_cancelling_at_once_can_give_the_rest_back(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    life.until(CHANGE)
    gone = life.api.subscriptions.cancel(life.id, {"prorate": True, "invoice_now": True})

    assert gone.status == "canceled"
    assert life.api.customers.retrieve(life.customer).balance == -800
