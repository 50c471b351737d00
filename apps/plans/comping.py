"""Giving a household a plan as a present of ours, and taking it back.

A present brings nothing and costs the household nothing, so no SubscriptionChange tells of it; the audit log does.
"""

import datetime

from django.http import HttpRequest

from apps.audit.actions import Action
from apps.audit.events import record
from apps.audit.reasons import given
from apps.plans.holding import DoesNotFit, HouseholdWithDays, held, until_when
from apps.plans.models import Plan
from apps.users.models import User


def comp(
    household: HouseholdWithDays,
    plan: Plan,
    *,
    until: datetime.datetime | None = None,
    reason: str,
    actor: User | str,
    now: datetime.datetime,
    request: HttpRequest | None = None,
) -> None:
    """The household has the plan, until then or for good, in place of an earlier present.

    What it pays at the provider it goes on paying; as long as that is a larger plan, it has that.
    Raises ReasonMissing and DoesNotFit.
    """
    why = given(reason)
    if plan.code == Plan.TRIAL:
        raise DoesNotFit("A trial is no present: extend it, or choose one of the other plans.")
    if until is not None and until <= now:
        raise DoesNotFit("That day is over. Choose a later one, or give the plan for good.")
    with held(household) as subscription:
        words = until_when(until, household.zone)
        if subscription.is_comped(now) and (subscription.comped_plan, subscription.comped_until) == (plan, until):
            raise DoesNotFit(f"The household has {plan} {words} already.")
        subscription.comped_plan, subscription.comped_until = plan, until
        subscription.save(update_fields=["comped_plan", "comped_until"])
        record(
            Action.PLAN_COMPED,
            actor=actor,
            household=household,
            request=request,
            plan=plan.name,
            until=words,
            reason=why,
        )


def end_comp(
    household: HouseholdWithDays,
    *,
    reason: str,
    actor: User | str,
    now: datetime.datetime,
    request: HttpRequest | None = None,
) -> None:
    """From now on the household has what it pays for, or what is left of its trial.

    Raises ReasonMissing and DoesNotFit.
    """
    why = given(reason)
    with held(household) as subscription:
        if not subscription.is_comped(now):
            raise DoesNotFit("The household has no present of ours, or had it until now.")
        plan = str(subscription.comped_plan)
        subscription.comped_plan = subscription.comped_until = None
        subscription.save(update_fields=["comped_plan", "comped_until"])
        record(Action.PLAN_COMP_ENDED, actor=actor, household=household, request=request, plan=plan, reason=why)
