"""The dashboard shows what is true now, and every figure leads to its rows."""

import pytest
from django.test import Client
from django.utils import timezone

from apps.households.models import Household
from apps.imports.models import ImportFile
from apps.imports.rolling_back import order_roll_back, roll_back_file
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.imports.bank import bring_in, checking
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def booked(household: Household) -> ImportFile:
    today = timezone.now().date()
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        return bring_in(
            household,
            account,
            checking([(f"{today:%m/%d/%Y}", "STARBUCKS", "-6.45"), (f"{today:%m/%d/%Y}", "ODD & CO", "-1.05")]),
        )


def test_an_import_is_seen_at_once_and_its_roll_back_too(
    member_client: Client, household: Household, booked: ImportFile
) -> None:
    assert "7.50" in member_client.get("/h/ours/").content.decode()
    with household_context(household):
        order_roll_back(booked)
    roll_back_file(household, booked.pk)
    assert "Nothing in here yet" in member_client.get("/h/ours/").content.decode()


def test_figures_lead_to_their_rows(member_client: Client, booked: ImportFile) -> None:
    month = f"{timezone.now():%Y-%m}"
    page = member_client.get("/h/ours/").content.decode()
    assert f'href="/h/ours/transactions/?period={month}&amp;bucket=dining"' in page
    assert f'href="/h/ours/transactions/?period={month}&amp;bucket=none"' in page
    rows = member_client.get(f"/h/ours/transactions/?period={month}&bucket=none").content.decode()
    assert "ODD &amp; CO" in rows
    assert "STARBUCKS" not in rows


def test_a_month_of_the_address_is_shown(member_client: Client, booked: ImportFile) -> None:
    assert "February 2024" in member_client.get("/h/ours/?month=2024-02").content.decode()


@pytest.mark.parametrize("month", ["x", "2026-13", "0000-01", "9999-12", "0001-01"])
def test_no_month_breaks_the_page(member_client: Client, booked: ImportFile, month: str) -> None:
    assert member_client.get(f"/h/ours/?month={month}").status_code == 200
