"""The standing that PostgreSQL computes for a set is the one that Python computes for a row."""

import datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.households.models import Household
from apps.plans.models import Plan, Subscription
from apps.plans.standing import GRACE, Standing, in_force, plan_in_force, standing, standing_in_sql
from tests.planes import both_planes

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
_MOMENTS = st.sampled_from(
    [NOW + offset for step in (datetime.timedelta(0), GRACE) for sign in (-1, 1) for tick in (-1, 0, 1)
     for offset in [sign * step + datetime.timedelta(microseconds=tick)]]
)  # fmt: skip
_MAYBE = st.none() | _MOMENTS


@both_planes
@settings(max_examples=200)
@given(
    state=st.sampled_from(Subscription.State.values),
    trial_ends_at=_MOMENTS,
    cancels_at=_MAYBE,
    past_due_since=_MOMENTS,
    present=st.sampled_from(["", "basic", "pro", "family"]),
    comped_until=_MAYBE,
    suspended_at=_MAYBE,
)
@example("past_due", NOW, None, NOW - GRACE, "", None, None)
@example("past_due", NOW, None, NOW, "", None, None)
@example("past_due", NOW, None, NOW - GRACE, "basic", None, None)
def test_both_say_the_same(
    household: Household,
    state: str,
    trial_ends_at: datetime.datetime,
    cancels_at: datetime.datetime | None,
    past_due_since: datetime.datetime,
    present: str,
    comped_until: datetime.datetime | None,
    suspended_at: datetime.datetime | None,
) -> None:
    rows = Subscription.objects.filter(household=household)
    rows.update(
        state=state,
        interval="month",
        trial_ends_at=trial_ends_at,
        cancels_at=cancels_at,
        past_due_since=past_due_since if state == "past_due" else None,
        plan=Plan.objects.get(code="pro"),
        comped_plan=Plan.objects.filter(code=present).first(),
        comped_until=comped_until if present else None,
        suspended_at=suspended_at,
    )
    found = rows.annotate(standing=standing_in_sql(NOW)).get()
    assert Standing(found.standing) == standing(found, NOW)
    having = [plan for plan in Plan.objects.all() if rows.filter(in_force(plan, NOW)).exists()]
    assert having == [plan_in_force(found, NOW)]
