"""How a household stands at a moment, to the microsecond at which that changes."""

import datetime
from typing import Any

import pytest

from apps.plans.models import Plan, Subscription
from apps.plans.standing import GRACE, Standing, standing, why_read_only

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
JUST_BEFORE = NOW - datetime.timedelta(microseconds=1)
LATER = NOW + datetime.timedelta(days=1)
TRIAL, BASIC, PRO = (Plan(pk=rank, rank=rank, code=code) for rank, code in enumerate(("trial", "basic", "pro")))


def held(**fields: Any) -> Subscription:
    return Subscription(**{"plan": PRO, "state": "active", "interval": "month", "trial_ends_at": NOW} | fields)


@pytest.mark.parametrize(
    ("fields", "before", "after"),
    [
        ({"state": "trial", "plan": TRIAL}, Standing.TRIAL, Standing.READ_ONLY),
        ({}, Standing.ACTIVE, Standing.ACTIVE),
        ({"period_ends_at": NOW}, Standing.ACTIVE, Standing.ACTIVE),
        ({"cancels_at": NOW}, Standing.ACTIVE, Standing.READ_ONLY),
        ({"state": "past_due", "past_due_since": NOW - GRACE}, Standing.GRACE, Standing.READ_ONLY),
        (
            {"state": "past_due", "past_due_since": NOW - GRACE, "cancels_at": LATER},
            Standing.GRACE,
            Standing.READ_ONLY,
        ),
        ({"state": "past_due", "past_due_since": NOW, "cancels_at": NOW}, Standing.GRACE, Standing.READ_ONLY),
        ({"state": "ended", "ended_at": NOW}, Standing.READ_ONLY, Standing.READ_ONLY),
        ({"comped_plan": PRO, "comped_until": NOW}, Standing.COMPED, Standing.ACTIVE),
        ({"comped_plan": PRO, "comped_until": NOW, "state": "ended"}, Standing.COMPED, Standing.READ_ONLY),
        ({"comped_plan": PRO, "state": "ended"}, Standing.COMPED, Standing.COMPED),
        # Who pays for more than we gave has what they pay for, and the present once that is over.
        ({"comped_plan": BASIC}, Standing.ACTIVE, Standing.ACTIVE),
        ({"comped_plan": BASIC, "cancels_at": NOW}, Standing.ACTIVE, Standing.COMPED),
        ({"comped_plan": BASIC, "state": "past_due", "past_due_since": NOW - GRACE}, Standing.GRACE, Standing.COMPED),
        ({"comped_plan": BASIC, "state": "trial", "trial_ends_at": LATER}, Standing.COMPED, Standing.COMPED),
        ({"comped_plan": PRO, "plan": BASIC}, Standing.COMPED, Standing.COMPED),
        ({"comped_plan": PRO, "suspended_at": LATER}, Standing.SUSPENDED, Standing.SUSPENDED),
        ({"state": "trial", "trial_ends_at": LATER, "suspended_at": NOW}, Standing.SUSPENDED, Standing.SUSPENDED),
    ],
)
def test_what_it_is_just_before_and_at_the_moment(fields: dict[str, Any], before: Standing, after: Standing) -> None:
    assert (standing(held(**fields), JUST_BEFORE), standing(held(**fields), NOW)) == (before, after)


def test_everything_can_be_changed_but_where_it_is_over_or_suspended() -> None:
    closed = {one for one in Standing if not one.may_write}
    assert closed == {Standing.READ_ONLY, Standing.SUSPENDED}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "trial"}, "The trial of this household is over. You can read and export everything; to add"),
        ({"state": "ended"}, "The subscription of this household has ended. You can read and export everything; to"),
        ({"cancels_at": NOW}, "The subscription of this household has ended."),
        (
            {"state": "past_due", "past_due_since": NOW},
            (
                "The last payments for this household failed. You can read and export everything; to add or change "
                "something, its owner pays what is owed."
            ),
        ),
        ({"state": "ended", "past_due_since": NOW}, "The subscription of this household has ended."),
        ({"state": "trial", "suspended_at": NOW}, "This household is suspended. You can read and export everything;"),
    ],
)
def test_whoever_may_not_change_anything_is_told_why(fields: dict[str, Any], sentence: str) -> None:
    assert why_read_only(held(**fields)).startswith(sentence)
