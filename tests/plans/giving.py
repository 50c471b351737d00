"""Plans for tests: what a household has is given by hand, as an operator does it."""

from django.utils import timezone

from apps.households.models import Household
from apps.plans.comping import comp
from apps.plans.features import Feature
from apps.plans.models import Flag, Plan, Subscription


def give_plan(household: Household, code: str, **limits: int | None) -> Plan:
    """The household has the plan as a present of ours; `limits` change the plan itself, for all who have it."""
    Plan.objects.filter(code=code).update(**limits)
    plan = Plan.objects.get(code=code)
    # A limit counts where its feature is on, too.
    for name, limit in ((Feature.MULTIPLE_ACCOUNTS, "account_limit"), (Feature.FAMILY_SHARING, "seat_limit")):
        if limit in limits:
            Flag.objects.get(name=name).plans.add(plan)
    Subscription.objects.filter(household=household).update(comped_plan=plan, comped_until=None)
    return plan


def give_family(household: Household) -> None:
    """The largest plan for good, by the operators' own deed."""
    family = Plan.objects.get(code="family")
    comp(household, family, reason="A household of the tests.", actor="tests", now=timezone.now())
