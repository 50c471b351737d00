"""Households in every standing, as the payment provider's word or the time would have brought them there."""

import datetime

from django.utils import timezone

from apps.households.models import Household
from apps.plans.models import Plan, Subscription

DAY = datetime.timedelta(days=1)
NOTHING: dict[str, object] = {
    "comped_plan": None,
    "comped_until": None,
    "suspended_at": None,
    "cancels_at": None,
    "past_due_since": None,
    "ended_at": None,
    "interval": "",
}


def stands(household: Household, **fields: object) -> None:
    """The household's row says this, and nothing that it said before."""
    if code := fields.pop("code", ""):
        fields["plan"] = Plan.objects.get(code=code)
    Subscription.objects.filter(household=household).update(**(NOTHING | fields))


def on_trial(household: Household, *, days: float) -> None:
    """So many days before its end; negative: after it."""
    stands(household, code="trial", state="trial", trial_ends_at=timezone.now() + days * DAY)


def pays(household: Household, code: str = "pro", interval: str = "month", **more: object) -> None:
    stands(
        household,
        code=code,
        state="active",
        interval=interval,
        period_ends_at=timezone.now() + 20 * DAY,
        began_paying_at=timezone.now() - 10 * DAY,
        **more,
    )


def owes(household: Household, *, days: float) -> None:
    """Since so many days."""
    pays(household)
    Subscription.objects.filter(household=household).update(
        state="past_due", past_due_since=timezone.now() - days * DAY
    )


def has_ended(household: Household) -> None:
    stands(household, code="pro", state="ended", ended_at=timezone.now() - DAY)
