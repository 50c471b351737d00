"""What a household's people ask of its plan, in its audit log: what became of it, the payment provider says."""

from collections.abc import Callable

from apps.audit.actions import Action
from apps.audit.events import record
from apps.billing.errors import NotHeardYet
from apps.billing.offers import Offer
from apps.households.requests import HouseholdRequest
from apps.plans.models import Interval


def ordered(
    request: HouseholdRequest, action: Action, offer: Offer, deed: Callable[[], object], *, is_new: bool = True
) -> None:
    """Does at Stripe what somebody asked for, and notes who it was unless nothing was new about it.

    It is noted, too, where Stripe did it and does not say yet what came of it. Raises what the deed raises.
    """
    not_heard: NotHeardYet | None = None
    try:
        deed()
    except NotHeardYet as not_yet:
        not_heard = not_yet
    if is_new:
        record(
            action,
            actor=request.user,
            household=request.household,
            request=request,
            plan=offer.plan.name,
            interval=Interval(offer.interval).label,
        )
    if not_heard:
        raise not_heard
