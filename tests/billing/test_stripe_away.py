"""Stripe away, slow, busy or out of order: a sentence in good time, nothing half done, no secret in any log."""

import logging
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from apps.billing import stripe_calls, stripe_gateway
from apps.billing.errors import BillingUnavailable, NotHeardYet
from apps.plans.models import Plan
from tests.billing.paying import BACK, Payer
from tests.planes import both_planes
from tests.stripe import wait_until

pytestmark = both_planes


class Answering(BaseHTTPRequestHandler):
    """Answers everything with `status` after `pause` seconds, and counts."""

    status, pause, body, asked = 500, 0.0, b"{}", 0

    def _answer(self) -> None:
        type(self).asked += 1
        time.sleep(self.pause)
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST = _answer  # noqa: N815 — http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class names it so
        pass


@contextmanager
def serving(handler: type[Answering]) -> Iterator[str]:
    """The address of a server in Stripe's place."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def answering() -> Iterator[tuple[str, type[Answering]]]:
    """A server in Stripe's place, and how it answers."""

    class Handler(Answering):
        pass

    with serving(Handler) as address:
        yield address, Handler


def deeds(payer: Payer, token: str) -> dict[str, Callable[[], Any]]:
    pro = Plan.objects.get(code="pro")
    household = payer.household
    return {
        "customer": lambda: stripe_gateway.customer_of(household, person=payer.person),
        "checkout": lambda: stripe_gateway.checkout_url(
            household, person=payer.person, plan=pro, interval="month", **BACK
        ),
        "portal": lambda: stripe_gateway.portal_url(household, person=payer.person, return_url=BACK["cancel_url"]),
        "preview": lambda: stripe_gateway.preview_change(household, plan=pro, interval="month"),
        "change": lambda: stripe_gateway.change_plan(household, token=token),
        "cancel": lambda: stripe_gateway.cancel(household),
        "resume": lambda: stripe_gateway.resume(household),
        "refresh": lambda: stripe_gateway.refresh(household),
        "invoices": lambda: stripe_gateway.invoices(household),
    }


def unreachable(payer: Payer, deed: Callable[[], Any], caplog: pytest.LogCaptureFixture) -> None:
    """The deed is refused with a sentence, changes nothing, and tells no log what it should not."""
    before = payer.row.__dict__ | {"_state": None}
    with pytest.raises(BillingUnavailable, match="We cannot reach our payment provider"):
        deed()
    assert payer.row.__dict__ | {"_state": None} == before
    assert payer.account.key not in caplog.text
    assert payer.person.email not in caplog.text


def test_whatever_is_asked_of_stripe_a_refusal_is_a_sentence_and_nothing_has_changed(
    payer: Payer, settings: Settings, answering: tuple[str, type[Answering]], caplog: pytest.LogCaptureFixture
) -> None:
    payer.subscribe("basic")
    token = stripe_gateway.preview_change(payer.household, plan=Plan.objects.get(code="pro"), interval="month").token
    settings.STRIPE_API_URL, handler = answering
    handler.status, handler.body = 400, b'{"error": {"type": "idempotency_error"}}'
    for number, deed in enumerate(deeds(payer, token).values(), 1):
        unreachable(payer, deed, caplog)
        assert handler.asked == number


@pytest.mark.parametrize(
    ("status", "body", "times"),
    [
        (500, b'{"error": {"type": "api_error", "message": "no"}}', 2),
        (503, b"<html>busy</html>", 2),
        (429, b'{"error": {"type": "invalid_request_error", "code": "rate_limit"}}', 1),
        (401, b'{"error": {"type": "invalid_request_error", "message": "Invalid API Key"}}', 1),
        (403, b'{"error": {"type": "invalid_request_error"}}', 1),
        (200, b"not json", 1),
    ],
)
def test_whatever_stripe_refuses_with_is_a_sentence_and_only_its_own_faults_are_asked_again(
    payer: Payer,
    settings: Settings,
    answering: tuple[str, type[Answering]],
    status: int,
    body: bytes,
    times: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    payer.subscribe("basic")
    settings.STRIPE_API_URL, handler = answering
    handler.status, handler.body = status, body
    unreachable(payer, lambda: stripe_gateway.refresh(payer.household), caplog)
    assert handler.asked == times


def test_who_cannot_be_reached_at_all_is_not_waited_for(
    payer: Payer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    settings.STRIPE_API_URL = "http://127.0.0.1:9"
    began = time.monotonic()
    with pytest.raises(BillingUnavailable):
        payer.open_checkout()
    assert time.monotonic() - began < 20
    assert payer.row.customer_id == ""
    (said,) = [one.msg for one in caplog.records if isinstance(one.msg, dict) and one.msg["event"] == "stripe_refused"]
    assert (said["what"], said["kind"]) == ("customer", "APIConnectionError")


def test_who_is_slow_is_waited_for_twice_and_no_longer(
    payer: Payer,
    settings: Settings,
    answering: tuple[str, type[Answering]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    payer.subscribe("basic")
    settings.STRIPE_API_URL, handler = answering
    handler.pause = 0.6
    monkeypatch.setattr(stripe_calls, "TIMEOUT", (0.2, 0.3))
    with pytest.raises(BillingUnavailable):
        stripe_gateway.refresh(payer.household)
    wait_until(lambda: handler.asked >= 2)  # a thread of the server may still have to say so
    assert handler.asked == 2


def test_an_answer_that_was_lost_is_not_done_twice(payer: Payer, settings: Settings) -> None:
    """Stripe has made the customer, and nobody heard of it: asked again, it is the same one."""
    first = payer.customer
    payer.household.subscription.customer_id = ""
    payer.household.subscription.save()
    assert payer.customer == first
    assert len(payer.account.client.v1.customers.list().data) == 1


class Passing(Answering):
    """Passes everything on to Stripe, until a subscription was changed there."""

    to, is_done = "", False

    def _pass_on(self) -> None:
        if type(self).is_done:
            self._answer()
            return
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        request = urllib.request.Request(self.to + self.path, sent, dict(self.headers), method=self.command)  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310 — the embedded server
            content = answer.read()
        type(self).is_done = self.command == "POST" and self.path.startswith("/v1/subscriptions/")
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _pass_on  # noqa: N815 — http.server's names


@pytest.mark.parametrize("name", ["change", "cancel", "resume"])
def test_what_was_done_is_not_called_undone_if_stripe_is_away_just_afterwards(
    payer: Payer, settings: Settings, name: str
) -> None:
    payer.subscribe("basic")
    if name == "resume":
        stripe_gateway.cancel(payer.household)
    token = stripe_gateway.preview_change(payer.household, plan=Plan.objects.get(code="pro"), interval="month").token
    there = settings.STRIPE_API_URL

    class Handler(Passing):
        to = there

    with serving(Handler) as address:
        settings.STRIPE_API_URL = address
        with pytest.raises(NotHeardYet, match="This was done"):
            deeds(payer, token)[name]()
    settings.STRIPE_API_URL = there
    assert stripe_gateway.refresh(payer.household) == [
        {"change": "plan_changed", "cancel": "cancelled", "resume": "resumed"}[name]
    ]
