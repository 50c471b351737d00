"""A longer trial for a household that had no time to look."""

import datetime

from django.http import HttpRequest

from apps.audit.actions import Action
from apps.audit.events import record
from apps.audit.reasons import given
from apps.plans.holding import DoesNotFit, HouseholdWithDays, held, last_day, until_when
from apps.plans.models import Subscription
from apps.users.models import User

LONGEST = datetime.timedelta(days=90)
"""From the day on which it is extended; whoever is to have more is given a plan."""


def extend_trial(
    household: HouseholdWithDays,
    *,
    until: datetime.datetime,
    reason: str,
    actor: User | str,
    now: datetime.datetime,
    request: HttpRequest | None = None,
) -> None:
    """The trial goes on until then, also one that is over; its rows stay what they were.

    Raises ReasonMissing and DoesNotFit.
    """
    why = given(reason)
    with held(household) as subscription:
        if subscription.state != Subscription.State.TRIAL:
            raise DoesNotFit("The household is not on trial: it chose a plan.")
        if until <= max(now, subscription.trial_ends_at):
            over = "was" if subscription.trial_ends_at <= now else "goes on"
            ends = last_day(subscription.trial_ends_at, household.zone)
            raise DoesNotFit(f"The trial {over} until {ends}. Choose a later day that is still to come.")
        if until > now + LONGEST:
            raise DoesNotFit(f"A trial goes on for {LONGEST.days} days at most. For longer, give the household a plan.")
        subscription.trial_ends_at = until
        subscription.save(update_fields=["trial_ends_at"])
        record(
            Action.TRIAL_EXTENDED,
            actor=actor,
            household=household,
            request=request,
            until=until_when(until, household.zone),
            reason=why,
        )
