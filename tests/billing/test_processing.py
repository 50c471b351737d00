"""What is done about an event: at most once, again after a failure, and never about what is not ours."""

import datetime
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from djstripe.models import APIKey, Event
from djstripe.models import Subscription as Copy
from pytest_django import Settings

from apps.billing import processing, tasks
from apps.billing.models import BillingEvent
from apps.households.models import Household, Membership
from apps.plans.models import Subscription
from tests.billing.paying import Payer, events, send, tell
from tests.billing.test_webhook import EVENT, broken, logged
from tests.planes import both_planes
from tests.users.mails import mails_to

pytestmark = both_planes


def told(payer: Payer, kind: str) -> dict[str, Any]:
    """The last event of that kind."""
    return [event for event in events(payer.account, payer.customer) if event["type"] == kind][-1]


def make_due(event: BillingEvent) -> None:
    BillingEvent.objects.filter(pk=event.pk).update(next_attempt_at=timezone.now())


def test_an_event_makes_our_row_say_what_stripe_says(payer: Payer) -> None:
    payer.buy("pro", "year")
    assert payer.row.state == "trial"
    done = tell(told(payer, "customer.subscription.created"))
    assert (done.state, done.reason, done.attempt_count, done.payload) == ("done", "", 1, {})
    row, at_stripe = payer.row, payer.at_stripe
    assert (row.state, row.plan.code, row.interval, row.stripe_id) == ("active", "pro", "year", at_stripe.id)
    period_end = at_stripe["items"].data[0].current_period_end
    assert row.period_ends_at == datetime.datetime.fromtimestamp(period_end, datetime.UTC)


def test_the_household_may_write_as_soon_as_the_event_is_done(payer: Payer) -> None:
    Subscription.objects.update(trial_ends_at=timezone.now() - datetime.timedelta(days=1))
    assert not Household.objects.get(public_id="ours").entitlements.may_write
    payer.buy("basic")
    tell(told(payer, "checkout.session.completed"))
    entitlements = Household.objects.get(public_id="ours").entitlements
    assert (entitlements.may_write, entitlements.limit("accounts"), entitlements.standing) == (True, 1, "active")


def test_dj_stripe_has_a_copy_of_the_event_and_of_what_it_is_about_and_never_the_key(payer: Payer) -> None:
    payer.buy()
    event = told(payer, "customer.subscription.created")
    tell(event)
    assert list(Event.objects.values_list("id", flat=True)) == [event["id"]]
    assert Copy.objects.get().stripe_data["status"] == "active"
    assert not APIKey.objects.exists()


def test_done_is_done(payer: Payer) -> None:
    payer.buy()
    event = told(payer, "customer.subscription.created")
    tell(event)
    Subscription.objects.update(state="trial", as_of=None)
    assert tell(event).attempt_count == 1
    assert payer.row.state == "trial"


