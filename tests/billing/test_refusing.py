"""Not being asked to come back: one link, no sign-in, nothing else opened."""

import datetime
import re

import pytest
from django.test import Client

from apps.billing.notices import due, send_due
from apps.billing.refusing import refusal_address
from apps.households.models import Household
from apps.plans.models import Plan, SentNotice, Subscription
from tests.planes import both_planes

pytestmark = both_planes
NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def ended(household: Household) -> Subscription:
    """Ours paid, and its plan ended two weeks and an hour ago."""
    Subscription.objects.filter(household=household).update(
        comped_plan=None,
        plan=Plan.objects.get(code="pro"),
        state="ended",
        began_paying_at=NOW - 60 * DAY,
        ended_at=NOW - 14 * DAY - datetime.timedelta(hours=1),
    )
    return Subscription.objects.get(household=household)


@pytest.fixture
def address(household: Household) -> str:
    return refusal_address(household)


def test_opening_the_link_asks_and_the_button_does_it(ended: Subscription, address: str) -> None:
    client = Client()
    page = client.get(address).content.decode()
    assert re.search(r"<button[^>]*>Do not ask me</button>", page)
    assert due("win_back", NOW).exists()
    for _ in range(2):
        answer = client.post(address)
        assert (answer.status_code, "We will not ask" in answer.content.decode()) == (200, True)
    refused = SentNotice.objects.get()
    assert (refused.kind, refused.household, refused.sent_at) == ("win_back", ended.household, None)
    assert send_due(NOW) == 0


def test_after_the_mail_it_is_as_it_was(ended: Subscription, address: str) -> None:
    assert send_due(NOW) == 1
    Client().post(address)
    assert SentNotice.objects.get().sent_at == NOW


def test_a_link_that_is_not_ours_opens_nothing(ended: Subscription, other_household: Household, address: str) -> None:
    name, _, sign = address.rstrip("/").rpartition("/")[2].partition(":")
    for token in ("x", name, f"theirs:{sign}", f"{name}:{sign[:-1]}"):
        for method in ("get", "post"):
            answer = getattr(Client(), method)(f"/mail/no-offers/{token}/")
            assert (answer.status_code, "not complete" in answer.content.decode()) == (404, True)
    assert not SentNotice.objects.exists()


def test_who_never_paid_has_nothing_to_refuse(household: Household, address: str) -> None:
    assert Client().post(address).status_code == 404
