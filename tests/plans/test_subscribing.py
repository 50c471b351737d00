"""What the payment provider says becomes our row, once, and is told."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from apps.audit.models import AuditEvent
from apps.households.models import Household
from apps.plans import subscribing
from apps.plans.models import Plan, Subscription, SubscriptionChange
from apps.plans.subscribing import Snapshot
from tests.planes import both_planes

pytestmark = both_planes
T0 = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)


def day(number: int) -> datetime.datetime:
    return T0 + datetime.timedelta(days=number)


def said(at: int, plan: str = "basic", state: str = "active", interval: str = "month", **more: Any) -> Snapshot:
    return Snapshot(
        as_of=day(at), plan=Plan.objects.get(code=plan), state=state, interval=interval, stripe_id="sub_1", **more
    )


@pytest.fixture
def ours(household: Household) -> Household:
    """On trial, as a new household is."""
    Subscription.objects.filter(household=household).update(comped_plan=None)
    SubscriptionChange.objects.filter(household=household).delete()
    return household


def held(household: Household) -> Subscription:
    return Subscription.objects.get(household=household)


def test_a_life_is_told_in_its_steps(ours: Household) -> None:
    life = [
        (said(1), ["began"]),
        (said(2, period_ends_at=day(32)), []),
        (said(3, "pro"), ["plan_changed"]),
        (said(4, "pro", interval="year"), ["plan_changed"]),
        (said(5, "pro", interval="year", cancels_at=day(365)), ["cancelled"]),
        (said(6, "pro", interval="year"), ["resumed"]),
        (said(7, "pro", "past_due", "year", past_due_since=day(7)), ["payment_failed"]),
        (said(8, "pro", "past_due", "year", past_due_since=day(7)), []),
        (said(8, "pro", interval="year"), ["recovered"]),
        (said(9, "basic", "past_due", past_due_since=day(9)), ["plan_changed", "payment_failed"]),
        (said(10, "basic", "ended", ended_at=day(10)), ["ended"]),
        (said(11, "family"), ["came_back"]),
    ]
    assert [subscribing.apply(ours, snapshot) for snapshot, _ in life] == [kinds for _, kinds in life]
    told = SubscriptionChange.objects.filter(household=ours)
    assert [change.kind for change in told] == [kind for _, kinds in life for kind in kinds]
    assert [change.at for change in told][:3] == [day(1), day(3), day(4)]
    assert held(ours).began_paying_at == day(1)


def test_what_each_step_brings_a_month_is_kept_with_it(ours: Household) -> None:
    for snapshot in (said(1), said(2, "pro", interval="year"), said(3, "pro", "ended", "year", ended_at=day(3))):
        subscribing.apply(ours, snapshot)
    steps = SubscriptionChange.objects.filter(household=ours).values_list("kind", "a_month_before", "a_month")
    assert list(steps) == [
        ("began", Decimal(0), Decimal(5)),
        ("plan_changed", Decimal(5), Decimal(10)),
        ("ended", Decimal(10), Decimal(0)),
    ]


def test_each_step_is_in_the_audit_log_of_the_household(ours: Household) -> None:
    subscribing.apply(ours, said(1, "pro", interval="year"))
    event = AuditEvent.objects.filter(action="billing.subscription_changed").get()
    assert (event.household_id, event.details) == (
        ours.pk,
        {"kind": "began to pay", "plan": "Pro", "interval": "year"},
    )


def test_what_was_said_earlier_changes_nothing_and_twice_is_once(ours: Household) -> None:
    assert subscribing.apply(ours, said(5, "pro")) == ["began"]
    assert subscribing.apply(ours, said(4, "basic", "ended", ended_at=day(4))) == []
    assert subscribing.apply(ours, said(5, "pro")) == []
    now = held(ours)
    assert (now.plan.code, now.state, now.as_of) == ("pro", "active", day(5))
    assert SubscriptionChange.objects.filter(household=ours).count() == 1


def test_a_first_payment_that_never_came_is_no_coming_back(ours: Household) -> None:
    assert subscribing.apply(ours, said(1, "basic", "ended", ended_at=day(1))) == []
    assert subscribing.apply(ours, said(2)) == ["began"]


def test_what_a_year_brings_a_month_is_rounded_to_the_cent() -> None:
    plan = Plan(monthly_price=Decimal(5), yearly_price=Decimal(50))
    assert (plan.a_month("year"), plan.a_month("month")) == (Decimal("4.17"), Decimal(5))
    assert Plan(monthly_price=None, yearly_price=None).a_month("month") == 0
    assert Subscription(plan=plan, interval="month", state="trial").a_month == 0
    assert Subscription(plan=plan, interval="month", state="past_due").a_month == 5
