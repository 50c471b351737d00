"""The list of transactions: order, paging, filters, sums."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.core.paging import Cursor, newest_first
from apps.core.periods import Calendar
from apps.households.models import Household, Membership
from apps.ledger.filters import Filter
from apps.ledger.listing import Part, list_rows, totals_of
from apps.ledger.models import Account, Revision, Tag, Transaction, TransactionTag
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand, link, lock, split
from tests.planes import both_planes

pytestmark = both_planes

CALENDAR = Calendar(datetime.date(2026, 11, 22))


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def test_every_row_stands_on_exactly_one_page_both_ways(account: Account) -> None:
    rows = [by_hand(account, f"2026-11-{1 + number % 4:02}", "-1.00") for number in range(23)]
    expected = [row.pk for row in sorted(rows, key=lambda row: (row.date, row.pk), reverse=True)]
    forward, cursor = [], None
    pages = []
    while True:
        page = newest_first(Transaction.objects.all(), cursor=cursor, size=5)
        pages.append([row.pk for row in page.rows])
        forward += pages[-1]
        if page.older is None:
            break
        cursor = page.older
    assert forward == expected
    newer = page.newer
    for earlier in reversed(pages[:-1]):
        assert newer is not None
        page = newest_first(Transaction.objects.all(), cursor=newer, size=5)
        assert [row.pk for row in page.rows] == earlier
        newer = page.newer


@pytest.mark.parametrize(
    "text", ["", "<", "x", "<2026-13-01_5", "<2026-11-01_", "?2026-11-01_5", "<2026-11-01_a", "\x00"]
)
def test_an_unreadable_cursor_is_the_first_page(text: str) -> None:
    assert Cursor.parse(text) is None


def test_a_cursor_survives_its_address() -> None:
    cursor = Cursor(datetime.date(2026, 11, 3), 1234, is_newer=True)
    assert Cursor.parse(str(cursor)) == cursor


def test_search_finds_every_word_in_any_case_in_text_merchant_and_notes(account: Account) -> None:
    found = by_hand(account, "2026-11-01", "-1", "KÖNIG BÄCKEREI", merchant="Bakery", notes="for Jo")
    by_hand(account, "2026-11-02", "-1", "KÖNIG")
    rows = Filter.parse({"q": "könig BAKERY jo"}).apply(Transaction.objects.all(), calendar=CALENDAR)
    assert [row.pk for row in rows] == [found.pk]


def test_signs_that_like_would_expand_are_letters(account: Account) -> None:
    by_hand(account, "2026-11-01", "-1", "100 percent")
    exact = by_hand(account, "2026-11-01", "-1", "100% cotton_x")
    for text in ("100%", "cotton_x"):
        assert [row.pk for row in Filter(q=text).apply(Transaction.objects.all(), calendar=CALENDAR)] == [exact.pk]


def test_the_filter_by_bucket_account_and_period(account: Account) -> None:
    other = Account.objects.create(name="Visa", currency="USD")
    groceries = Tag.objects.get(value="groceries")
    wanted = by_hand(account, "2026-11-05", "-1")
    TransactionTag.objects.create(transaction=wanted, tag=groceries)
    bare = by_hand(account, "2026-11-06", "-1")
    TransactionTag.objects.create(transaction=by_hand(other, "2026-11-05", "-1"), tag=groceries)
    TransactionTag.objects.create(transaction=by_hand(account, "2026-10-31", "-1"), tag=groceries)

    def shown(**query: str) -> list[int]:
        rows = Filter.parse({"account": str(account.pk), "period": "this-month", **query}).apply(
            Transaction.objects.all(), calendar=CALENDAR
        )
        return [row.pk for row in rows.order_by("pk")]

    assert shown(bucket="groceries") == [wanted.pk]
    assert shown(bucket="none") == [bare.pk]
    assert shown() == [wanted.pk, bare.pk]
    assert shown(period="2026-10", bucket="groceries") != shown(bucket="groceries")


@pytest.mark.parametrize(
    ("period", "span"),
    [
        ("this-month", ("2026-11-01", "2026-11-30")),
        ("last-month", ("2026-10-01", "2026-10-31")),
        ("90-days", ("2026-08-25", "2026-11-22")),
        ("this-year", ("2026-01-01", "2026-12-31")),
        ("last-year", ("2025-01-01", "2025-12-31")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
    ],
)
def test_what_a_period_means(period: str, span: tuple[str, str]) -> None:
    assert tuple(day.isoformat() for day in Filter(period=period).span(CALENDAR) if day) == span


@pytest.mark.parametrize(
    ("period", "start_day", "span"),
    [
        ("this-month", 25, ("2026-10-25", "2026-11-24")),
        ("last-month", 25, ("2026-09-25", "2026-10-24")),
        ("this-month", 10, ("2026-11-10", "2026-12-09")),
        ("last-month", 10, ("2026-10-10", "2026-11-09")),
        ("2024-02", 25, ("2024-01-25", "2024-02-24")),
        ("2024-02", 10, ("2024-02-10", "2024-03-09")),
        ("90-days", 25, ("2026-08-25", "2026-11-22")),
        ("this-year", 25, ("2026-01-01", "2026-12-31")),
        ("", 25, ()),
    ],
)
def test_a_period_of_months_follows_the_household(period: str, start_day: int, span: tuple[str, ...]) -> None:
    calendar = Calendar(CALENDAR.today, start_day)
    assert tuple(day.isoformat() for day in Filter(period=period).span(calendar) if day) == span


@pytest.mark.parametrize(
    "query", [{"account": "x"}, {"account": "9" * 40}, {"period": "2026-13"}, {"bucket": "\x00"}, {"q": "\x00"}]
)
def test_what_the_address_got_wrong_filters_nothing(query: dict[str, str]) -> None:
    assert Filter.parse(query).query() == ""


def test_sums_leave_transfers_out_and_keep_currencies_apart(account: Account) -> None:
    euros = Account.objects.create(name="Konto", currency="EUR")
    by_hand(account, "2026-11-01", "100.10")
    by_hand(account, "2026-11-01", "-0.10")
    by_hand(account, "2026-11-01", "-50", is_transfer=True)
    by_hand(euros, "2026-11-01", "-33.333")
    assert [(t.currency, t.row_count, t.money_in, t.money_out) for t in totals_of(Transaction.objects.all())] == [
        ("EUR", 1, Decimal(0), Decimal("-33.333")),
        ("USD", 3, Decimal("100.10"), Decimal("-0.10")),
    ]


def test_a_row_shows_bucket_split_and_occasions(account: Account) -> None:
    row = by_hand(account, "2026-11-01", "-30")
    occasion = Tag.objects.create(namespace="occasion", value="holiday", name="Holiday")
    dining, shopping = Tag.objects.get(value="dining"), Tag.objects.get(value="shopping")
    for tag, amount in ((dining, "-10"), (shopping, "-20"), (occasion, None)):
        TransactionTag.objects.create(transaction=row, tag=tag, amount=amount and Decimal(amount))
    (listed,) = list_rows(Transaction.objects.all())
    assert (listed.bucket, listed.parts, listed.tags) == (
        None,
        [Part(dining, Decimal(-10)), Part(shopping, Decimal(-20))],
        [occasion],
    )


def test_a_linked_transfer_names_the_account_of_its_other_side(account: Account) -> None:
    savings = Account.objects.create(name="Savings", currency="USD")
    out, into = by_hand(account, "2026-11-02", "-50"), by_hand(savings, "2026-11-01", "50")
    by_hand(account, "2026-10-01", "-1", is_transfer=True)
    link(out, into)
    listed = list_rows(Transaction.objects.newest_first())
    assert [row.other_account for row in listed] == ["Savings", "Checking", ""]
    assert [row.other_account for row in list_rows(Transaction.objects.filter(pk=out.pk))] == ["Savings"]


def fill(count: int, household: Household) -> None:
    """So many rows with a bucket, an occasion, a split and a transfer each."""
    account = Account.objects.create(name=f"Account {count}", currency="USD")
    holiday, _ = Tag.objects.get_or_create(namespace="occasion", value="holiday", name="Holiday")
    for number in range(count):
        row = by_hand(account, "2026-11-01", f"-{number + 1}")
        TransactionTag.objects.create(transaction=row, tag=Tag.objects.get(value="dining"))
        TransactionTag.objects.create(transaction=row, tag=holiday)
        split(by_hand(account, "2026-11-01", "-3"), dining="-1", shopping="-2")
        link(by_hand(account, "2026-11-02", "-1"), by_hand(account, "2026-11-02", "1"))
    Revision.go_up()


def test_the_page_asks_as_often_for_a_few_rows_as_for_many(member_client: Client, household: Household) -> None:
    counts = []
    for rows in (1, 10):
        with household_context(household):
            fill(rows, household)
        with CaptureQueriesContext(connections["households"]) as captured:
            assert member_client.get("/h/ours/transactions/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_locked_row_says_so(member_client: Client, account: Account) -> None:
    row = by_hand(account, "2026-11-01", "-1")
    assert "Locked" not in member_client.get("/h/ours/transactions/").content.decode()
    lock(row)
    assert "Locked" in member_client.get("/h/ours/transactions/").content.decode()


def test_the_rows_of_an_archived_account_stay(member_client: Client, account: Account) -> None:
    by_hand(account, "2026-11-01", "-1", "OLD SHOP")
    Account.objects.update(archived_at="2026-11-02T00:00Z")
    assert "OLD SHOP" in member_client.get("/h/ours/transactions/").content.decode()


def test_columns_are_chosen_without_javascript_and_remembered_for_this_household(
    member_client: Client, account: Account
) -> None:
    by_hand(account, "2026-11-01", "-1", notes="for the sitter", reference="R-17", running_balance=Decimal("12.34"))
    here = "/h/ours/transactions/?q=shop"
    assert "R-17" not in member_client.get(here).content.decode()
    answer = member_client.post(
        "/h/ours/transactions/columns/", {"column": ["balance", "reference", "\x00", "nonsense"], "next": here}
    )
    assert answer["Location"] == here
    cookie = answer.cookies["columns"]
    assert (cookie.value, cookie["path"], cookie["samesite"]) == ("reference.balance", "/h/ours/", "Lax")
    page = member_client.get(here).content.decode()
    assert "R-17" in page
    assert "12.34" in page
    assert 'class="cell-account"' not in page
    assert "for the sitter" not in page


def test_a_cookie_of_nonsense_shows_what_it_can(member_client: Client, account: Account) -> None:
    by_hand(account, "2026-11-01", "-1", notes="for the sitter")
    member_client.cookies["columns"] = "notes.<script>.notes"
    page = member_client.get("/h/ours/transactions/").content.decode()
    assert "for the sitter" in page
    assert "<script>." not in page


def test_viewers_are_offered_nothing_that_changes_rows(
    member_client: Client, account: Account, household: Household
) -> None:
    row = by_hand(account, "2026-11-01", "-1")
    changing = (f"/{row.pk}/bucket/", f"/{row.pk}/edit/", "/transactions/new/", 'name="row"')
    page = member_client.get("/h/ours/transactions/").content.decode()
    assert [part in page for part in changing] == [True] * 4
    Membership.objects.filter(household=household).update(role="viewer")
    page = member_client.get("/h/ours/transactions/").content.decode()
    assert [part in page for part in changing] == [False] * 4


@pytest.mark.parametrize(
    "query",
    ["?at=x", "?account=zz", "?period=never", "?q=%00", "?bucket=%27", "?at=%3C9999-12-31_99999999999999999999"],
)
def test_no_address_breaks_the_page(member_client: Client, query: str) -> None:
    assert member_client.get(f"/h/ours/transactions/{query}").status_code == 200


BY_BUCKET = pytest.mark.parametrize(
    ("query", "row_count", "money_in", "money_out"),
    [
        ({}, 5, 20, -117),
        ({"bucket": "dining"}, 4, 5, -106),
        ({"bucket": ["dining", "groceries"]}, 4, 20, -110),
        ({"bucket": ["dining", "none"]}, 5, 5, -113),
        ({"bucket": "none"}, 1, 0, -7),
        ({"tag": "bucket:groceries"}, 3, 15, -4),
        ({"q": "bucket:dining"}, 4, 5, -106),
        ({"q": "-bucket:groceries"}, 2, 0, -107),
        ({"q": "bucket:dining bucket:groceries"}, 3, 20, -10),
        ({"bucket": "dining", "q": "/(/"}, 4, 5, -106),
        ({"bucket": "no-such"}, 0, None, None),
    ],
)


@BY_BUCKET
def test_under_a_filter_by_bucket_the_sums_count_the_parts_in_these_buckets(
    member_client: Client,
    account: Account,
    query: dict[str, Any],
    row_count: int,
    money_in: int | None,
    money_out: int | None,
) -> None:
    split(by_hand(account, "2026-11-01", "-10"), groceries="-4", dining="-6")
    split(by_hand(account, "2026-11-01", "20"), groceries="15", dining="5")
    split(by_hand(account, "2026-11-01", "-8", is_transfer=True), groceries="-5", dining="-3")
    TransactionTag.objects.create(
        transaction=by_hand(account, "2026-11-02", "-100"), tag=Tag.objects.get(value="dining")
    )
    by_hand(account, "2026-11-02", "-7")
    page = member_client.get("/h/ours/transactions/", query)
    assert page.context["row_count"] == row_count
    found = [(total.money_in, total.money_out) for total in page.context["totals"]]
    assert found == ([] if money_in is None else [(money_in, money_out)])
    assert "whole amount" not in page.content.decode()


def test_parts_of_several_currencies_are_kept_apart(account: Account) -> None:
    euros = Account.objects.create(name="Konto", currency="EUR")
    split(by_hand(account, "2026-11-01", "-10"), groceries="-4", dining="-6")
    split(by_hand(euros, "2026-11-01", "-9"), groceries="-2", dining="-7")
    chosen = Filter(bucket=("dining",))
    totals = totals_of(
        chosen.apply(Transaction.objects.all(), calendar=CALENDAR), buckets=chosen.bucket_ids(calendar=CALENDAR)
    )
    assert [(total.currency, total.row_count, total.money_out) for total in totals] == [("EUR", 1, -7), ("USD", 1, -6)]


def test_a_change_of_many_rows_is_asked_about_with_their_whole_amounts(member_client: Client, account: Account) -> None:
    split(by_hand(account, "2026-11-01", "-10"), groceries="-4", dining="-6")
    sent = {"everything": "yes", "query": "bucket=dining", "status": "ignored"}
    asked = member_client.post("/h/ours/transactions/bulk/status/", sent)
    assert [total.money_out for total in asked.context["totals"]] == [-10]
