"""How we speak to Stripe: with a patience that has an end, and in plain dicts. Nobody else calls its library.

dj-stripe calls Stripe by itself, with the settings that `configure` leaves in the library.
"""

import contextlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import stripe
import structlog
from django.conf import settings

from apps.billing.errors import BillingUnavailable, PaymentDeclined

if TYPE_CHECKING:
    from stripe._v1_services import V1Services

Json = dict[str, Any]
TIMEOUT = (2.0, 8.0)
"""Seconds to connect, and to wait for an answer."""
RETRIES = 1
"""After a connection that failed, a conflict or a fault of Stripe's; a person may be waiting for the page."""
TOLERANCE = 300
"""Seconds by which a webhook's signature may be old."""

log = structlog.get_logger(__name__)


def configure() -> None:
    stripe.api_key = settings.STRIPE_SECRET_KEY
    stripe.max_network_retries = RETRIES
    stripe.default_http_client = stripe.RequestsClient(timeout=TIMEOUT)
    if settings.STRIPE_API_URL:
        stripe.api_base = settings.STRIPE_API_URL


def api() -> "V1Services":
    """Stripe's calls. Each that makes or changes something carries an idempotency key, by the library if not by us."""
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_URL)


@cache
def _client(key: str, url: str) -> "V1Services":
    client = stripe.StripeClient(
        key,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=RETRIES,
        base_addresses={"api": url} if url else {},
    )
    return client.v1


@contextlib.contextmanager
def asking(what: str) -> Iterator[None]:
    """Turns Stripe's refusals into ours. The log says what was asked and which refusal, never a secret or a name."""
    try:
        yield
    except stripe.StripeError as error:
        said = {"status": error.http_status, "code": error.code, "request": error.request_id}
        if error.http_status == 402:
            log.info("stripe_declined", what=what, **said)
            raise PaymentDeclined(
                "Your card was declined, and nothing was changed. Please check your card or use another one."
            ) from error
        log.error("stripe_refused", what=what, kind=type(error).__name__, **said)  # noqa: TRY400 — its text may quote keys
        raise BillingUnavailable from error


def plain(found: stripe.StripeObject) -> Json:
    return found.to_dict(for_json=True)


def all_of(listed: "stripe.ListObject[Any]") -> Iterable[Json]:
    """What the list has, page after page."""
    return (plain(one) for one in listed.auto_paging_iter())


def is_signed(body: str, header: str) -> bool:
    """Whether Stripe has signed this text for our webhook, less than TOLERANCE ago."""
    if not header.isascii():  # the library compares with what cannot be compared
        return False
    try:
        stripe.WebhookSignature.verify_header(body, header, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE)
    except stripe.SignatureVerificationError:
        return False
    return True
