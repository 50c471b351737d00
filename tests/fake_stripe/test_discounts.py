"""Coupons and promotion codes on the invoices of a subscription."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.fake_stripe.test_lives import Life, moment
from tests.stripe import Account


@pytest.fixture
def life(account: Account) -> Life:
    return Life(account, begin=moment(2026, 4, 1))


@pytest.mark.parametrize(
    ("coupon", "paid"),
    [
        ({"percent_off": 25, "duration": "once"}, [900, 1200, 1200, 1200]),
        ({"percent_off": 25, "duration": "forever"}, [900, 900, 900, 900]),
        ({"percent_off": 33.3, "duration": "repeating", "duration_in_months": 2}, [800, 800, 1200, 1200]),
        (
            {"amount_off": 500, "currency": "usd", "duration": "repeating", "duration_in_months": 3},
            [700, 700, 700, 1200],
        ),
        ({"amount_off": 5000, "currency": "usd", "duration": "once"}, [0, 1200, 1200, 1200]),
    ],
)
def test_a_coupon_lasts_as_long_as_it_says(
    life: Life, prices: dict[str, str], coupon: dict[str, Any], paid: list[int]
) -> None:
    made = life.api.coupons.create(coupon)
    life.subscribe(prices["pro_month"], discounts=[{"coupon": made.id}])
    life.until(moment(2026, 7, 2))

    # 33.3 % of 1200 are 399.6, so 400.
    assert [invoice.amount_paid for invoice in life.invoices] == paid
    assert life.api.coupons.retrieve(made.id).times_redeemed == 1


def test_an_invoice_tells_which_discount_took_how_much(life: Life, prices: dict[str, str]) -> None:
    coupon = life.api.coupons.create({"percent_off": 25, "duration": "forever", "id": "QUARTER"})
    subscription = life.subscribe(prices["pro_month"], discounts=[{"coupon": coupon.id}])
    invoice = life.api.invoices.retrieve(
        subscription.latest_invoice, {"expand": ["discounts", "discounts.source.coupon"]}
    )

    assert invoice.discounts[0].source.coupon.percent_off == 25
    assert invoice.total_discount_amounts[0].to_dict() == {"amount": 300, "discount": subscription.discounts[0]}
    assert invoice.lines.data[0].discount_amounts[0].amount == 300
    assert (invoice.lines.data[0].amount, invoice.subtotal, invoice.total) == (1200, 1200, 900)


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ({"restrictions": {"minimum_amount": 1500, "minimum_amount_currency": "usd"}}, "order is too small"),
        ({"restrictions": {"first_time_transaction": True}}, "prior transactions"),
        ({"expires_at": moment(2026, 4, 2)}, "expired"),
        ({"active": False}, "expired"),
    ],
)
def test_a_promotion_code_keeps_its_rules(
    life: Life, prices: dict[str, str], code: dict[str, Any], refusal: str
) -> None:
    life.subscribe(prices["basic_month"])
    life.until(moment(2026, 4, 3))
    coupon = life.api.coupons.create({"percent_off": 25})
    promo = life.api.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, **code})
    with pytest.raises(stripe.InvalidRequestError, match=refusal):
        life.subscribe(prices["pro_month"], discounts=[{"promotion_code": promo.id}])


def test_a_code_is_found_by_what_people_type_and_can_be_switched_off(account: Account) -> None:
    api = account.client.v1
    coupon = api.coupons.create({"percent_off": 25, "name": "Spring"})
    promo = api.promotion_codes.create({"code": "SPRING", "promotion": {"type": "coupon", "coupon": coupon.id}})
    with pytest.raises(stripe.InvalidRequestError, match="`code: spring` already exists"):
        api.promotion_codes.create({"code": "spring", "promotion": {"type": "coupon", "coupon": coupon.id}})

    assert [one.id for one in api.promotion_codes.list({"code": "spring", "active": True}).data] == [promo.id]
    assert api.promotion_codes.update(promo.id, {"active": False}).active is False
    assert api.promotion_codes.list({"code": "SPRING", "active": True}).data == []


def test_a_deleted_coupon_stays_with_those_who_have_it(life: Life, prices: dict[str, str]) -> None:
    coupon = life.api.coupons.create({"percent_off": 25, "duration": "forever"})
    life.subscribe(prices["pro_month"], discounts=[{"coupon": coupon.id}])
    assert life.api.coupons.delete(coupon.id).deleted is True
    life.until(moment(2026, 5, 2))

    assert [invoice.amount_paid for invoice in life.invoices] == [900, 900]
    with pytest.raises(stripe.InvalidRequestError, match="No such coupon"):
        life.subscribe(prices["pro_month"], discounts=[{"coupon": coupon.id}])
    with pytest.raises(stripe.InvalidRequestError, match="No such coupon"):
        life.api.coupons.retrieve(coupon.id)
    assert life.api.coupons.list().data == []
    shown = life.api.subscriptions.retrieve(life.id, {"expand": ["discounts.source.coupon"]})
    assert shown.discounts[0].source.coupon.percent_off == 25


def test_a_discount_is_given_later_and_taken_away(life: Life, prices: dict[str, str]) -> None:
    coupon = life.api.coupons.create({"percent_off": 25, "duration": "forever"})
    life.subscribe(prices["pro_month"])
    life.api.subscriptions.update(life.id, {"discounts": [{"coupon": coupon.id}]})
    life.until(moment(2026, 5, 2))
    life.api.subscriptions.update(life.id, {"discounts": ""})
    life.until(moment(2026, 6, 2))

    assert [invoice.amount_paid for invoice in life.invoices] == [1200, 900, 1200]
    assert [event.type for event in life.events("customer.discount.created", "customer.discount.deleted")] == [
        "customer.discount.created",
        "customer.discount.deleted",
    ]


def test_a_coupon_is_either_percent_or_amount(account: Account) -> None:
    for wrong in ({}, {"percent_off": 10, "amount_off": 5, "currency": "usd"}, {"percent_off": 120}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            account.client.v1.coupons.create(wrong)  # type: ignore[arg-type]
        assert refused.value.param == "percent_off"


def test_what_is_shared_among_lines_takes_from_none_more_than_it_has(account: Account) -> None:
    api = account.client.v1
    prices = [
        api.prices.create(
            {"currency": "usd", "unit_amount": cents, "recurring": {"interval": "month"}, "product_data": {"name": "X"}}
        ).id
        for cents in (500, 500, 1, 0)
    ]
    off = api.coupons.create({"amount_off": 1000, "currency": "usd", "duration": "once"}).id
    made = api.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": price, "quantity": 1} for price in prices],
            "discounts": [{"coupon": off}],
            "success_url": "http://127.0.0.1:1/",
        }
    )
    totals = [item.amount_total for item in api.checkout.sessions.line_items.list(made.id).data]

    assert made.amount_total == sum(totals) == 1
    assert min(totals) >= 0
