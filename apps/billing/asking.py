"""What a person asks for on the pages of plans: a plan that is on sale, and how often they want to pay."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.billing.offers import Offer, asked_interval
from apps.households.requests import HouseholdRequest
from apps.plans.models import Plan, Subscription
from apps.plans.standing import Standing


def unless_suspended(view: Callable[[HouseholdRequest], HttpResponse]) -> Callable[[HouseholdRequest], HttpResponse]:
    """For what leads to a payment: while a household is suspended it would pay for nothing. Its plan's page says so."""

    @wraps(view)
    def checked(request: HouseholdRequest) -> HttpResponse:
        if request.household.entitlements.standing == Standing.SUSPENDED:
            return redirect("billing:plan")
        return view(request)

    return checked


def asked_offer(request: HttpRequest) -> Offer | None:
    """The plan and the interval that a form or an address names; None if there is no such plan on sale."""
    asked = request.POST if request.method == "POST" else request.GET
    plan = Plan.called(asked.get("plan", ""))
    return Offer(plan, asked_interval(asked.get("interval"))) if plan and plan.is_offered else None


def has_it(subscription: Subscription, offer: Offer) -> bool:
    """Whether the offer is what is paid for already."""
    return has_plan(subscription, offer.plan) and subscription.interval == offer.interval


def has_plan(subscription: Subscription, plan: Plan) -> bool:
    """Whether the plan is paid for already, by the month or by the year."""
    return subscription.is_paying and subscription.plan_id == plan.pk
