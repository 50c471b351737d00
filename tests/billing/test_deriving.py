"""What a household has is a pure function of what Stripe says: no state of before, no order of events."""

import datetime
from typing import Any

import pytest

from apps.billing.deriving import derive, living
from apps.billing.errors import NotUnderstood
from apps.plans.models import Plan
from apps.plans.subscribing import Snapshot

AS_OF = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
DAY = 86400
PLANS = [
    Plan(code="basic", name="Basic", rank=10, monthly_price_id="price_bm", yearly_price_id="price_by"),
    Plan(code="pro", name="Pro", rank=20, monthly_price_id="price_pm", yearly_price_id="price_py"),
    Plan(code="trial", name="Trial", rank=0),
]
BASIC, PRO, _ = PLANS


def at(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def price(price_id: str = "price_bm", *, plan: str = "", interval: str = "month", count: int = 1) -> dict[str, Any]:
    return {
        "id": price_id,
        "metadata": {"plan": plan} if plan else {},
        "recurring": {"interval": interval, "interval_count": count},
    }


def subscription(status: str = "active", **more: Any) -> dict[str, Any]:
    return {
        "id": "sub_1",
        "status": status,
        "created": 100 * DAY,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "ended_at": None,
        "items": {"data": [item(more.pop("price", price()))]},
        **more,
    }


def item(of: dict[str, Any]) -> dict[str, Any]:
    return {"price": of, "current_period_start": 100 * DAY, "current_period_end": 130 * DAY}


def invoice(of: str = "sub_1", *, finalized_at: int | None, attempted: bool = True) -> dict[str, Any]:
    return {
        "created": 99 * DAY,
        "attempted": attempted,
        "status_transitions": {"finalized_at": finalized_at},
        "parent": {"subscription_details": {"subscription": of}},
    }


def derived(*subscriptions: dict[str, Any], owed: tuple[dict[str, Any], ...] = ()) -> Snapshot | None:
    return derive(subscriptions, owed, plans=PLANS, as_of=AS_OF)


@pytest.mark.parametrize("status", ["active", "trialing"])
def test_who_pays_has_the_plan_until_the_end_of_the_item_s_period(status: str) -> None:
    assert derived(subscription(status)) == Snapshot(
        AS_OF, BASIC, "active", "month", "sub_1", period_ends_at=at(130 * DAY), began_at=at(100 * DAY)
    )


@pytest.mark.parametrize("status", ["past_due", "unpaid"])
def test_who_owes_does_so_since_the_oldest_invoice_that_was_asked_for(status: str) -> None:
    owed = (
        invoice(finalized_at=131 * DAY),
        invoice(finalized_at=101 * DAY),
        invoice(finalized_at=90 * DAY, attempted=False),
        invoice("sub_other", finalized_at=80 * DAY),
    )
    found = derived(subscription(status), owed=owed)
    assert found is not None
    assert (found.state, found.past_due_since) == ("past_due", at(101 * DAY))


def test_what_is_owed_and_was_paid_between_the_two_questions_counts_from_the_period() -> None:
    found = derived(subscription("past_due"))
    assert found is not None
    assert found.past_due_since == at(100 * DAY)


@pytest.mark.parametrize(
    ("how", "cancels_at"),
    [
        ({"cancel_at_period_end": True}, 130 * DAY),
        ({"cancel_at_period_end": True, "cancel_at": 130 * DAY}, 130 * DAY),
        ({"cancel_at": 115 * DAY}, 115 * DAY),
    ],
)
def test_a_cancellation_says_when(how: dict[str, Any], cancels_at: int) -> None:
    found = derived(subscription(**how))
    assert found is not None
    assert (found.state, found.cancels_at) == ("active", at(cancels_at))


def test_what_has_ended_says_when_and_of_which_plan() -> None:
    over = subscription("canceled", ended_at=120 * DAY, cancel_at=120 * DAY, price=price("price_py", interval="year"))
    assert derived(over) == Snapshot(
        AS_OF, PRO, "ended", "year", "sub_1", ended_at=at(120 * DAY), began_at=at(100 * DAY)
    )


def test_a_trial_of_stripe_s_that_ended_without_a_card_is_an_end() -> None:
    assert derived(subscription("paused")) == Snapshot(
        AS_OF, BASIC, "ended", "month", "sub_1", ended_at=at(130 * DAY), began_at=at(100 * DAY)
    )


def test_beside_a_trial_that_is_paused_counts_what_is_paid_or_ended_after_it() -> None:
    paused = subscription("paused", id="sub_paused", created=100 * DAY)
    paid = subscription("active", id="sub_paid", created=90 * DAY)
    earlier = subscription("canceled", id="sub_earlier", created=50 * DAY, ended_at=60 * DAY)
    later = subscription("canceled", id="sub_later", created=110 * DAY, ended_at=120 * DAY)
    for others, counts in (([paid], "sub_paid"), ([earlier], "sub_paused"), ([later, earlier], "sub_later")):
        for order in ([paused, *others], [*others, paused]):
            assert [found.stripe_id for found in [derived(*order)] if found] == [counts]
    # Whoever has nothing else may buy a plan.
    assert living([paused, paid]) == [paid]


@pytest.mark.parametrize("status", ["incomplete", "incomplete_expired"])
def test_what_never_began_is_nothing(status: str) -> None:
    assert derived(subscription(status)) is None
    assert derived() is None
    before = subscription("canceled", id="sub_0", ended_at=50 * DAY)
    found = derived(before, subscription(status))
    assert found is not None
    assert (found.stripe_id, found.state) == ("sub_0", "ended")


def test_the_newest_that_lives_counts_and_then_the_one_that_ended_last() -> None:
    older = subscription(id="sub_old", created=90 * DAY, price=price("price_pm"))
    newer = subscription("past_due", id="sub_new", created=95 * DAY)
    later = subscription("canceled", id="sub_later", created=99 * DAY, ended_at=99 * DAY)
    earlier = subscription("canceled", id="sub_earlier", created=99 * DAY, ended_at=98 * DAY)
    for order in ([older, newer, later, earlier], [earlier, later, newer, older]):
        assert [found.stripe_id for found in [derived(*order)] if found] == ["sub_new"]
    for ends in ([later, earlier], [earlier, later]):
        assert [found.stripe_id for found in [derived(*ends)] if found] == ["sub_later"]


def test_the_first_time_of_all_is_known_however_often_one_came_back() -> None:
    first = subscription("canceled", id="sub_first", created=50 * DAY, ended_at=60 * DAY)
    never = subscription("incomplete_expired", id="sub_never", created=40 * DAY)
    found = derived(subscription(), first, never)
    assert found is not None
    assert (found.stripe_id, found.began_at) == ("sub_1", at(50 * DAY))


def test_a_price_of_before_the_last_change_of_prices_is_known_by_its_plan() -> None:
    found = derived(subscription(price=price("price_of_2025", plan="pro", interval="year")))
    assert found is not None
    assert (found.plan, found.interval) == (PRO, "year")


def test_beside_what_is_no_plan_of_ours_the_plan_is_found() -> None:
    both = subscription()
    both["items"]["data"].insert(0, item(price("price_of_a_mug")))
    found = derived(both)
    assert found is not None
    assert found.plan == BASIC


@pytest.mark.parametrize(
    "unknown",
    [
        price("price_of_a_mug"),
        price("price_x", plan="enterprise"),
        price("price_x", plan="pro", interval="week"),
        price("price_x", plan="pro", count=3),
        price("", plan=""),
        {"id": "price_once", "metadata": None, "recurring": None},
    ],
)
def test_a_price_of_nobody_s_is_never_guessed(unknown: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood) as refused:
        derived(subscription(price=unknown))
    assert refused.value.reason == "Subscription sub_1 has no price of ours."


def test_a_state_that_is_new_to_us_is_never_guessed() -> None:
    with pytest.raises(NotUnderstood) as refused:
        derived(subscription("frozen"))
    assert refused.value.reason == "Subscription sub_1 has a state that we do not know."
