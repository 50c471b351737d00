"""Another plan: what it costs and what it has no room for is shown, and exactly that is done."""

from collections.abc import Collection
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.audit.actions import Action
from apps.billing import stripe_gateway
from apps.billing.asking import asked_offer, has_it, has_plan, unless_suspended
from apps.billing.errors import PreviewTooOld
from apps.billing.offers import Offer
from apps.billing.orders import ordered
from apps.billing.saying import day
from apps.billing.shrinking import choices, shrinking
from apps.billing.stripe_gateway import ChangePreview
from apps.billing.views.buying import to_payment
from apps.core.errors import ExpectedError
from apps.households.answers import did, numbers, refusal
from apps.households.requests import HouseholdRequest
from apps.households.rules import OWNER, allow
from apps.ledger import freezing
from apps.plans.entitlements import Limited


@allow(get=OWNER, post=OWNER, when_read_only=True)
@unless_suspended
def change(request: HouseholdRequest) -> HttpResponse:
    """Who pays nothing yet is told what there is no room for, and goes on to the payment provider's page."""
    offer = asked_offer(request)
    if offer is None:
        messages.info(request, "Please choose one of these plans.")
        return redirect("billing:choose")
    if has_it(request.household.subscription, offer):
        messages.info(request, f"This household has the plan {offer.plan} already.")
        return redirect("billing:plan")
    if request.method == "GET":
        return _show(request, offer)
    kept = numbers(request.POST.getlist("keep"))
    limit = request.household.entitlements.under(offer.plan).limit(Limited.ACCOUNTS)
    if limit is not None and (trouble := refusal(lambda: freezing.among_accounts(kept, limit))):
        return _show(request, offer, kept=kept, trouble=trouble)
    # Stripe is asked first: nobody waits for accounts that are held while it answers.
    answer = _change(request, offer) if request.household.subscription.is_paying else to_payment(request, offer)
    _keep(request, kept, limit)
    return answer


def _show(
    request: HouseholdRequest, offer: Offer, *, kept: Collection[int] | None = None, trouble: str = ""
) -> HttpResponse:
    household, subscription = request.household, request.household.subscription
    # Who only pays in another rhythm loses nothing by it.
    too_much = None if has_plan(subscription, offer.plan) else shrinking(household, offer.plan)
    context: dict[str, object] = {
        "offer": offer,
        "is_same_plan": too_much is None,
        "shrinking": too_much,
        "accounts": choices(too_much.account_limit, kept) if too_much and too_much.accounts else [],
        "trouble": trouble,
    }
    if subscription.is_paying:
        previews: list[ChangePreview] = []
        if not did(request, lambda: previews.append(_preview(request, offer))):
            return redirect("billing:plan")
        context |= {
            "now_has": Offer.held(subscription),
            "preview": previews[0],
            "next_day": day(previews[0].next_at, household.zone),
        }
    return render(request, "billing/change.html", context, status=422 if trouble else 200)


def _keep(request: HouseholdRequest, kept: Collection[int], limit: int | None) -> None:
    """Remembers which accounts stay in use where the plan has no room for all, and fits them to what it has now. The
    job does that, too; here it is seen at once."""
    if kept and limit is not None:
        did(request, lambda: freezing.choose(kept, limit))
    else:
        did(request, lambda: freezing.fit_accounts(request.household.entitlements.limit(Limited.ACCOUNTS)))


def _change(request: HouseholdRequest, offer: Offer) -> HttpResponse:
    try:
        changing = partial(stripe_gateway.change_plan, request.household, token=request.POST.get("shown", ""))
        ordered(request, Action.CHANGE_ORDERED, offer, changing)
    except PreviewTooOld as too_old:
        messages.warning(request, str(too_old))
        return redirect(reverse("billing:change", query={"plan": offer.plan.code, "interval": offer.interval}))
    except ExpectedError as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"This household has the plan {request.household.subscription.plan} now.")
    return redirect("billing:plan")


def _preview(request: HouseholdRequest, offer: Offer) -> ChangePreview:
    return stripe_gateway.preview_change(request.household, plan=offer.plan, interval=offer.interval)
