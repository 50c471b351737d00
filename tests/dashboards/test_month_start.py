"""A household whose month begins on pay day sees that month on every page that shows or asks for one."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client

from apps.core.periods import Calendar
from apps.dashboards import page as dashboard
from apps.households.models import Household
from apps.ledger.models import Account, Tag, Transaction, TransactionTag
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

ROWS = {"2025-10-24": "BREAD", "2025-10-25": "WAGES", "2025-11-24": "CAKES", "2025-11-25": "DRINK"}


@pytest.fixture
def account(household: Household, other_household: Household) -> Account:
    for one in (other_household, household):
        with household_context(one):
            account = Account.objects.create(name="Checking", currency="USD")
            for amount, (date, text) in enumerate(ROWS.items(), start=1):
                by_hand(account, date, f"-{10**amount}", text if one is household else "THEIRS")
    return account


def begin_months_on(household: Household, day: int) -> None:
    Household.objects.filter(pk=household.pk).update(month_start_day=day)
    household.refresh_from_db()


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    assert "THEIRS" not in text
    return text


def words_in(page: str) -> list[str]:
    return [text for text in ROWS.values() if text in page]


@pytest.mark.parametrize(
    ("day", "days", "spent", "shown"),
    [
        (1, None, "11,000.00", ["CAKES", "DRINK"]),
        (10, "10 November to 9 December", "11,000.00", ["CAKES", "DRINK"]),
        (25, "25 October to 24 November", "1,100.00", ["WAGES", "CAKES"]),
    ],
)
def test_the_dashboard_shows_the_months_days_and_its_rows(
    member_client: Client,
    household: Household,
    account: Account,
    day: int,
    days: str | None,
    spent: str,
    shown: list[str],
) -> None:
    read(member_client, "/h/ours/?month=2025-11")  # kept from here on for the calendar's month
    begin_months_on(household, day)
    page = read(member_client, "/h/ours/?month=2025-11")
    assert "November 2025" in page
    assert ("page-head__note" in page, f">{days}<" in page) == (days is not None, days is not None)
    assert spent in page
    newest = page.partition("Newest rows")[2]
    assert words_in(newest) == shown
    assert 'href="/h/ours/transactions/?period=2025-11"' in page


@pytest.mark.parametrize(("day", "newest"), [(1, "November 2025"), (10, "November 2025"), (25, "December 2025")])
def test_without_a_month_in_the_address_it_is_that_of_the_newest_row(
    member_client: Client, household: Household, account: Account, day: int, newest: str
) -> None:
    begin_months_on(household, day)
    assert f"<h1>{newest}" in read(member_client, "/h/ours/")


@pytest.mark.urls("config.urls_household")
def test_the_trend_and_the_months_beside_are_the_households(household: Household, account: Account) -> None:
    begin_months_on(household, 25)
    today = datetime.date(2025, 11, 25)
    with household_context(household):
        shown = dashboard.context(household, Calendar(today, 25).this_month, today=today)
    assert shown["period"] == {"name": "December 2025", "days": "25 November to 24 December"}
    assert [choice["label"] for choice in shown["period_choices"]] == ["Nov", "Dec"]
    assert [(bar["label"], bar["money_out"]) for bar in shown["chart"]["months"]][-3:] == [
        ("October 2025", 10),
        ("November 2025", 1100),
        ("December 2025", 10000),
    ]
    # On the first day of the month it is compared with the first day of the one before, on which 100 went out.
    assert [figure.note for figure in shown["figures"]][1] == "$9,900.00 more than by this day in November"


@pytest.mark.parametrize(
    ("day", "query", "shown"),
    [
        (25, "period=2025-11", ["WAGES", "CAKES"]),
        (10, "period=2025-11", ["CAKES", "DRINK"]),
        (25, "q=november+2025", ["WAGES", "CAKES"]),
        (10, "q=2025-10", ["BREAD", "WAGES"]),
        (25, "q=2025-11-25", ["DRINK"]),
        (25, "start=2025-11-01&end=2025-11-30", ["CAKES", "DRINK"]),
        (25, "q=2025", ["BREAD", "WAGES", "CAKES", "DRINK"]),
    ],
)
def test_the_list_and_its_export_agree(
    confirmed_client: Client, household: Household, account: Account, day: int, query: str, shown: list[str]
) -> None:
    before = read(confirmed_client, f"/h/ours/transactions/?{query}")
    begin_months_on(household, day)
    page = read(confirmed_client, f"/h/ours/transactions/?{query}")
    assert words_in(page) == shown
    total = sum(10**number for number, text in enumerate(ROWS.values(), start=1) if text in shown)
    assert f">{total:,}.00<" in page
    export = confirmed_client.get(f"/h/ours/transactions/export/csv/?{query}")
    assert words_in(b"".join(export).decode()) == shown
    assert ["as your household’s settings say" in one for one in (before, page)] == [False, True]


def test_the_sums_of_tags_follow(member_client: Client, household: Household, account: Account) -> None:
    with household_context(household):
        dining = Tag.objects.get(namespace="bucket", value="dining")
        for row in Transaction.objects.filter(description__in=["WAGES", "CAKES", "DRINK"]):
            TransactionTag.objects.create(transaction=row, tag=dining)

    def spent() -> Decimal:
        sections = member_client.get("/h/ours/tags/?period=2025-11").context["sections"]
        (own,) = [listed.statistics.own for listed in sections[0].tags if listed.tag == dining]
        return -own.money_out

    assert spent() == 11000
    begin_months_on(household, 25)
    assert spent() == 1100


def test_the_balances_of_months_follow(member_client: Client, household: Household, account: Account) -> None:
    begin_months_on(household, 25)
    points = member_client.get(f"/h/ours/accounts/{account.pk}/").context["chart"]["points"]
    ends = {point["date"].isoformat(): (point["label"], point["amount"]) for point in points}
    assert ends["2025-10-24"] == ("Oct", -10)
    assert ends["2025-11-24"] == ("Nov", -1110)
    assert ends["2025-12-24"] == ("Dec", -11110)
    assert ends["2026-01-24"] == ("2026", -11110)
