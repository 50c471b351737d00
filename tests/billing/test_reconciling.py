"""At night everything is compared: what no event told is repaired, and what belongs to nobody is named."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from apps.billing import stripe_gateway
from apps.billing.reconciling import Reconciliation, reconcile
from apps.households.models import Household
from apps.plans.models import Subscription
from tests.billing.paying import Payer
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def other(payer: Payer, other_household: Household) -> Payer:
    return Payer(payer.account, other_household, payer.person)


def test_nothing_to_compare(payer: Payer) -> None:
    assert reconcile() == Reconciliation(checked=0)


def test_a_subscription_of_which_no_event_came_is_found(payer: Payer, other: Payer) -> None:
    payer.buy("pro")
    other.subscribe("basic")
    assert payer.row.state == "trial"
    assert reconcile() == Reconciliation(checked=2, repaired=["ours"])
    assert (payer.row.state, payer.row.plan.code) == ("active", "pro")
    assert reconcile() == Reconciliation(checked=2)


def test_a_change_and_an_end_of_which_no_event_came_are_found(payer: Payer, other: Payer) -> None:
    payer.subscribe("pro")
    other.subscribe("basic")
    calls = payer.account.client.v1
    calls.subscriptions.cancel(payer.at_stripe.id)
    calls.subscriptions.update(other.at_stripe.id, {"cancel_at_period_end": True})
    assert sorted(reconcile().repaired) == ["ours", "theirs"]
    assert (payer.row.state, other.row.state, other.row.cancels_at) == ("ended", "active", other.row.period_ends_at)


def test_more_than_a_page_of_subscriptions_is_compared(payer: Payer, other: Payer) -> None:
    payer.subscribe("pro")
    other.buy("basic")
    calls = payer.account.client.v1
    price = other.at_stripe["items"].data[0].price.id
    stranger = calls.customers.create({"email": "stranger@example.com"})
    trial = {"customer": stranger.id, "items": [{"price": price}], "trial_period_days": 10}
    strange = [calls.subscriptions.create(trial) for _ in range(102)]
    # What nobody pays any more is no orphan.
    calls.subscriptions.cancel(strange.pop().id)
    found = reconcile()
    assert (found.checked, found.repaired) == (2, ["theirs"])
    assert sorted(found.orphans) == sorted(one.id for one in strange)


def test_who_owes_is_repaired_with_the_day(payer: Payer) -> None:
    start = 1_900_022_400
    clock = payer.account.start_clock(start)
    payer.subscribe("pro")
    payer.account.control("decline", customer=payer.customer)
    payer.account.advance(clock, start + 32 * 86400)
    assert reconcile().repaired == ["ours"]
    assert payer.row.state == "past_due"
    assert payer.row.past_due_since is not None
    assert int(payer.row.past_due_since.timestamp()) == start + 31 * 86400 + 3600


def test_what_is_not_understood_is_named_and_the_rest_goes_on(payer: Payer, other: Payer) -> None:
    payer.subscribe("pro")
    other.buy("basic")
    calls = payer.account.client.v1
    mug = calls.products.create({"name": "Mug"})
    price = calls.prices.create(
        {"product": mug.id, "currency": "usd", "unit_amount": 700, "recurring": {"interval": "month"}}
    )
    item = payer.at_stripe["items"].data[0].id
    calls.subscriptions.update(payer.at_stripe.id, {"items": [{"id": item, "price": price.id}]})
    found = reconcile()
    assert (found.failed, found.repaired) == (["ours"], ["theirs"])
    assert payer.row.plan.code == "pro"


def test_a_customer_that_stripe_does_not_know_is_named_and_the_rest_goes_on(payer: Payer, other: Payer) -> None:
    """As after an exchange of keys: it is of another account."""
    payer.subscribe("pro")
    Subscription.objects.filter(household=payer.household).update(customer_id="cus_of_another")
    other.buy("basic")
    found = reconcile()
    assert (found.checked, found.failed, found.repaired) == (2, ["ours"], ["theirs"])
    assert payer.row.state == "active"


def test_what_was_said_later_is_not_overwritten(payer: Payer) -> None:
    payer.subscribe("pro")
    Subscription.objects.update(as_of=timezone.now() + datetime.timedelta(hours=1))
    payer.account.client.v1.subscriptions.cancel(payer.at_stripe.id)
    assert reconcile().repaired == []
    assert payer.row.state == "active"


def test_two_subscriptions_of_one_customer_are_told_and_the_newer_one_counts(
    payer: Payer, caplog: pytest.LogCaptureFixture
) -> None:
    payer.subscribe("pro")
    calls = payer.account.client.v1
    first = payer.at_stripe
    price = calls.prices.list({"lookup_keys": ["family_month"]}).data[0].id
    start = {"customer": payer.customer, "items": [{"price": price}]}
    second = calls.subscriptions.create({**start, "default_payment_method": first.default_payment_method})
    stripe_gateway.refresh(payer.household)
    newest = max((first, second), key=lambda one: (one.created, one.id))
    assert payer.row.stripe_id == newest.id
    said = [
        one.msg for one in caplog.records if isinstance(one.msg, dict) and one.msg["event"] == "several_subscriptions"
    ]
    assert [set(one["subscriptions"]) for one in said] == [{first.id, second.id}]


def test_the_command_says_what_it_found(payer: Payer, capsys: pytest.CaptureFixture[str], settings: Settings) -> None:
    payer.buy("pro")
    call_command("reconcile_billing")
    assert capsys.readouterr().out == "1 households compared, 1 repaired.\n"
    settings.STRIPE_API_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="Stripe did not answer"):
        call_command("reconcile_billing")


def test_one_that_cannot_be_repaired_keeps_nobody_waiting(payer: Payer, other: Payer) -> None:
    payer.subscribe("pro")
    other.subscribe("basic")
    payer.account.client.v1.subscriptions.cancel(payer.at_stripe.id)
    other.account.client.v1.subscriptions.cancel(other.at_stripe.id)
    # There is nobody who could be told.
    payer.household.memberships.all().delete()
    found = reconcile()
    assert (found.checked, found.repaired, found.failed) == (2, ["theirs"], ["ours"])
    assert (payer.row.state, other.row.state) == ("active", "ended")
