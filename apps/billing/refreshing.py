"""Our row says what Stripe says now. The one way in which it changes: after a deed, by a webhook, at night.

Always by asking anew, never from what an event tells: so it does not matter which events come, when, or how often.
"""

import datetime
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from apps.billing.deriving import derive, is_owing, living
from apps.billing.following import follow
from apps.billing.stripe_calls import all_of, api, asking
from apps.households.models import Household
from apps.plans import subscribing
from apps.plans.models import Plan, Subscription

Json = dict[str, Any]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Fetched:
    """What Stripe said of a customer."""

    as_of: datetime.datetime
    """Before it was asked, so that what is said later is never taken for older."""
    subscriptions: list[Json]
    open_invoices: list[Json]


def refresh(household: Household) -> list[str]:
    """Our row says what Stripe says now. Returns the kinds of change (`plans.SubscriptionChange.Kind`).

    A household that was never a customer stays as it is. Raises BillingUnavailable.
    """
    customer_id = Subscription.objects.values_list("customer_id", flat=True).get(household=household)
    return accept(household, fetch(customer_id)) if customer_id else []


def fetch(customer_id: str) -> Fetched:
    as_of = timezone.now()
    with asking("subscriptions"):
        listed = api().subscriptions.list({"customer": customer_id, "status": "all", "limit": 100})
        subscriptions = list(all_of(listed))
    return Fetched(as_of, subscriptions, owed(customer_id, subscriptions))


def owed(customer_id: str, subscriptions: list[Json]) -> list[Json]:
    """The customer's invoices that are not paid; asked for only if a subscription says that there are some."""
    if not any(is_owing(one) for one in subscriptions):
        return []
    with asking("open invoices"):
        return list(all_of(api().invoices.list({"customer": customer_id, "status": "open", "limit": 100})))


def accept(household: Household, fetched: Fetched) -> list[str]:
    """Makes our row say what was fetched, unless something later was. Raises NotUnderstood."""
    alive = living(fetched.subscriptions)
    if len(alive) > 1:
        log.error("several_subscriptions", household=household.public_id, subscriptions=[one["id"] for one in alive])
    snapshot = derive(fetched.subscriptions, fetched.open_invoices, plans=list(Plan.objects.all()), as_of=fetched.as_of)
    if snapshot is None:
        return []
    with transaction.atomic():
        kinds = subscribing.apply(household, snapshot)
        follow(household.pk, kinds)
    # What the object remembers is of before.
    household.__dict__.pop("entitlements", None)
    household.subscription = Subscription.objects.select_related("plan").get(household=household)
    return kinds
