"""What the rows of each tag make, against rows small enough to add up by hand."""

import datetime
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household
from apps.ledger.models import Account, Revision, Tag, Transaction, TransactionTag
from apps.ledger.tag_statistics import Sums, TagStatistics, tag_statistics
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture(autouse=True)
def no_sums_of_other_tests() -> None:
    cache.clear()


YEAR = (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))


def tagged(row: Transaction, *names: str, **parts: str) -> Transaction:
    for value in (*names, *parts):
        amount = Decimal(parts[value]) if value in parts else None
        TransactionTag.objects.create(transaction=row, tag=Tag.objects.get(value=value), amount=amount)
    return row


@pytest.fixture
def ledger(opened: Household) -> Account:
    """Dining 2026: −15 of a split, −20 whole, 5 back, and a transfer; a euro apart; a row of last year."""
    Tag.objects.create(namespace="occasion", value="trip", name="Trip")
    account = Account.objects.create(name="Checking", currency="USD")
    euros = Account.objects.create(name="Konto", currency="EUR")
    tagged(by_hand(account, "2026-03-01", "-40"), "trip", dining="-15", groceries="-25")
    tagged(by_hand(account, "2026-12-31", "-20"), "dining")
    tagged(by_hand(account, "2026-01-01", "5"), "dining")
    tagged(by_hand(account, "2026-02-01", "-500", is_transfer=True), "dining")
    tagged(by_hand(euros, "2026-02-01", "-1"), "dining")
    tagged(by_hand(account, "2025-12-31", "-99"), "dining")
    return account


def of(value: str, statistics: dict[int, TagStatistics]) -> TagStatistics | None:
    return statistics.get(Tag.objects.get(value=value).pk)


def test_parts_count_in_their_bucket_and_transfers_in_no_sum(ledger: Account) -> None:
    found = tag_statistics(*YEAR, currency="USD")
    assert of("dining", found) == TagStatistics(
        Sums("USD", Decimal(5), Decimal(-35)), 5, [Sums("EUR", Decimal(0), Decimal(-1))]
    )
    assert of("groceries", found) == TagStatistics(Sums("USD", Decimal(0), Decimal(-25)), 1)
    assert of("trip", found) == TagStatistics(Sums("USD", Decimal(0), Decimal(-40)), 1)
    assert of("shopping", found) is None


def test_an_open_side_takes_every_day(ledger: Account) -> None:
    everything = of("dining", tag_statistics(None, None, currency="USD"))
    assert everything is not None
    assert (everything.row_count, everything.own.money_out) == (6, -134)
    only_euros = of("dining", tag_statistics(*YEAR, currency="CHF"))
    assert only_euros is not None
    assert (only_euros.own, [one.currency for one in only_euros.others]) == (Sums("CHF"), ["EUR", "USD"])


def test_the_page_asks_as_often_for_one_row_and_tag_as_for_thirty(member_client: Client, household: Household) -> None:
    counts = []
    for number in (1, 30):
        with household_context(household):
            account = Account.objects.create(name=f"Account {number}", currency="USD")
            for place in range(number):
                tag = Tag.objects.create(namespace="trip", value=f"t{number}-{place}", name=f"T {number} {place}")
                TransactionTag.objects.create(transaction=by_hand(account, "2026-11-01", "-1"), tag=tag)
            Revision.go_up()
        with CaptureQueriesContext(connections["households"]) as captured:
            assert member_client.get("/h/ours/tags/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_page_links_each_tag_to_its_rows_of_the_period(member_client: Client, household: Household) -> None:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        Tag.objects.create(namespace="trip", value="rome", name="Rome")
        tagged(by_hand(account, "2024-03-01", "-40"), "rome", "dining")
        Revision.go_up()
    page = member_client.get("/h/ours/tags/?period=all").content.decode()
    assert 'href="/h/ours/transactions/?bucket=dining"' in page
    assert 'href="/h/ours/transactions/?tag=trip%3Arome"' in page
    page = member_client.get("/h/ours/tags/?period=2024-03").content.decode()
    assert 'href="/h/ours/transactions/?bucket=dining&amp;period=2024-03"' in page
    assert "bucket=dining" not in member_client.get("/h/ours/tags/?period=2024-04").content.decode()


@pytest.mark.parametrize("query", ["?period=x", "?period=%00", "?period=", "?period=9999-99"])
def test_no_address_breaks_the_page(member_client: Client, query: str) -> None:
    assert member_client.get(f"/h/ours/tags/{query}").status_code == 200
