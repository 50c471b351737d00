"""The household's plan: how it stands, what it has, and what of that is used."""

from django.http import HttpResponse
from django.shortcuts import render

from apps.billing.offers import Offer
from apps.billing.saying import day, said
from apps.billing.using import uses
from apps.households.models import Household
from apps.households.requests import HouseholdRequest
from apps.households.rules import VIEWER, allow
from apps.plans.models import Subscription
from apps.plans.standing import Standing

State = Subscription.State
# Beside the plan's name; what else there is to say stands above it.
TAGS = {
    Standing.ACTIVE: "paid",
    Standing.GRACE: "to be paid",
    Standing.COMPED: "our present",
    Standing.READ_ONLY: "read-only",
    Standing.SUSPENDED: "read-only",
}


@allow(get=VIEWER)
def plan(request: HouseholdRequest) -> HttpResponse:
    household = request.household
    entitlements, subscription = household.entitlements, household.subscription
    is_paid = subscription.is_paying
    context = {
        "plan": entitlements.plan,
        "subscription": subscription,
        "standing": entitlements.standing,
        "tag": "cancelled" if is_paid and subscription.cancels_at else TAGS.get(entitlements.standing, ""),
        "said": said(entitlements, household.zone),
        "offer": Offer.held(subscription) if is_paid else None,
        "is_paid": is_paid,
        "is_owed": subscription.state == State.PAST_DUE,
        "uses": uses(household),
        "next_payment": _next_payment(household) if is_paid else "",
        "owner": None if request.membership.is_owner else household.owner,
    }
    return render(request, "billing/plan.html", context)


def _next_payment(household: Household) -> str:
    """The day of it; empty if there will be none."""
    subscription = household.subscription
    is_due = subscription.state == State.ACTIVE and not subscription.cancels_at and subscription.period_ends_at
    return day(subscription.period_ends_at, household.zone) if is_due else ""
