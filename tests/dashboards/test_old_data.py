"""A household whose last file is long ago, and a month before its first row, are told quietly."""

import datetime

import pytest
from django.test import Client

from apps.households.models import Household
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.imports.bank import bring_in, checking
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def household_of_2019(household: Household) -> Household:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        bring_in(household, account, checking([("03/01/2019", "STARBUCKS", "-6.45")]))
    return household


def test_an_account_that_fell_silent_years_ago_needs_nobody(
    member_client: Client, household_of_2019: Household
) -> None:
    page = member_client.get("/h/ours/").content.decode()
    assert "Checking: no file since March 2019" in page
    assert "No hurry" in page
    assert "Needs you" not in page


def test_a_year_without_rows_has_words_and_no_chart(member_client: Client, household_of_2019: Household) -> None:
    page = member_client.get("/h/ours/?month=1999-01").content.decode()
    assert "No money moved in the year up to January 1999." in page
    assert "<bar-chart" not in page


def test_an_amount_of_zero_is_not_green(member_client: Client, household_of_2019: Household) -> None:
    assert "figure--in" not in member_client.get("/h/ours/").content.decode()


def test_an_account_that_is_late_needs_you(member_client: Client, household: Household) -> None:
    last = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=50)
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        bring_in(household, account, checking([(f"{last:%m/%d/%Y}", "STARBUCKS", "-6.45")]))
    page = member_client.get("/h/ours/").content.decode()
    assert "Needs you" in page
    assert "Checking: no file for 50 days" in page
