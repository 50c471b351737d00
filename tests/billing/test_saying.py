"""How a plan stands in words: what is told, when, in whose days, and how loudly."""

import datetime
import zoneinfo
from typing import Any

import pytest

from apps.billing.saying import Said, said
from apps.plans.entitlements import Entitlements
from apps.plans.holding import end_of
from apps.plans.models import Plan, Subscription

UTC, NEW_YORK = zoneinfo.ZoneInfo("UTC"), zoneinfo.ZoneInfo("America/New_York")
NOW = datetime.datetime(2026, 11, 23, 15, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
PRO = Plan(name="Pro", rank=20)


def told(zone: zoneinfo.ZoneInfo = UTC, **fields: object) -> Said | None:
    return said(Entitlements(Subscription(plan=PRO, **fields), NOW), zone)


@pytest.mark.parametrize(
    ("days", "what", "tone"),
    [
        (14, "14 days left of the trial.", "info"),
        (4, "4 days left of the trial.", "info"),
        (3, "3 days left of the trial.", "warning"),
        (1, "The trial ends tomorrow.", "warning"),
        (0.1, "The trial ends today.", "warning"),
        (-1, "The trial of this household is over.", "warning"),
    ],
)
def test_a_trial_counts_down_and_becomes_louder(days: float, what: str, tone: str) -> None:
    found = told(trial_ends_at=NOW + days * DAY)
    assert found is not None
    assert (found.what, found.tone, found.deed) == (what, tone, "Choose a plan")


def test_days_are_the_households() -> None:
    ends_at = datetime.datetime(2026, 11, 28, 2, tzinfo=datetime.UTC)
    in_utc, in_new_york = told(trial_ends_at=ends_at), told(NEW_YORK, trial_ends_at=ends_at)
    assert in_utc is not None
    assert in_new_york is not None
    assert (in_utc.what, in_utc.then) == (
        "5 days left of the trial.",
        "It ends on 28 November 2026; nothing is charged.",
    )
    assert (in_new_york.what, in_new_york.then) == (
        "4 days left of the trial.",
        "It ends on 27 November 2026; nothing is charged.",
    )


def test_who_pays_and_goes_on_is_told_nothing() -> None:
    assert told(state="active", interval="month", period_ends_at=NOW + DAY) is None


def test_who_owes_is_told_until_when_everything_works() -> None:
    owed = {"state": "past_due", "interval": "month"}
    assert told(**owed, past_due_since=NOW - 4 * DAY) == Said(
        "The last payment failed.",
        "Everything goes on as before until 3 December 2026, so that it can be put right.",
        "Put it right",
        "error",
    )
    soon = told(**owed, past_due_since=NOW - 4 * DAY, cancels_at=NOW + 2 * DAY)
    assert soon is not None
    assert soon.then == "Everything goes on as before until 25 November 2026, so that it can be put right."
    late = told(**owed, past_due_since=NOW - 15 * DAY)
    assert late is not None
    assert (late.what, late.deed) == ("The last payments for this household failed.", "Put it right")
    assert late.then == "Everything can be read and exported, and nothing added or changed until they are paid."


def test_what_is_cancelled_has_its_date_and_may_be_kept() -> None:
    cancelled = {"state": "active", "interval": "month"}
    far, near = told(**cancelled, cancels_at=NOW + 20 * DAY), told(**cancelled, cancels_at=NOW + 2 * DAY)
    assert far is not None
    assert near is not None
    assert far.what == "The plan Pro is cancelled and ends on 13 December 2026."
    assert (far.deed, far.is_urgent, near.is_urgent) == ("Keep the plan", False, True)
    over = told(**cancelled, cancels_at=NOW - DAY)
    assert over is not None
    assert (over.what, over.deed) == ("The subscription of this household has ended.", "Choose a plan")


def test_a_present_is_told_if_it_has_an_end() -> None:
    present = Plan(pk=7, name="Family")
    assert told(comped_plan=present) == Said("The plan Family is a present of ours.", "Nothing is charged for it.")
    assert told(comped_plan=present, comped_until=NOW + 9 * DAY) == Said(
        "The plan Family is a present of ours until 2 December 2026.", "Nothing is charged for it."
    )


def test_a_present_does_not_hide_what_is_paid_beside_it() -> None:
    both = {"comped_plan": Plan(pk=7, name="Family", rank=30), "state": "active", "interval": "month"}
    goes_on, ends = told(**both), told(**both, cancels_at=NOW + 9 * DAY)
    assert goes_on is not None
    assert ends is not None
    assert goes_on.then.endswith("Beside it the household still pays for the plan Pro, until that is cancelled.")
    assert ends.then.endswith("The plan Pro that the household pays for is cancelled and ends on 2 December 2026.")


def test_who_is_suspended_has_nothing_to_choose() -> None:
    found = told(state="active", interval="month", suspended_at=NOW)
    assert found is not None
    assert (found.what, found.deed, found.tone) == ("This household is suspended.", "", "error")
    assert found.then.endswith("please write to us about the rest.")


def test_who_is_suspended_is_told_where_to_write(settings: Any) -> None:
    settings.SUPPORT_EMAIL = "help@wallet.example"
    found = told(state="active", interval="month", suspended_at=NOW)
    assert found is not None
    assert found.then.endswith("please write to help@wallet.example about the rest.")


@pytest.mark.parametrize("days", [0, 1, 5])
def test_what_ends_at_midnight_ends_on_the_day_before(days: int) -> None:
    """As the operator said it who gave it until the end of that day."""
    last = NOW.date() + days * DAY
    until = end_of(last, NEW_YORK)
    trial, present = (
        told(NEW_YORK, trial_ends_at=until),
        told(NEW_YORK, comped_plan=Plan(pk=7, name="Family"), comped_until=until),
    )
    assert trial is not None
    assert present is not None
    assert (
        trial.what == {0: "The trial ends today.", 1: "The trial ends tomorrow.", 5: "5 days left of the trial."}[days]
    )
    assert present.what == f"The plan Family is a present of ours until {last.day} November 2026."
