"""A split row counts part by part in every report: a ledger added up by hand."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client

from apps.core.periods import Calendar, Month
from apps.households.models import Household
from apps.ledger import journal
from apps.ledger.filters import Filter
from apps.ledger.models import Account, Changeset, Revision, Tag, Transaction
from apps.ledger.splitting import Part, split
from apps.ledger.tag_statistics import tag_statistics
from apps.reports.monthly_summary import monthly_summary
from apps.reports.trend import monthly_trend
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

NOVEMBER = Month(2026, 11)
TODAY = datetime.date(2026, 11, 30)


def bucket(value: str) -> int:
    return Tag.objects.get(namespace="bucket", value=value).pk


def shared(row: Transaction, *parts: Part) -> None:
    with journal.deed(Changeset.Kind.EDIT) as deed:
        split(Transaction.objects.filter(pk=row.pk), parts, deed=deed)


@pytest.fixture
def ledger(opened: Household) -> Account:
    """Spent 100.01 (a third each, the missing cent to the first of the largest), 50 (30 and the rest), 7 without
    bucket; a refund of 10 half and half; a transfer that is split counts nowhere.
    """
    account = Account.objects.create(name="Checking", currency="USD")
    third = Decimal("33.3333")
    shared(
        by_hand(account, "2026-11-01", "-100.01"),
        Part(bucket("groceries"), percent=third),
        Part(bucket("dining"), percent=third),
        Part(bucket("shopping")),
    )
    shared(by_hand(account, "2026-11-02", "-50"), Part(bucket("groceries"), amount=Decimal(30)), Part(bucket("dining")))
    half = Decimal(50)
    shared(
        by_hand(account, "2026-11-03", "10"),
        Part(bucket("groceries"), percent=half),
        Part(bucket("dining"), percent=half),
    )
    transfer = by_hand(account, "2026-11-04", "-500", is_transfer=True)
    shared(transfer, Part(bucket("groceries"), percent=half), Part(bucket("dining")))
    by_hand(account, "2026-11-05", "-7")
    return account


def test_the_buckets_of_a_month_add_up_to_what_was_spent(ledger: Account) -> None:
    summary = monthly_summary(NOVEMBER, currency="USD", today=TODAY)
    assert (summary.money_in, summary.money_out) == (10, Decimal("157.01"))
    assert [(one.value, one.amount, one.row_count) for one in summary.buckets] == [
        ("groceries", Decimal("63.34"), 2),
        ("dining", Decimal("53.33"), 2),
        ("shopping", Decimal("33.34"), 1),
        ("", Decimal(7), 1),
    ]
    assert sum(one.amount for one in summary.buckets) == summary.money_out


def test_the_trend_is_the_same_split_or_whole(ledger: Account) -> None:
    (flow,) = monthly_trend(NOVEMBER, month_count=1, currency="USD")
    assert (flow.money_in, flow.money_out) == (10, Decimal("157.01"))


def test_the_statistics_of_the_tags_agree_with_the_month(ledger: Account) -> None:
    found = tag_statistics(NOVEMBER.first, NOVEMBER.last, currency="USD")
    assert {
        value: (found[bucket(value)].own.money_in, found[bucket(value)].own.money_out)
        for value in ("groceries", "dining", "shopping")
    } == {
        "groceries": (5, Decimal("-63.34")),
        "dining": (5, Decimal("-53.33")),
        "shopping": (0, Decimal("-33.34")),
    }


def test_the_filter_finds_a_row_by_each_of_its_parts(ledger: Account) -> None:
    rows = Transaction.objects.filter(is_transfer=False).order_by("date")

    def in_bucket(value: str) -> list[Decimal]:
        return [row.amount for row in Filter(bucket=(value,)).apply(rows, calendar=Calendar(TODAY))]

    assert in_bucket("dining") == [Decimal("-100.01"), -50, 10]
    assert in_bucket("shopping") == [Decimal("-100.01")]
    assert [row.amount for row in rows.without_bucket()] == [-7]


def test_the_dashboard_shows_the_parts(member_client: Client, household: Household, ledger: Account) -> None:
    with household_context(household):
        Revision.go_up()
    page = member_client.get("/h/ours/?month=2026-11").content.decode()
    assert all(amount in page for amount in ("63.34", "53.33", "33.34"))
