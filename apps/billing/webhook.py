"""Where Stripe tells us that something happened. Only what Stripe has signed is kept; everything else is refused."""

import datetime
import json
from typing import Any

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.billing.models import BillingEvent
from apps.billing.stripe_calls import is_signed
from apps.billing.tasks import process
from apps.tenancy.tasks import later

MOST_LENGTH = 512 * 1024
"""Stripe's own events are a few thousand letters."""
log = structlog.get_logger(__name__)


class _Refused(Exception):
    """The sentence goes to who sent it."""


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """200 once the event is stored, before anything is done about it: Stripe waits for seconds, and sends again."""
    try:
        event = _event(_signed_text(request))
    except _Refused as refused:
        log.warning("webhook_refused", reason=str(refused))
        return HttpResponse(str(refused), status=400, content_type="text/plain")
    stored, is_new = BillingEvent.objects.get_or_create(event_id=event.pop("event_id"), defaults=event)
    log.info("webhook_received", event_id=stored.event_id, kind=stored.kind, is_new=is_new)
    if is_new:
        later(process, event_id=stored.pk)
    return HttpResponse("Thank you.", content_type="text/plain")


def _signed_text(request: HttpRequest) -> str:
    header = request.headers.get("Stripe-Signature", "")
    if not header:
        raise _Refused("There is no signature.")
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        raise _Refused("That is not text.") from None
    except RequestDataTooBig:
        raise _Refused("That is too much for one event.") from None
    if len(text) > MOST_LENGTH:
        raise _Refused("That is too much for one event.")
    if not is_signed(text, header):
        raise _Refused("The signature does not fit, or is too old.")
    return text


def _event(text: str) -> dict[str, Any]:
    """The fields of the event. A name or number of another kind than Stripe's makes it no event."""
    try:
        read = json.loads(text)
        json.dumps(read, ensure_ascii=False, allow_nan=False).encode()  # numbers and letters that a database can keep
        fields = {
            "event_id": _word(read["id"]),
            "kind": _word(read["type"]),
            "happened_at": datetime.datetime.fromtimestamp(int(read["created"]), datetime.UTC),
            "customer_id": _customer(read["data"]["object"]),
            "payload": read,
        }
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise _Refused("That is not an event.") from None
    if "\\u0000" in text:  # PostgreSQL keeps no such letter
        raise _Refused("That is not an event.")
    return fields


def _word(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        raise ValueError
    return value


def _customer(about: dict[str, Any]) -> str:
    """Empty if the event is about nobody."""
    found = about["id"] if about.get("object") == "customer" else about.get("customer")
    if isinstance(found, dict):
        found = found["id"]
    return _word(found) if found else ""
