"""From the choice of a plan to the payment provider's page, and back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from apps.audit.actions import Action
from apps.billing import stripe_gateway
from apps.billing.asking import asked_offer, has_it, has_plan, unless_suspended
from apps.billing.offers import Offer, asked_interval, offers
from apps.billing.orders import ordered
from apps.billing.seeing_other import SeeOther
from apps.billing.shrinking import shrinking
from apps.households.answers import did, refusal
from apps.households.models import Household
from apps.households.requests import HouseholdRequest
from apps.households.rules import OWNER, VIEWER, allow


@allow(get=VIEWER)
@unless_suspended
def choose(request: HouseholdRequest) -> HttpResponse:
    """The plans side by side. Everybody may compare them; the owner chooses."""
    household, subscription = request.household, request.household.subscription
    interval = asked_interval(request.GET.get("interval") or subscription.interval)
    context = {
        "interval": interval,
        "cards": [_card(household, offer) for offer in offers(interval)],
        "is_paying": subscription.is_paying,
        "owner": None if request.membership.is_owner else household.owner,
    }
    return render(request, "billing/choose.html", context)


@allow(post=OWNER, when_read_only=True)
@unless_suspended
def checkout(request: HouseholdRequest) -> HttpResponse:
    """On to the payment provider's page. Asked twice, and paid twice, it is still one subscription."""
    offer = asked_offer(request)
    if offer is None:
        messages.info(request, "Please choose one of these plans.")
        return redirect("billing:choose")
    return to_payment(request, offer)


def to_payment(request: HouseholdRequest, offer: Offer) -> HttpResponse:
    pages: list[str] = []

    def ask() -> None:
        pages.append(_checkout_url(request, offer))

    if not did(request, lambda: ordered(request, Action.PAYMENT_BEGAN, offer, ask)):
        return redirect("billing:plan")
    return SeeOther(pages[0])


@allow(get=OWNER)
def back(request: HouseholdRequest) -> HttpResponse:
    """Where the payment provider leads to after the payment: what is true by now is asked for, not believed."""
    trouble = refusal(lambda: stripe_gateway.refresh(request.household))
    subscription = request.household.subscription
    if not subscription.is_paying:
        return render(request, "billing/waiting.html", {"trouble": trouble})
    messages.success(request, f"Thank you! This household has the plan {subscription.plan} now.")
    plan = reverse("billing:plan")
    return HttpResponseClientRedirect(plan) if request.htmx else redirect(plan)


def _card(household: Household, offer: Offer) -> dict[str, object]:
    subscription = household.subscription
    is_ours, is_same = has_it(subscription, offer), has_plan(subscription, offer.plan)
    return {
        "offer": Offer.held(subscription) if is_ours else offer,
        "is_ours": is_ours,
        "is_other_interval": is_same and not is_ours,
        "is_over": not is_same and shrinking(household, offer.plan).is_over,
    }


def _checkout_url(request: HouseholdRequest, offer: Offer) -> str:
    return stripe_gateway.checkout_url(
        request.household,
        person=request.user,
        plan=offer.plan,
        interval=offer.interval,
        success_url=request.build_absolute_uri(reverse("billing:return")),
        cancel_url=request.build_absolute_uri(reverse("billing:choose", query={"interval": offer.interval})),
    )
