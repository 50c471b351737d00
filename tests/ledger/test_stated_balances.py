"""A balance that a person reads at the bank, held against the rows at once."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client

from apps.households.models import Household
from apps.ledger import journal
from apps.ledger.models import Account, Changeset, StatedBalance
from apps.ledger.proof import proof_of
from apps.ledger.stated_balances import NotYet, check, forget, newest_stated
from apps.tenancy.context import household_context
from tests.imports.bank import balanced, bring_in
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

TODAY = datetime.date(2026, 11, 22)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def account(household: Household) -> Account:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD", opening_balance=Decimal(50))
        by_hand(account, "2026-11-01", "-5")
        by_hand(account, "2026-11-10", "20")
        return account


def state(account: Account, date: str, amount: str) -> Changeset:
    checked = check(account, date=day(date), amount=Decimal(amount), today=TODAY, actor_id=1)
    assert checked.changeset is not None
    return checked.changeset


def test_the_first_balance_is_held_against_the_opening_balance_and_counts_from_then_on(
    opened: Household, account: Account
) -> None:
    checked = check(account, date=day("2026-11-10"), amount=Decimal(70), today=TODAY, actor_id=1)
    assert (checked.expected, checked.difference, checked.is_first) == (65, 5, True)
    proof = proof_of(account.pk)
    assert proof is not None
    assert proof.opening == 55


def test_a_second_balance_says_by_how_much_the_rows_are_off(opened: Household, account: Account) -> None:
    state(account, "2026-11-01", "45")
    checked = check(account, date=day("2026-11-12"), amount=Decimal("60.5"), today=TODAY, actor_id=1)
    assert (checked.expected, checked.difference, checked.is_first) == (Decimal(65), Decimal("-4.5"), False)
    shown = newest_stated(account, opening=Decimal(50), count=5)
    assert [(one.date, one.expected, one.difference, one.is_by_hand) for one in shown] == [
        (day("2026-11-12"), Decimal(65), Decimal("-4.5"), True),
        (day("2026-11-01"), Decimal(45), Decimal(0), True),
    ]


def test_a_balance_of_the_same_day_replaces_the_one_before_and_undo_brings_it_back(
    opened: Household, account: Account
) -> None:
    state(account, "2026-11-10", "1")
    again = state(account, "2026-11-10", "65")
    assert list(StatedBalance.objects.values_list("amount", flat=True)) == [65]
    journal.undo(again.pk, actor_id=1)
    assert list(StatedBalance.objects.values_list("amount", flat=True)) == [1]


def test_only_what_a_person_stated_can_be_taken_out(opened: Household, account: Account) -> None:
    bring_in(opened, account, balanced([("11/15/2026", "A", "-1.00"), ("11/16/2026", "B", "-2.00")]))
    state(account, "2026-11-20", "62")
    for stated in list(StatedBalance.objects.all()):
        forget(account, stated.pk, actor_id=1)
    assert set(StatedBalance.objects.values_list("changeset__kind", flat=True)) == {"import"}


def test_a_balance_that_another_tab_took_out_is_told(
    member_client: Client, household: Household, account: Account
) -> None:
    with household_context(household):
        stated = StatedBalance.objects.get(changeset=state(account, "2026-11-20", "62"))
    address = f"/h/ours/accounts/{account.pk}/balances/{stated.pk}/forget/"
    assert member_client.post(address).status_code == 302
    again = member_client.post(address)
    assert again.status_code == 404
    assert "This balance is not there any more" in again.content.decode()


def test_a_day_to_come_has_no_balance(opened: Household, account: Account) -> None:
    with pytest.raises(NotYet):
        check(account, date=day("2026-11-23"), amount=Decimal(1), today=TODAY, actor_id=1)
    assert not StatedBalance.objects.exists()


def test_a_balance_stated_before_rows_of_its_day_came_is_told_so(opened: Household, account: Account) -> None:
    state(account, "2026-11-15", "65")
    bring_in(opened, account, balanced([("11/15/2026", "A", "-1.00"), ("11/16/2026", "B", "-2.00")], opening="65.00"))
    (by_hand_one,) = [one for one in newest_stated(account, opening=Decimal(50), count=5) if one.is_by_hand]
    assert (by_hand_one.is_outdated, by_hand_one.difference) == (True, 1)


def test_the_page_says_at_once_whether_the_rows_agree(member_client: Client, account: Account) -> None:
    address = f"/h/ours/accounts/{account.pk}/"
    said = []
    for date, balance in (("2026-11-10", "65.00"), ("2026-11-11", "70"), ("2026-11-12", "60")):
        page = member_client.post(f"{address}check/", {"date": date, "balance": balance}, follow=True)
        said += [str(message) for message in page.context["messages"]]
    assert said == [
        "The rows agree: they make $65.00, to the cent.",
        "The rows do not agree: they make $65.00 where you say $70.00, which is $5.00 too little.",
        "The rows do not agree: they make $65.00 where you say $60.00, which is $5.00 too much.",
    ]
    assert len(page.context["stated"]) == 3
    forgotten = member_client.post(f"{address}balances/{page.context['stated'][0].pk}/forget/", follow=True)
    assert len(forgotten.context["stated"]) == 2


def test_of_a_card_people_state_what_is_owed(member_client: Client, household: Household) -> None:
    with household_context(household):
        card = Account.objects.create(name="Card", currency="USD", kind="credit_card")
        by_hand(card, "2026-11-01", "-30")
    page = member_client.post(
        f"/h/ours/accounts/{card.pk}/check/", {"date": "2026-11-01", "balance": "30"}, follow=True
    )
    assert [str(message) for message in page.context["messages"]] == ["The rows agree: they make −$30.00, to the cent."]
    with household_context(household):
        assert StatedBalance.objects.get().amount == -30


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"date": "2026-11-10", "balance": "much"}, "balance"),
        ({"date": "", "balance": "1"}, "date"),
        ({"date": "9999-12-31", "balance": "1"}, "date"),
        ({"date": "1066-10-14", "balance": "1"}, "date"),
        ({"date": "2026-11-10", "balance": "1" * 30}, "balance"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(
    member_client: Client, household: Household, account: Account, sent: dict[str, str], field: str
) -> None:
    answer = member_client.post(f"/h/ours/accounts/{account.pk}/check/", sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    with household_context(household):
        assert not StatedBalance.objects.exists()