def test_what_two_jobs_were_sent_for_is_done_by_one(payer: Payer) -> None:
    payer.buy()
    send(told(payer, "customer.subscription.created"))
    event = BillingEvent.objects.get()
    BillingEvent.objects.update(next_attempt_at=timezone.now() + datetime.timedelta(seconds=30))
    processing.process(event.pk)
    event.refresh_from_db()
    assert (event.state, event.attempt_count, payer.row.state) == ("received", 0, "trial")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"account": "acct_of_somebody"}, "It is of another account."),
        ({"livemode": True}, "It is of test money, or of real money where ours is not."),
        ({}, "No household is that customer."),
        (
            {"data": {"object": {"object": "subscription", "id": "sub_1", "customer": None}}},
            "No household is that customer.",
        ),
    ],
)
def test_what_is_not_ours_is_parked(
    change: dict[str, Any], reason: str, held: Subscription, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    parked = tell(broken(**change))
    assert (parked.state, parked.reason, parked.payload["id"]) == ("parked", reason, "evt_1")
    assert [one["reason"] for one in logged(caplog, "webhook_parked")] == [reason]
    assert Subscription.objects.get(pk=held.pk).state == "trial"


def test_test_money_is_nothing_to_an_installation_of_real_money(held: Subscription, settings: Settings) -> None:
    settings.STRIPE_LIVE_MODE = True
    assert tell(EVENT).reason == "It is of test money, or of real money where ours is not."


def test_a_price_of_nobody_s_is_parked_and_changes_nothing(payer: Payer) -> None:
    payer.subscribe("basic")
    calls = payer.account.client.v1
    mug = calls.prices.create(
        {
            "product": calls.products.create({"name": "Mug"}).id,
            "currency": "usd",
            "unit_amount": 700,
            "recurring": {"interval": "month"},
        }
    )
    calls.subscriptions.update(
        payer.at_stripe.id, {"items": [{"id": payer.at_stripe["items"].data[0].id, "price": mug.id}]}
    )
    parked = tell(told(payer, "customer.subscription.updated"))
    assert (parked.state, parked.reason) == ("parked", f"Subscription {payer.at_stripe.id} has no price of ours.")
    assert (payer.row.state, payer.row.plan.code) == ("active", "basic")


def test_what_is_not_about_subscriptions_is_done_without_asking(held: Subscription, settings: Settings) -> None:
    settings.STRIPE_API_URL = "http://127.0.0.1:9"
    assert tell(broken(type="payment_method.attached")).state == "done"


def test_while_stripe_is_away_the_event_waits_and_is_tried_again(payer: Payer, settings: Settings) -> None:
    payer.buy()
    event, there = told(payer, "customer.subscription.created"), settings.STRIPE_API_URL
    settings.STRIPE_API_URL = "http://127.0.0.1:9"
    before = timezone.now()
    waits = tell(event)
    assert (waits.state, waits.attempt_count, payer.row.state) == ("received", 1, "trial")
    assert waits.next_attempt_at >= before + processing.FIRST_WAIT
    assert processing.due() == []
    settings.STRIPE_API_URL = there
    make_due(waits)
    assert processing.due() == [waits.pk]
    processing.process(waits.pk)
    assert (payer.row.state, processing.due()) == ("active", [])


def test_the_sweep_sends_what_is_due_and_the_night_compares_all(
    payer: Payer, jobs_sent: list[int], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    payer.buy()
    send(told(payer, "customer.subscription.created"))
    with (
        django_capture_on_commit_callbacks(using="default", execute=True),
        django_capture_on_commit_callbacks(using="households", execute=True),
    ):
        tasks.sweep()
    assert jobs_sent == [BillingEvent.objects.get().pk]
    tasks.reconcile()
    assert payer.row.state == "active"


def test_what_fails_too_often_is_parked(payer: Payer, settings: Settings) -> None:
    customer = payer.customer
    settings.STRIPE_API_URL = "http://127.0.0.1:9"
    send(broken(data={"object": {"object": "subscription", "id": "sub_1", "customer": customer}}))
    event = BillingEvent.objects.get()
    waits = []
    for _ in range(processing.ATTEMPTS):
        make_due(event)
        now = timezone.now()
        processing.process(event.pk)
        event.refresh_from_db()
        assert event.state == "received"
        waits.append(round((event.next_attempt_at - now) / processing.FIRST_WAIT))
    assert waits == [2**attempt for attempt in range(processing.ATTEMPTS)]
    make_due(event)
    processing.process(event.pk)
    event.refresh_from_db()
    assert (event.state, event.attempt_count, event.reason) == (
        "parked",
        processing.ATTEMPTS,
        "Failed too often; the log says how.",
    )


def test_if_what_follows_a_change_fails_nothing_has_changed_and_it_is_tried_again(payer: Payer) -> None:
    """The owner who is to be told of a cancellation is not there for a moment."""
    payer.subscribe("family")
    calls = payer.account.client.v1
    calls.subscriptions.update(payer.at_stripe.id, {"cancel_at_period_end": True})
    send(told(payer, "customer.subscription.updated"))
    event, owner = BillingEvent.objects.get(), Membership.objects.filter(household=payer.household)
    owner.update(role="member")
    with pytest.raises(Membership.DoesNotExist):
        processing.process(event.pk)
    assert (payer.row.cancels_at, mails_to("ours@example.com")) == (None, [])
    owner.update(role="owner")
    make_due(event)
    processing.process(event.pk)
    event.refresh_from_db()
    assert (event.state, event.attempt_count) == ("done", 2)
    assert payer.row.cancels_at == payer.row.period_ends_at
    assert [sent.subject for sent in mails_to("ours@example.com")] == [
        "Your subscription of Maxwell’s Wallet is cancelled"
    ]


def test_what_was_done_a_season_ago_is_forgotten_and_what_waits_for_somebody_is_not(payer: Payer) -> None:
    payer.buy()
    done = tell(told(payer, "customer.subscription.created"))
    parked = tell(EVENT)
    processing.forget(timezone.now() + datetime.timedelta(days=89))
    assert (BillingEvent.objects.count(), Event.objects.count()) == (2, 1)
    processing.forget(timezone.now() + datetime.timedelta(days=91))
    assert list(BillingEvent.objects.values_list("event_id", flat=True)) == [parked.event_id]
    assert not Event.objects.filter(id=done.event_id).exists()
    assert Copy.objects.exists()
