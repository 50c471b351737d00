"""What a household has, from what Stripe says of its customer: a pure function, whatever came before."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from apps.billing.errors import NotUnderstood
from apps.plans.models import Interval, Plan, Subscription
from apps.plans.subscribing import Snapshot

State = Subscription.State
Json = dict[str, Any]

# https://docs.stripe.com/api/subscriptions/object#subscription_object-status
_LIVING = {
    "trialing": State.ACTIVE,  # a trial that an operator gave at Stripe
    "active": State.ACTIVE,
    "past_due": State.PAST_DUE,
    "unpaid": State.PAST_DUE,
}
# Of these the second is a trial of Stripe's that ended without a card: it may go on, and keeps nobody from a plan.
_OVER = {"canceled", "paused"}
_NEVER_BEGAN = {"incomplete", "incomplete_expired"}


def living(subscriptions: Iterable[Json]) -> list[Json]:
    """Those that have begun and not ended, the newest first."""
    return sorted(
        (one for one in subscriptions if one["status"] in _LIVING),
        key=lambda one: (one["created"], one["id"]),
        reverse=True,
    )


def is_owing(subscription: Json) -> bool:
    return _LIVING.get(subscription["status"]) == State.PAST_DUE


def derive(
    subscriptions: Sequence[Json], open_invoices: Iterable[Json], *, plans: Sequence[Plan], as_of: datetime.datetime
) -> Snapshot | None:
    """What all subscriptions of one customer, and the invoices that it owes, come to; None if it never had any.

    The newest living one counts, or the one that ended last. Raises NotUnderstood.
    """
    for one in subscriptions:
        if one["status"] not in {*_LIVING, *_OVER, *_NEVER_BEGAN}:
            raise NotUnderstood(f"Subscription {one['id']} has a state that we do not know.")
    begun = [one for one in subscriptions if one["status"] not in _NEVER_BEGAN]
    if not begun:
        return None
    # What is paused has no end of its own; it is later than what ended before it began.
    last_ended = max(begun, key=lambda one: (one["ended_at"] or one["created"], one["id"]))
    snapshot = _snapshot(next(iter(living(begun)), last_ended), open_invoices, plans, as_of)
    return replace(snapshot, began_at=moment(min(one["created"] for one in begun)))


def item_of(subscription: Json, plans: Iterable[Plan]) -> tuple[Json, Plan, str]:
    """The subscription's item that is one of our plans, the plan, and how often it is paid. Raises NotUnderstood."""
    by_price = {
        price_id: (plan, str(interval))
        for plan in plans
        for interval in Interval
        if (price_id := plan.price_id(interval))
    }
    by_code = {plan.code: plan for plan in plans}
    for item in subscription["items"]["data"]:
        price = item["price"]
        if price["id"] in by_price:
            return item, *by_price[price["id"]]
        # A price of before the last change of prices; whoever has it keeps it.
        plan = by_code.get((price["metadata"] or {}).get("plan", ""))
        recurring = price["recurring"] or {}
        if plan and recurring.get("interval") in Interval.values and recurring.get("interval_count") == 1:
            return item, plan, recurring["interval"]
    raise NotUnderstood(f"Subscription {subscription['id']} has no price of ours.")


def _snapshot(
    subscription: Json, open_invoices: Iterable[Json], plans: Iterable[Plan], as_of: datetime.datetime
) -> Snapshot:
    item, plan, interval = item_of(subscription, plans)
    state = _LIVING.get(subscription["status"], State.ENDED)
    # On the item since Stripe's versions of 2025.
    period_end = item["current_period_end"]
    if state == State.ENDED:
        ended_at = moment(subscription["ended_at"] or period_end)
        return Snapshot(as_of, plan, state, interval, subscription["id"], ended_at=ended_at)
    cancels_at = subscription["cancel_at"] or (period_end if subscription["cancel_at_period_end"] else None)
    return Snapshot(
        as_of,
        plan,
        state,
        interval,
        subscription["id"],
        period_ends_at=moment(period_end),
        cancels_at=moment(cancels_at),
        past_due_since=moment(_owed_since(subscription, item, open_invoices)) if state == State.PAST_DUE else None,
        price=_price(item["price"]),
    )


def _price(price: Json) -> Decimal | None:
    """In USD, without coupons; None for a price of several steps."""
    cents = price.get("unit_amount")
    return None if cents is None else Decimal(cents) / 100


def _owed_since(subscription: Json, item: Json, open_invoices: Iterable[Json]) -> int:
    """When the oldest invoice that is still owed was first asked for. Paid meanwhile: when the period began."""
    asked = [
        one["status_transitions"]["finalized_at"] or one["created"]
        for one in open_invoices
        if one["attempted"] and _subscription_of(one) == subscription["id"]
    ]
    return min(asked, default=item["current_period_start"])


def _subscription_of(invoice: Json) -> str | None:
    details = (invoice["parent"] or {}).get("subscription_details") or {}
    found = details.get("subscription")
    return found["id"] if isinstance(found, dict) else found


def moment(seconds: int | None) -> datetime.datetime | None:
    """Stripe's seconds since 1970."""
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds, datetime.UTC)
