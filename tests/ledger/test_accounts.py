"""The list of accounts and the page of one: figures, headings, and how long there was no file, as people say it."""

import datetime
from decimal import Decimal

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household
from apps.ledger.accounts import GROUPS, is_dormant, list_accounts, listed, silence, total_by_currency
from apps.ledger.models import Account, Revision
from apps.tenancy.context import household_context
from tests.imports.bank import balanced, bring_in
from tests.ledger.entries import by_hand
from tests.planes import both_planes

TODAY = datetime.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("days", "words", "dormant"),
    [
        (40, "", False),
        (41, "no file for 41 days", False),
        (90, "no file for 90 days", False),
        (91, "no file since August 2026", False),
        (365, "no file since November 2025", False),
        (366, "no file since November 2025", True),
    ],
)
def test_silence_in_words(days: int, words: str, dormant: bool) -> None:
    last = TODAY - datetime.timedelta(days=days)
    assert silence(last, TODAY) == words
    assert is_dormant(last, TODAY) is dormant


@both_planes
def test_the_page_says_how_far_an_account_is_proved(household: Household, member_client: Client) -> None:
    rows = [("11/01/2026", "A", "-1.00"), ("11/02/2026", "B", "-2.00"), ("11/04/2026", "C", "-4.00")]
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        bring_in(household, account, balanced(rows))
    page = member_client.get("/h/ours/accounts/")
    (listed,) = page.context["accounts"]
    assert listed.balance == Decimal("93.00")
    assert "proved to" in page.content.decode()


@both_planes
def test_the_page_says_where_an_account_breaks(household: Household, member_client: Client) -> None:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        bring_in(household, account, balanced([("11/01/2026", "A", "-1.00"), ("11/02/2026", "B", "-1.00")]))
        bring_in(
            household, account, balanced([("11/09/2026", "C", "-4.00"), ("11/10/2026", "D", "-1.00")], opening="80.00")
        )
    page = member_client.get("/h/ours/accounts/")
    (listed,) = page.context["accounts"]
    assert (listed.proof.expected, listed.proof.stated, listed.proof.missing) == (94, 76, -18)
    assert "are off by" in page.content.decode()


@both_planes
def test_accounts_stand_under_their_headings_in_the_households_order(
    household: Household, member_client: Client
) -> None:
    kinds = [
        ("Loan", "loan", 1),
        ("Cash", "cash", 5),
        ("Main", "checking", 2),
        ("Card", "credit_card", 9),
        ("HSA", "hsa", 3),
    ]
    with household_context(household):
        for name, kind, place in kinds:
            Account.objects.create(name=name, currency="USD", kind=kind, sort_order=place)
    groups = member_client.get("/h/ours/accounts/").context["groups"]
    assert [(group.name, [account.name for account in group.accounts]) for group in groups] == [
        ("Cash and checking", ["Main", "Cash"]),
        ("Savings and investments", ["HSA"]),
        ("Cards and loans", ["Loan", "Card"]),
    ]


def test_every_kind_of_account_has_a_heading() -> None:
    assert sorted(kind for kinds in GROUPS.values() for kind in kinds) == sorted(Account.Kind.values)


@both_planes
def test_a_card_shows_what_is_left_of_its_limit_and_when_it_is_due(opened: Household) -> None:
    card = Account.objects.create(
        name="Card", currency="USD", kind="credit_card", credit_limit=Decimal(1000), due_day=31
    )
    by_hand(card, "2026-11-01", "-850.00")
    (shown,) = list_accounts(today=TODAY)
    assert shown.credit is not None
    assert (shown.credit.available, shown.credit.used_percent, shown.credit.tone) == (150, 85, "bad")
    assert shown.due_date == datetime.date(2026, 11, 30)
    assert listed(card, today=TODAY) == shown


@both_planes
def test_sums_keep_currencies_apart(opened: Household) -> None:
    for name, currency, opening in (("A", "USD", "10"), ("B", "EUR", "5"), ("C", "USD", "-2.5")):
        Account.objects.create(name=name, currency=currency, opening_balance=Decimal(opening))
    assert total_by_currency(list_accounts(today=TODAY)) == [
        {"currency": "EUR", "amount": Decimal(5)},
        {"currency": "USD", "amount": Decimal("7.5")},
    ]


@both_planes
def test_an_archived_account_waits_for_no_file(opened: Household) -> None:
    account = Account.objects.create(name="Old", currency="USD", archived_at="2026-11-01T00:00Z")
    by_hand(account, "2026-08-01", "-1")
    assert [one.silence for one in list_accounts(today=TODAY)] == [""]


@both_planes
@pytest.mark.parametrize("address", ["", "order/"])
def test_the_pages_ask_as_often_for_one_account_as_for_three(
    household: Household, member_client: Client, address: str
) -> None:
    counts = []
    for number in (1, 2, 3):
        with household_context(household):
            by_hand(Account.objects.create(name=f"Account {number}", currency="USD"), "2026-11-01", "-1")
            Revision.go_up()
        with CaptureQueriesContext(connections["households"]) as captured:
            assert member_client.get(f"/h/ours/accounts/{address}").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[2]


@both_planes
def test_the_page_of_an_account_shows_its_figures_curve_and_rows(household: Household, member_client: Client) -> None:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD", opening_balance=Decimal(100))
        bring_in(household, account, balanced([("11/01/2026", "A", "-1.00"), ("11/02/2026", "B", "-2.00")]))
    counts = []
    for query in ("", "?by=day", "?by=century"):
        with household_context(household):
            Revision.go_up()
        with CaptureQueriesContext(connections["households"]) as captured:
            page = member_client.get(f"/h/ours/accounts/{account.pk}/{query}")
        counts.append(len(captured))
        assert page.context["account"].balance == 97
        assert page.context["chart"]["points"][-1]["amount"] == 97
        assert [row.description for row in page.context["rows"]] == ["B", "A"]
        assert [stated.difference for stated in page.context["stated"]] == [0, 0]
    assert page.context["chart"]["by_day"] is False
    assert len(set(counts)) == 1
