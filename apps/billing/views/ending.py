"""The end of a plan, and its taking back."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from apps.audit.actions import Action
from apps.billing import stripe_gateway
from apps.billing.offers import Offer
from apps.billing.orders import ordered
from apps.billing.saying import day
from apps.households.answers import did
from apps.households.asking import ask
from apps.households.models import Household
from apps.households.requests import HouseholdRequest
from apps.households.rules import OWNER, allow
from apps.plans.models import Subscription


@allow(get=OWNER, post=OWNER, when_read_only=True)
def cancel(request: HouseholdRequest) -> HttpResponse:
    """Asks once, and has the plan end with the time that is paid."""
    household, subscription = request.household, request.household.subscription
    if not subscription.is_paying:
        messages.info(request, "There is no paid plan that could be cancelled.")
        return redirect("billing:plan")
    if request.method == "GET":
        return ask(
            request,
            f"Cancel the plan {subscription.plan}?",
            told=f"{_until_then(subscription, household)} {_afterwards(household)} Nothing is deleted. Until then you "
            "can take this back, and later you can come back at any time.",
            button="Cancel the plan",
            no="Keep it",
            back=reverse("billing:plan"),
        )
    offer, is_new = Offer.held(subscription), subscription.cancels_at is None
    cancelling = partial(stripe_gateway.cancel, household)
    if did(request, lambda: ordered(request, Action.CANCEL_ORDERED, offer, cancelling, is_new=is_new)):
        beyond = "beyond the payment that is still open" if _owes(household.subscription) else "more"
        messages.success(request, f"The plan is cancelled, and nothing {beyond} is charged.")
    return redirect("billing:plan")


def _until_then(subscription: Subscription, household: Household) -> str:
    ends_at = subscription.period_ends_at
    until = f" until {day(ends_at, household.zone)}" if ends_at else ""
    if _owes(subscription):
        return f"It goes on{until}. The payment that failed stays open, and the card may be tried again for it."
    return f"It is paid{until}, and so long everything works as it does now."


def _owes(subscription: Subscription) -> bool:
    return subscription.state == Subscription.State.PAST_DUE


@allow(post=OWNER, when_read_only=True)
def resume(request: HouseholdRequest) -> HttpResponse:
    subscription = request.household.subscription
    offer, is_new = Offer.held(subscription), subscription.cancels_at is not None
    resuming = partial(stripe_gateway.resume, request.household)
    if did(request, lambda: ordered(request, Action.RESUME_ORDERED, offer, resuming, is_new=is_new)):
        messages.success(request, "The plan goes on as before.")
    return redirect("billing:plan")


def _afterwards(household: Household) -> str:
    subscription = household.subscription
    if subscription.is_comped(subscription.period_ends_at or household.entitlements.now):
        return f"After that you have the plan {subscription.comped_plan}, which is our present."
    return "After that everything can still be read and exported, but nothing added or changed."
