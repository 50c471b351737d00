"""The end of a subscription."""

from __future__ import annotations

from .errors import Json
from .world import World

OVER = frozenset({"canceled", "incomplete_expired"})
"""The statuses of a subscription that has ended, or never began."""
FEEDBACK = {
    "too_expensive": "It's too expensive",
    "missing_features": "Some features are missing",
    "switched_service": "I found an alternative",
    "unused": "I no longer need it",
    "customer_service": "Customer service was less than expected",
    "too_complex": "Ease of use was less than expected",
    "low_quality": "Quality was less than expected",
    "other": "Other reason",
}
"""What can be said of why a subscription is cancelled, and how the portal words it."""


def end_subscription(world: World, subscription: Json, *, reason: str, status: str = "canceled") -> Json:
    """Ends it now; its open invoices are no longer collected by themselves."""
    now = world.time_of(subscription)
    details = subscription["cancellation_details"]
    subscription |= {
        "status": status,
        "ended_at": now,
        "canceled_at": subscription["canceled_at"] or now,
        "cancellation_details": {**details, "reason": details["reason"] or reason},
    }
    for invoice in world.store.all("invoice"):
        if invoice["_subscription"] == subscription["id"] and invoice["status"] in {"draft", "open"}:
            invoice |= {"auto_advance": False, "next_payment_attempt": None, "automatically_finalizes_at": None}
            world.save(invoice, "invoice.updated")
    if status == "incomplete_expired":
        return world.save(subscription, "customer.subscription.updated")
    return world.save(subscription, "customer.subscription.deleted")
