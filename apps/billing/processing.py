"""What is done about an event: our row is made to say what Stripe says now, and dj-stripe's copies follow."""

import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.billing.copies.mirroring import forget_events, mirror
from apps.billing.errors import BillingUnavailable, NotUnderstood
from apps.billing.models import BillingEvent
from apps.billing.refreshing import refresh
from apps.plans.models import Subscription

State = BillingEvent.State
ATTEMPTS = 10
FIRST_WAIT = datetime.timedelta(minutes=1)
"""After the first attempt; doubled each time, so that the last one comes about eight hours after the first."""
KEPT = datetime.timedelta(days=90)
_ABOUT_SUBSCRIPTIONS = (
    "checkout.session.completed",
    "customer.deleted",
    "customer.subscription.",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.voided",
)
log = structlog.get_logger(__name__)


class _Parked(Exception):
    """Nothing of ours can be done about the event; says why."""


def process(event_pk: int) -> None:
    """Does what an event asks for, once: an event that is done, parked or taken by another job stays as it is.

    Stripe away: the sweep tries again later. An error that nobody expected goes up, and is tried again as well.
    """
    event = _take(event_pk)
    if event is None:
        return
    try:
        _do(event)
    except (_Parked, NotUnderstood) as why:
        _park(event, why.reason if isinstance(why, NotUnderstood) else str(why))
    except BillingUnavailable:
        log.warning("webhook_waits", event_id=event.event_id, kind=event.kind, attempts=event.attempt_count)
    else:
        event.state, event.payload = State.DONE, {}
        event.save(update_fields=["state", "payload"])


def due() -> list[int]:
    """Events to try (again) now: an attempt failed, its worker died, or the broker was away."""
    return list(
        BillingEvent.objects.filter(state=State.RECEIVED, next_attempt_at__lte=timezone.now())
        .order_by("next_attempt_at")
        .values_list("pk", flat=True)[:500]
    )


def forget(now: datetime.datetime) -> None:
    """Events that were done long ago. Nobody can deliver them again: their signatures are too old."""
    BillingEvent.objects.filter(state=State.DONE, received_at__lt=now - KEPT).delete()
    forget_events(now - KEPT)


def _take(event_pk: int) -> BillingEvent | None:
    """The event, for this attempt alone; the next one is planned already, should this one never end."""
    now = timezone.now()
    waiting = BillingEvent.objects.filter(pk=event_pk, state=State.RECEIVED, next_attempt_at__lte=now)
    with transaction.atomic():
        event = waiting.select_for_update(skip_locked=True).first()
        if event is None:
            return None
        if event.attempt_count >= ATTEMPTS:
            _park(event, "Failed too often; the log says how.")
            return None
        event.next_attempt_at = now + FIRST_WAIT * 2**event.attempt_count
        event.attempt_count += 1
        event.save(update_fields=["next_attempt_at", "attempt_count"])
    return event


def _park(event: BillingEvent, reason: str) -> None:
    event.state, event.reason = State.PARKED, reason
    event.save(update_fields=["state", "reason"])
    log.warning("webhook_parked", event_id=event.event_id, kind=event.kind, reason=reason)


def _do(event: BillingEvent) -> None:
    if event.payload.get("account"):
        raise _Parked("It is of another account.")
    if bool(event.payload.get("livemode")) != settings.STRIPE_LIVE_MODE:
        raise _Parked("It is of test money, or of real money where ours is not.")
    if not event.kind.startswith(_ABOUT_SUBSCRIPTIONS):
        return
    customers = Subscription.objects.exclude(customer_id="").select_related("household")
    held = customers.filter(customer_id=event.customer_id).first()
    if held is None:
        raise _Parked("No household is that customer.")
    refresh(held.household)
    mirror(event.payload)
