"""What the person who pays for a household does, at ours and at Stripe; and what Stripe tells us of it."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

import stripe
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from apps.billing import stripe_gateway
from apps.billing.models import BillingEvent
from apps.billing.processing import process
from apps.households.models import Household
from apps.plans.models import Plan, Subscription
from apps.users.models import User
from tests.stripe import Account

BACK = {"success_url": "http://testserver/back/", "cancel_url": "http://testserver/plans/"}


@dataclass
class Payer:
    account: Account
    household: Household
    person: User

    @property
    def row(self) -> Subscription:
        return Subscription.objects.select_related("plan").get(household=self.household)

    def open_checkout(self, plan: str = "pro", interval: str = "month") -> str:
        """The id of the checkout session; the person is sent to its page."""
        chosen = Plan.objects.get(code=plan)
        url = stripe_gateway.checkout_url(self.household, person=self.person, plan=chosen, interval=interval, **BACK)
        (session,) = self.account.client.v1.checkout.sessions.list({"customer": self.customer, "status": "open"}).data
        assert url == session.url
        return session.id

    def buy(self, plan: str = "pro", interval: str = "month") -> None:
        """Pays with a good card at Stripe, and does not come back: of it we know nothing yet."""
        assert self.account.pay(self.open_checkout(plan, interval))["status"] == "complete"

    def subscribe(self, plan: str = "pro", interval: str = "month") -> None:
        """Pays with a good card, and comes back."""
        self.buy(plan, interval)
        stripe_gateway.refresh(self.household)

    @property
    def customer(self) -> str:
        return stripe_gateway.customer_of(self.household, person=self.person)

    @property
    def at_stripe(self) -> stripe.Subscription:
        (only,) = self.account.client.v1.subscriptions.list({"customer": self.customer, "status": "all"}).data
        return only


def events(account: Account, customer: str = "") -> list[dict[str, Any]]:
    """What Stripe has to tell, the oldest first; of one customer if one is named."""
    listed = account.client.v1.events.list({"limit": 100}).auto_paging_iter()
    found = [event.to_dict(for_json=True) for event in listed][::-1]
    return [event for event in found if not customer or is_about(event, customer)]


def is_about(event: dict[str, Any], customer: str) -> bool:
    about = event["data"]["object"]
    return customer in {about["id"], about.get("customer")}


def sign(body: bytes, *, secret: str = "", age: int = 0) -> str:
    """The header `Stripe-Signature`; https://docs.stripe.com/webhooks#verify-manually"""
    at = int(time.time()) - age
    key = (secret or settings.STRIPE_WEBHOOK_SECRET).encode()
    return f"t={at},v1={hmac.new(key, f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def send(event: object, *, signature: str | None = None) -> HttpResponse:
    """Posts what stands for an event; signed well unless told otherwise."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    headers = {"Stripe-Signature": sign(body) if signature is None else signature}
    # As strict with strangers as a browser's session would be.
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return client.post("/billing/webhook/", body, content_type="application/json", headers=headers)


def tell(event: dict[str, Any]) -> BillingEvent:
    """Stripe delivers the event, and the job runs at once."""
    assert send(event).status_code == 200
    stored = BillingEvent.objects.get(event_id=event["id"])
    process(stored.pk)
    stored.refresh_from_db()
    return stored
