"""How long an account has had no file, as people say it."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client

from apps.households.models import Household
from apps.ledger.accounts import is_dormant, silence
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.imports.bank import balanced, bring_in
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
