"""The fake Stripe from a test: its accounts, clocks, Checkout page and webhooks.

    from tests.stripe import Account, product_account

`product_account` is the account that the product's own key opens; `Account.open()` is one of a test's own.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from apps.operations.servers.fake_stripe.webhooks import signature

PATIENCE = 60.0


@dataclass
class Account:
    """An account of the fake that nobody else has: others' tests neither see nor change what is in it."""

    address: str
    key: str
    webhook_secret: str
    client: stripe.StripeClient

    @classmethod
    def open(cls, **options: Any) -> Account:
        """A fresh account of the embedded server. `options` go to `stripe.StripeClient`."""
        return cls._of_key(os.environ["STRIPE_SECRET_KEY"] + secrets.token_hex(6), **options)

    @classmethod
    def of_product(cls) -> Account:
        """The account that the product's own key opens; each worker of a test run has another one."""
        return cls._of_key(os.environ["STRIPE_SECRET_KEY"])

    @classmethod
    def _of_key(cls, key: str, **options: Any) -> Account:
        address = os.environ["STRIPE_API_URL"]
        client = stripe.StripeClient(key, base_addresses={"api": address}, max_network_retries=0, **options)
        return cls(address, key, os.environ["STRIPE_WEBHOOK_SECRET"], client)

    def control(self, name: str, **parameters: object) -> dict[str, Any]:
        """`POST /fake/<name>`; the list is in `apps/operations/servers/fake_stripe/control.py`."""
        pairs = []
        for key, value in parameters.items():
            if isinstance(value, list):
                pairs += [(f"{key}[]", one) for one in value]
            else:
                pairs.append((key, str(value).lower() if isinstance(value, bool) else value))
        request = urllib.request.Request(  # noqa: S310 — the embedded server
            f"{self.address}/fake/{name}",
            urllib.parse.urlencode(pairs).encode(),
            {"Authorization": f"Bearer {self.key}"},
        )
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310 — the embedded server
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return json.load(refusal)

    def pay(self, session: str, card: str = "4242424242424242", **more: object) -> dict[str, Any]:
        """What a person does on the Checkout page: the completed session, or {"error": …} of the card."""
        return self.control("pay", session=session, card=card, **more)

    def start_clock(self, moment: int) -> str:
        """A test clock on which all customers are made from now on; its id."""
        clock = self.client.v1.test_helpers.test_clocks.create({"frozen_time": moment})
        self.control("test_clock", clock=clock.id)
        return clock.id

    def advance(self, clock: str, moment: int) -> None:
        """Lets the time pass on a test clock, with all that falls due."""
        self.client.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": moment})

    def settle(self) -> None:
        """Waits until no delivery of a webhook is under way."""
        wait_until(lambda: not self.control("deliveries", state="waiting")["deliveries"])

    def signed(self, event: dict[str, Any], *, moment: int | None = None) -> tuple[bytes, str]:
        """An event as it would be delivered: body and `Stripe-Signature`; `moment` in seconds, now without one."""
        body = json.dumps(event).encode()
        return body, signature(self.webhook_secret, body, moment or int(time.time()))

    @contextmanager
    def receiver(self) -> Iterator[Receiver]:
        """A webhook endpoint of the test's own, in place of all others."""
        receiver = Receiver()
        server = ThreadingHTTPServer(("127.0.0.1", 0), receiver.handler())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        self.control("webhook", url=f"http://127.0.0.1:{server.server_port}/webhook/")
        try:
            yield receiver
        finally:
            self.control("webhook", url="")
            server.shutdown()
            thread.join()
            server.server_close()


@dataclass
class Receiver:
    """What came, as it came, and what is answered."""

    came: list[tuple[bytes, str]] = field(default_factory=list)
    """Body and Stripe-Signature of each delivery."""
    respond: Callable[[int], int] = lambda _number: 200
    """The status for the n-th delivery, from 0."""

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body, _ in self.came]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.came.append((body, self.headers["Stripe-Signature"]))
                self.send_response(receiver.respond(len(receiver.came) - 1))
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class names it so
                pass

        return Handler


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def product_account() -> Iterator[Account]:
    """The account that the product uses, with nothing in it, before and after."""
    opened = Account.of_product()
    opened.control("reset")
    yield opened
    opened.control("reset")


def fill_catalogue(account: Account) -> dict[str, str]:
    """The plans as products with their monthly and yearly prices; price ids by lookup key."""
    prices = {}
    for plan, month, year in (("basic", 500, 5000), ("pro", 1200, 12000), ("family", 2000, 20000)):
        product = account.client.v1.products.create({"name": plan.capitalize(), "metadata": {"plan": plan}})
        for interval, cents in (("month", month), ("year", year)):
            price = account.client.v1.prices.create(
                {
                    "product": product.id,
                    "currency": "usd",
                    "unit_amount": cents,
                    "recurring": {"interval": interval},
                    "lookup_key": f"{plan}_{interval}",
                }
            )
            prices[f"{plan}_{interval}"] = price.id
    return prices
