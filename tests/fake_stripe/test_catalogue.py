"""Products and prices, and what all calls have in common: pages, expansion, idempotency, errors."""

from __future__ import annotations

import pytest
import requests
import stripe

from tests.fake_stripe.contract import check_answer
from tests.stripe import Account


def test_prices_are_found_by_their_lookup_keys(account: Account, prices: dict[str, str]) -> None:
    found = account.client.v1.prices.list({"lookup_keys": ["pro_month", "family_year"], "expand": ["data.product"]})

    assert {price.lookup_key: price.unit_amount for price in found.data} == {"pro_month": 1200, "family_year": 20000}
    assert {price.product.metadata["plan"] for price in found.data} == {"pro", "family"}
    assert {price.id for price in found.data} == {prices["pro_month"], prices["family_year"]}


def test_a_lookup_key_names_one_price_and_is_handed_over_on_demand(account: Account, prices: dict[str, str]) -> None:
    product = account.client.v1.prices.retrieve(prices["pro_month"]).product
    wanted = {"product": product, "currency": "usd", "unit_amount": 1500, "lookup_key": "pro_month"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.client.v1.prices.create(wanted)
    dearer = account.client.v1.prices.create({**wanted, "transfer_lookup_key": True})

    assert refused.value.param == "lookup_key"
    assert account.client.v1.prices.list({"lookup_keys": ["pro_month"]}).data[0].id == dearer.id
    assert account.client.v1.prices.retrieve(prices["pro_month"]).lookup_key is None


def test_metadata_is_merged_and_an_empty_value_removes_its_key(account: Account) -> None:
    product = account.client.v1.products.create({"name": "Pro", "metadata": {"plan": "pro", "old": "yes"}})
    changed = account.client.v1.products.update(product.id, {"metadata": {"old": "", "new": "1"}})

    assert changed.metadata.to_dict() == {"plan": "pro", "new": "1"}


def test_a_product_with_prices_stays_and_one_without_goes(account: Account, prices: dict[str, str]) -> None:
    sold = account.client.v1.prices.retrieve(prices["pro_month"]).product
    with pytest.raises(stripe.InvalidRequestError):
        account.client.v1.products.delete(sold)
    unsold = account.client.v1.products.create({"name": "Never sold"})

    assert account.client.v1.products.delete(unsold.id).deleted is True
    assert len(account.client.v1.products.list().data) == 3


def test_lists_are_paged_from_the_newest(account: Account) -> None:
    made = [account.client.v1.customers.create({"email": f"{number}@example.com"}).id for number in range(5)]
    first = account.client.v1.customers.list({"limit": 2})
    second = account.client.v1.customers.list({"limit": 2, "starting_after": first.data[-1].id})
    back = account.client.v1.customers.list({"limit": 2, "ending_before": second.data[0].id})

    assert [one.id for one in first.data] == [made[4], made[3]]
    assert [one.id for one in second.data] == [made[2], made[1]]
    assert [one.id for one in back.data] == [made[4], made[3]]
    assert (first.has_more, second.has_more, back.has_more) == (True, True, False)
    assert [one.id for one in account.client.v1.customers.list({"limit": 2}).auto_paging_iter()] == made[::-1]


def test_the_same_idempotency_key_is_the_same_call(account: Account) -> None:
    options = {"idempotency_key": "once"}
    first = account.client.v1.customers.create({"email": "a@example.com"}, options)
    second = account.client.v1.customers.create({"email": "a@example.com"}, options)

    assert second.id == first.id
    assert len(account.client.v1.customers.list().data) == 1
    with pytest.raises(stripe.IdempotencyError):
        account.client.v1.customers.create({"email": "b@example.com"}, options)


def test_a_decline_is_remembered_under_its_key_and_a_mistake_is_not(account: Account) -> None:
    api, options = account.client.v1, {"idempotency_key": "once"}
    customer = api.customers.create({"email": "a@example.com"}).id
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            api.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": customer}, options)
        seen = refused.value.headers
    assert seen["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.InvalidRequestError):
        api.customers.create({"balance": "much"}, {"idempotency_key": "twice"})  # type: ignore[typeddict-item]
    assert api.customers.create({"balance": 5}, {"idempotency_key": "twice"}).balance == 5
    with pytest.raises(stripe.IdempotencyError):
        api.products.create({"name": "Pro"}, {"idempotency_key": "twice"})


def test_an_id_of_one_s_own_may_hold_any_letters(account: Account) -> None:
    made = account.client.v1.coupons.create({"id": "10 % / für dich", "percent_off": 10})

    assert account.client.v1.coupons.retrieve(made.id).percent_off == 10
    assert account.client.v1.coupons.delete(made.id).deleted is True


def test_what_is_not_there_is_404_in_an_address_and_400_in_a_parameter(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError) as absent:
        account.client.v1.customers.retrieve("cus_nobody")
    with pytest.raises(stripe.InvalidRequestError) as named:
        account.client.v1.subscriptions.create({"customer": "cus_nobody", "items": [{"price": "price_x"}]})

    assert (absent.value.http_status, absent.value.code) == (404, "resource_missing")
    assert str(absent.value.user_message) == "No such customer: 'cus_nobody'"
    assert (named.value.http_status, named.value.code, named.value.param) == (400, "resource_missing", "customer")


def test_a_parameter_that_is_not_known_is_refused_and_nothing_is_done(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.client.v1.customers.create({"email": "a@example.com", "colour": {"of": "hair"}})  # type: ignore[typeddict-unknown-key]

    assert (refused.value.code, refused.value.param) == ("parameter_unknown", "colour")
    assert account.client.v1.customers.list().data == []
    assert account.client.v1.events.list().data == []


def test_a_missing_parameter_and_an_impossible_expansion_say_which(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError) as missing:
        account.client.v1.prices.create({"currency": "usd", "unit_amount": 5})
    account.client.v1.customers.create({"email": "a@example.com"})
    with pytest.raises(stripe.InvalidRequestError) as expansion:
        account.client.v1.customers.list({"expand": ["data.shoes"]})

    assert (missing.value.code, missing.value.param) == ("parameter_missing", "product")
    assert expansion.value.user_message == "This property cannot be expanded (data.shoes)."


def test_an_address_that_the_fake_does_not_know_says_so(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.client.v1.tax_rates.list()

    assert refused.value.http_status == 404
    assert "The fake does not know it" in str(refused.value)


def test_a_customer_that_was_deleted_is_still_known_as_deleted(account: Account, prices: dict[str, str]) -> None:
    customer = account.client.v1.customers.create({"email": "a@example.com", "payment_method": "pm_card_visa"})
    card = account.client.v1.customers.payment_methods.list(customer.id).data[0].id
    bought = account.client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": prices["pro_month"]}], "default_payment_method": card}
    )
    account.client.v1.customers.delete(customer.id)

    assert account.client.v1.customers.retrieve(customer.id).deleted is True
    assert account.client.v1.customers.list().data == []
    assert account.client.v1.subscriptions.retrieve(bought.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        account.client.v1.customers.update(customer.id, {"name": "Again"})


def test_lists_are_narrowed_by_time_and_kind(account: Account) -> None:
    api = account.client.v1
    made = api.customers.create({"email": "a@example.com"})
    api.products.create({"name": "Pro"})

    assert [one.id for one in api.customers.list({"created": {"gte": made.created, "lte": made.created}}).data] == [
        made.id
    ]
    assert api.customers.list({"created": {"gt": made.created}}).data == []
    assert api.customers.list({"created": {"lt": made.created}}).data == []
    assert [one.id for one in api.customers.list({"created": made.created}).data] == [made.id]
    assert [one.type for one in api.events.list({"types": ["product.created"]}).data] == ["product.created"]
    assert [one.type for one in api.events.list({"type": "customer.*"}).data] == ["customer.created"]


def test_what_stripe_shows_only_when_asked(account: Account, prices: dict[str, str]) -> None:
    api = account.client.v1
    coupon = api.coupons.create({"percent_off": 10, "duration": "forever"}).id
    customer = api.customers.create({"email": "a@example.com"}, {"idempotency_key": "x"})
    trial = {"customer": customer.id, "items": [{"price": prices["pro_month"]}], "trial_period_days": 10}
    subscription = api.subscriptions.create(trial)  # type: ignore[arg-type]
    shown = api.customers.retrieve(customer.id, {"expand": ["subscriptions", "sources", "tax_ids"]})

    assert "subscriptions" not in customer
    assert [one.id for one in shown.subscriptions.data] == [subscription.id]
    assert (shown.sources.data, shown.tax_ids.data) == ([], [])
    assert "applies_to" not in api.coupons.retrieve(coupon, {"expand": ["applies_to", "currency_options"]})
    product = api.prices.retrieve(prices["pro_month"], {"expand": ["product", "tiers", "currency_options"]}).product
    assert api.products.features.list(product.id).data == []
    with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
        api.customers.retrieve(customer.id, {"expand": ["a.b.c.d.e"]})


@pytest.mark.parametrize(
    "body",
    [
        "metadata=x",
        "metadata[a][b]=c",
        "address=x",
        "email[x]=y",
        "email[]=y",
        "balance=much",
        "0=1",
        "=1",
        "[]=1",
        "a[b=1",
        "expand=subscriptions",
        "email=a&email[b]=c",
        "tax_exempt=perhaps",
        "invoice_settings[default_payment_method]=pm_x",
    ],
)
def test_odd_parameters_are_refused_and_do_no_harm(account: Account, body: str) -> None:
    headers = {"Authorization": f"Bearer {account.key}", "Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(f"{account.address}/v1/customers", body, headers=headers, timeout=30)

    assert answer.status_code == 400
    assert check_answer(answer.json()) == ["error"]
    assert account.client.v1.customers.list().data == []


def test_metadata_may_have_numbers_for_keys(account: Account) -> None:
    made = account.client.v1.customers.create({"metadata": {"0": "a", "7": "b"}})

    assert made.metadata.to_dict() == {"0": "a", "7": "b"}
