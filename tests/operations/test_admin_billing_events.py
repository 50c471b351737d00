"""Operators see which of Stripe's events wait for somebody, and why."""

import pytest
from django.test import Client
from django.utils import timezone

from apps.billing.models import BillingEvent
from tests.operations.staff import staff_client
from tests.planes import both_planes

pytestmark = both_planes
LIST = "/admin/billing/billingevent/"
WHY = "No household is that customer."


@pytest.fixture
def staff() -> Client:
    common = {"kind": "invoice.paid", "happened_at": timezone.now(), "payload": {}}
    BillingEvent.objects.create(event_id="evt_1", customer_id="cus_1", state="done", **common)
    BillingEvent.objects.create(event_id="evt_2", customer_id="cus_2", state="parked", reason=WHY, **common)
    return staff_client()


@pytest.mark.parametrize(
    ("question", "found"),
    [("", {"evt_1", "evt_2"}), ("?state__exact=parked", {"evt_2"}), ("?q=cus_1", {"evt_1"}), ("?q=evt", set())],
)
def test_events_are_found_by_state_and_by_id(staff: Client, question: str, found: set[str]) -> None:
    text = staff.get(LIST + question).content.decode()
    assert {event for event in ("evt_1", "evt_2") if event in text} == found
    assert (WHY in text) == ("evt_2" in found)


def test_what_stripe_said_is_not_searched(staff: Client) -> None:
    assert staff.get(f"{LIST}?payload__id=x").status_code == 400
