"""What a household is called, counts in, and when its day begins."""

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.households.models import Household
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.households.people import belonging, browser
from tests.planes import both_planes

pytestmark = both_planes
SETTINGS = "/h/ours/settings/"
NEW = {"name": "The Maxwells", "currency": "EUR", "time_zone": "Europe/Berlin"}


def kept(household: Household) -> dict[str, str]:
    household.refresh_from_db()
    return {"name": household.name, "currency": household.currency, "time_zone": household.time_zone}


def test_the_owner_changes_them_and_the_log_knows_both(member_client: Client, household: Household) -> None:
    page = member_client.post(SETTINGS, NEW, follow=True).content.decode()
    assert "Saved." in page
    assert "The Maxwells" in page
    assert kept(household) == NEW
    event = AuditEvent.objects.get(action="household.settings_changed")
    assert event.details == {"old": {"name": "Ours", "currency": "USD", "time_zone": "UTC"}, "new": NEW}
    assert "Nothing was different" in member_client.post(SETTINGS, NEW, follow=True).content.decode()
    assert AuditEvent.objects.filter(action="household.settings_changed").count() == 1


def test_accounts_keep_their_currency(member_client: Client, household: Household) -> None:
    with household_context(household):
        Account.objects.create(name="Checking", currency="USD")
    assert "converts nothing" in member_client.get(SETTINGS).content.decode()
    member_client.post(SETTINGS, NEW)
    with household_context(household):
        assert Account.objects.get().currency == "USD"
    assert member_client.get("/h/ours/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", " "), ("name", "x" * 81), ("name", "a\x00b"), ("currency", "XXX"), ("time_zone", "Mars")],
)
def test_what_cannot_be_is_told_and_changes_nothing(
    member_client: Client, household: Household, field: str, value: str
) -> None:
    before = kept(household)
    answer = member_client.post(SETTINGS, {**NEW, field: value})
    assert answer.status_code == 422
    assert "field--error" in answer.content.decode()
    assert kept(household) == before


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_the_others_see_them(household: Household, role: str) -> None:
    client = browser(belonging(household, "Bea", role))
    page = client.get(SETTINGS).content.decode()
    for words in ("USD · US dollar", "UTC", "The owner of the household can change these."):
        assert words in page
    assert "<select" not in page
    assert client.post(SETTINGS, NEW).status_code == 403
    assert kept(household)["name"] == "Ours"
