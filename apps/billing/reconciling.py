"""Compares all that we hold with all that Stripe has, and repairs what no event told us."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.utils import timezone

from apps.billing.deriving import living
from apps.billing.errors import BillingUnavailable, NotUnderstood
from apps.billing.refreshing import Fetched, accept, fetch, owed
from apps.billing.stripe_calls import all_of, api, asking
from apps.plans.models import Subscription

Json = dict[str, Any]
log = structlog.get_logger(__name__)


@dataclass
class Reconciliation:
    """What was found; public ids of households, and ids of Stripe's."""

    checked: int = 0
    repaired: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Stripe was away meanwhile, or says what we do not understand, or a fault of ours was in the way."""
    orphans: list[str] = field(default_factory=list)
    """Subscriptions that somebody pays, for no household."""


def reconcile() -> Reconciliation:
    """Every household that is a customer has what Stripe says. Raises BillingUnavailable if Stripe lists nothing."""
    as_of = timezone.now()
    with asking("all subscriptions"):
        listed = list(all_of(api().subscriptions.list({"status": "all", "limit": 100})))
    by_customer: dict[str, list[Json]] = defaultdict(list)
    for subscription in listed:
        by_customer[subscription["customer"]].append(subscription)
    result = Reconciliation()
    for held in Subscription.objects.exclude(customer_id="").select_related("household").iterator():
        _compare(held, by_customer.pop(held.customer_id, None), as_of, result)
    result.orphans = [one["id"] for subscriptions in by_customer.values() for one in living(subscriptions)]
    log.info(
        "billing_reconciled",
        checked=result.checked,
        repaired=result.repaired,
        failed=result.failed,
        orphans=result.orphans,
    )
    if result.orphans or result.failed:
        log.error("billing_not_reconciled", failed=result.failed, orphans=result.orphans)
    return result


def _compare(held: Subscription, listed: list[Json] | None, as_of: datetime.datetime, result: Reconciliation) -> None:
    result.checked += 1
    household = held.household
    try:
        # Who is in no list (a customer of a test clock, or one that never bought) is asked for by name.
        fetched = fetch(held.customer_id) if listed is None else Fetched(as_of, listed, owed(held.customer_id, listed))
        if accept(household, fetched):
            result.repaired.append(household.public_id)
    except NotUnderstood as why:
        log.warning("not_understood", household=household.public_id, reason=why.reason)
        result.failed.append(household.public_id)
    except BillingUnavailable:
        result.failed.append(household.public_id)
    except Exception:
        log.exception("not_compared", household=household.public_id)
        result.failed.append(household.public_id)
