"""dj-stripe's copies of Stripe's objects: what operators and support look things up in. No decision rests on them."""

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from djstripe.models import APIKey, Event

from apps.billing.stripe_calls import asking


def mirror(payload: dict[str, Any]) -> None:
    """Stores the event with dj-stripe, which fetches and keeps what it is about. Twice is once.

    Raises BillingUnavailable; then nothing is kept.
    """
    with asking("copies"), transaction.atomic():
        Event.process(payload, api_key=settings.STRIPE_SECRET_KEY)
        # dj-stripe writes down the key that it was given. Ours stands in the environment, and nowhere else.
        APIKey.objects.all().delete()


def forget_events(before: datetime.datetime) -> None:
    """Of events that old, for they name people. What they were about stays."""
    Event.objects.filter(djstripe_created__lt=before).delete()
