"""The counts of the check and the result page add up."""

import pytest
from django.test import Client

from apps.households.models import Household
from apps.imports.booking import book
from apps.imports.models import ImportFile
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.imports.bank import bring_in, checking, read
from tests.planes import both_planes

pytestmark = both_planes

KNOWN = ("11/01/2026", "RENT PAYMENT", "-2,150.00")
LINES = [KNOWN, ("11/03/2026", "STARBUCKS", "-6.45"), ("99/99/2026", "ODD", "-1.00")]


def headed(heading_count: int) -> bytes:
    """The file with so many lines above the names of its columns."""
    headings = ["Description,,Summary Amt."]
    headings += [f'Total {number},,"1.00"' for number in range(heading_count - 1)]
    return "\r\n".join([*headings, ""]).encode() + checking(LINES)


@pytest.fixture
def account(household: Household) -> Account:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        bring_in(household, account, checking([KNOWN]))
    return account


@pytest.fixture
def file(household: Household, account: Account) -> ImportFile:
    with household_context(household):
        return read(household, account, headed(4))


def test_all_is_the_sum_of_the_verdicts_and_of_the_rows_under_it(member_client: Client, file: ImportFile) -> None:
    answer = member_client.get(f"/h/ours/imports/{file.pk}/")
    counts = {link["label"]: link["count"] for link in answer.context["verdict_links"]}
    assert counts == {"All": 3, "New": 1, "Already there": 1, "Unreadable": 1}
    page = answer.content.decode()
    assert page.count("<tr data-row") == counts["All"]
    assert "4 lines left out" in page


@pytest.mark.parametrize(("heading_count", "is_open"), [(1, True), (2, False)])
def test_more_than_three_lines_left_out_are_folded_away(
    member_client: Client, household: Household, account: Account, heading_count: int, is_open: bool
) -> None:
    with household_context(household):
        file = read(household, account, headed(heading_count))
        book(file)
    page = member_client.get(f"/h/ours/imports/{file.pk}/").content.decode()
    assert f"{heading_count + 2} lines" in page
    assert ('<details class="card card--flush" open>' in page) is is_open
