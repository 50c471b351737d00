"""What a household is called, counts in, and when its day and its month begin."""

import zoneinfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.core.periods import Month
from apps.households.models import Household
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.households.people import belonging, browser
from tests.planes import both_planes

pytestmark = both_planes
SETTINGS = "/h/ours/settings/"
NEW = {"name": "The Maxwells", "currency": "EUR", "time_zone": "Europe/Berlin", "month_start_day": 25}


def kept(household: Household) -> dict[str, str | int]:
    household.refresh_from_db()
    return {field: getattr(household, field) for field in NEW}


def test_the_owner_changes_them_and_the_log_knows_which_and_no_name(
    member_client: Client, household: Household
) -> None:
    page = member_client.post(SETTINGS, NEW, follow=True).content.decode()
    assert "Saved." in page
    assert "The Maxwells" in page
    assert kept(household) == NEW
    event = AuditEvent.objects.get(action="household.settings_changed")
    assert event.details == {"fields": ["name", "currency", "time_zone", "month_start_day"]}
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
    [
        *[
            ("name", ""),
            ("name", " "),
            ("name", "x" * 81),
            ("name", "a\x00b"),
            ("currency", "XXX"),
            ("time_zone", "Mars"),
        ],
        *[("month_start_day", day) for day in ("", "0", "29", "-1", "1.5", "ten")],
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(
    member_client: Client, household: Household, field: str, value: str
) -> None:
    before = kept(household)
    answer = member_client.post(SETTINGS, {**NEW, field: value})
    assert answer.status_code == 422
    assert "field--error" in answer.content.decode()
    assert kept(household) == before


def test_each_day_says_what_a_month_is_then(member_client: Client, household: Household) -> None:
    member_client.post(SETTINGS, NEW)
    page = member_client.get(SETTINGS).content.decode()
    today = timezone.localdate(timezone=zoneinfo.ZoneInfo("Europe/Berlin"))
    month = Month(today.year, today.month, 25)
    assert f"{month:%B %Y} runs from 25 {month.plus(-1):%B} to 24 {month:%B}. " in page
    assert f'<option value="25" selected>25 · {month.days}</option>' in page
    assert f'<option value="10">10 · 10 {month:%B} to 9 {month.plus(1):%B}</option>' in page
    assert page.count(f'<option value="1">1 · {Month(today.year, today.month).days}</option>') == 1


@pytest.mark.parametrize("day", [0, 29])
def test_the_database_knows_the_days_that_every_month_has(household: Household, day: int) -> None:
    with pytest.raises(IntegrityError, match="month_start_day"), transaction.atomic():
        Household.objects.filter(pk=household.pk).update(month_start_day=day)


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_the_others_see_them(household: Household, role: str) -> None:
    client = browser(belonging(household, "Bea", role))
    page = client.get(SETTINGS).content.decode()
    for words in ("USD · US dollar", "UTC", "Day 1: ", "The owner of the household can change these."):
        assert words in page
    assert "<select" not in page
    assert client.post(SETTINGS, NEW).status_code == 403
    assert kept(household)["name"] == "Ours"
