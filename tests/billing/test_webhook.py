"""Only what Stripe has signed is kept, and once; whatever else comes is refused with a sentence, and never breaks us."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.billing.models import BillingEvent
from tests.billing.paying import send, sign
from tests.planes import both_planes

pytestmark = both_planes
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "customer.subscription.updated",
    "created": 1795435200,
    "livemode": False,
    "data": {"object": {"id": "sub_1", "object": "subscription", "customer": "cus_1"}},
}
BODY = json.dumps(EVENT).encode()


def logged(caplog: pytest.LogCaptureFixture, name: str) -> list[dict[str, Any]]:
    """What our own log says under that name."""
    return [one.msg for one in caplog.records if isinstance(one.msg, dict) and one.msg.get("event") == name]


def test_a_signed_event_is_stored_and_answered() -> None:
    answer = send(EVENT)
    assert (answer.status_code, answer.content) == (200, b"Thank you.")
    stored = BillingEvent.objects.get()
    assert (stored.event_id, stored.kind, stored.customer_id) == ("evt_1", "customer.subscription.updated", "cus_1")
    assert (stored.state, stored.attempt_count, stored.payload) == ("received", 0, EVENT)
    assert stored.happened_at.isoformat() == "2026-11-23T12:00:00+00:00"


def test_a_job_is_sent_once_however_often_the_event_comes(
    jobs_sent: list[int], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    for _ in range(3):
        with (
            django_capture_on_commit_callbacks(using="default", execute=True),
            django_capture_on_commit_callbacks(using="households", execute=True),
        ):
            assert send(EVENT).status_code == 200
    assert jobs_sent == [BillingEvent.objects.get().pk]


def test_of_several_signatures_one_that_fits_is_enough() -> None:
    """While a secret is exchanged Stripe signs with both."""
    header = sign(BODY)
    assert send(EVENT, signature=f"{header},v1={'0' * 64}").status_code == 200


@pytest.mark.parametrize(
    ("signature", "sentence"),
    [
        ("", "There is no signature."),
        (sign(BODY, secret="whsec_of_somebody_else"), "The signature does not fit, or is too old."),
        (sign(b"another body"), "The signature does not fit, or is too old."),
        ("v1=0", "The signature does not fit, or is too old."),
        ("t=1,v1=0", "The signature does not fit, or is too old."),
        ("t=x,v1=0", "The signature does not fit, or is too old."),
        ("t=1", "The signature does not fit, or is too old."),
        ("t,v1", "The signature does not fit, or is too old."),
        ("t=1,v1=ü", "The signature does not fit, or is too old."),
        ("," * 500, "The signature does not fit, or is too old."),
    ],
    ids=range(10),
)
def test_what_nobody_has_signed_is_refused(signature: str, sentence: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    answer = send(EVENT, signature=signature)
    assert (answer.status_code, answer.content.decode()) == (400, sentence)
    assert not BillingEvent.objects.exists()
    assert [one["reason"] for one in logged(caplog, "webhook_refused")] == [sentence]


@pytest.mark.parametrize(("age", "status"), [(0, 200), (290, 200), (310, 400), (86400, 400)])
def test_a_signature_holds_for_five_minutes(age: int, status: int) -> None:
    assert send(EVENT, signature=sign(BODY, age=age)).status_code == status
    assert BillingEvent.objects.count() == (status == 200)


def broken(**more: Any) -> dict[str, Any]:
    return {**EVENT, **more}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"null",
        b"7",
        b'"evt_1"',
        b"[]",
        b"{}",
        b"[" * 100_000,
        json.dumps({key: value for key, value in EVENT.items() if key != "id"}),
        json.dumps(broken(id=7)),
        json.dumps(broken(id="")),
        json.dumps(broken(id="e" * 256)),
        json.dumps(broken(type=None)),
        json.dumps(broken(created="yesterday")),
        json.dumps(broken(created=10**20)),
        json.dumps(broken(created=None)),
        json.dumps(broken(data=None)),
        json.dumps(broken(data={"object": "sub_1"})),
        json.dumps(broken(data={"object": {"customer": 7}})),
        json.dumps(broken(data={"object": {"customer": {"name": "Ada"}}})),
        json.dumps(broken(note="nul: \x00")),
        json.dumps(broken(note="half a letter: \ud800")),
        json.dumps(broken(note=float("nan"))),
        json.dumps(broken(note=0)).replace('"note": 0', '"note": 1e999'),
    ],
    ids=lambda body: repr(body[:30]),
)
def test_what_is_signed_and_no_event_is_refused(body: bytes | str) -> None:
    answer = send(body if isinstance(body, bytes) else body.encode())
    assert answer.status_code == 400
    assert answer.content.decode() == "That is not an event."
    assert not BillingEvent.objects.exists()


def test_what_is_signed_and_no_text_is_refused() -> None:
    answer = send(b"\xff\xfe")
    assert (answer.status_code, answer.content) == (400, b"That is not text.")
    assert not BillingEvent.objects.exists()


# What is more than any form may be is refused before the webhook sees it.
@pytest.mark.parametrize(("length", "status"), [(512 * 1024 + 1, 400), (2_500_000, 400), (10_000_000, 413)])
def test_too_much_for_one_event_is_refused(length: int, status: int) -> None:
    body = json.dumps(broken(note="x" * length)).encode()
    assert send(body).status_code == status
    assert not BillingEvent.objects.exists()


@pytest.mark.parametrize(
    ("about", "customer"),
    [
        ({"object": "customer", "id": "cus_2"}, "cus_2"),
        ({"object": "invoice", "id": "in_1", "customer": {"id": "cus_3", "object": "customer"}}, "cus_3"),
        ({"object": "product", "id": "prod_1"}, ""),
        ({"object": "charge", "id": "ch_1", "customer": None}, ""),
    ],
)
def test_the_customer_is_found_wherever_it_stands(about: dict[str, Any], customer: str) -> None:
    assert send(broken(data={"object": about})).status_code == 200
    assert BillingEvent.objects.get().customer_id == customer


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_an_event_is_only_ever_posted(method: str) -> None:
    answer = getattr(Client(), method)("/billing/webhook/")
    assert answer.status_code == 405
