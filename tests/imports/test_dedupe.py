"""Imports never double a row and never swallow one."""

from collections import Counter

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household
from apps.imports.booking import book
from apps.ledger import journal
from apps.ledger.models import Account, Transaction
from tests.imports.bank import Line, bring_in, card, checking, ledger, read, verdicts
from tests.ledger.entries import by_hand, delete_rows, edit_rows
from tests.planes import both_planes

pytestmark = both_planes

COFFEE: Line = ("11/03/2026", "STARBUCKS STORE 05512", "-6.45")
RENT: Line = ("11/01/2026", "RENT PAYMENT", "-2,150.00")
POWER: Line = ("11/04/2026", "SDGE DES:WEB_PAY", "-138.76")


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def test_the_same_file_again_brings_nothing(opened: Household, account: Account) -> None:
    content = checking([RENT, COFFEE, POWER])
    bring_in(opened, account, content)
    again = bring_in(opened, account, content)
    assert verdicts(again) == ["existing"] * 3
    assert again.booked_count == 0
    assert len(ledger(account)) == 3


def test_two_equal_rows_of_a_file_are_two(opened: Household, account: Account) -> None:
    bring_in(opened, account, checking([COFFEE, COFFEE]))
    assert len(ledger(account)) == 2


def test_the_third_of_three_equals_is_new_when_the_ledger_has_two(opened: Household, account: Account) -> None:
    bring_in(opened, account, checking([COFFEE, COFFEE]))
    more = bring_in(opened, account, checking([COFFEE, RENT, COFFEE, COFFEE]))
    assert verdicts(more) == ["existing", "new", "existing", "new"]
    assert len(ledger(account)) == 4


def test_case_and_white_space_do_not_make_another_text(opened: Household, account: Account) -> None:
    bring_in(opened, account, checking([("11/03/2026", "STARBUCKS  STORE", "-6.45")]))
    again = read(opened, account, checking([("11/03/2026", " Starbucks Store ", "-6.45")]))
    assert verdicts(again) == ["existing"]


def test_an_equal_row_of_another_account_does_not_count(opened: Household, account: Account) -> None:
    other = Account.objects.create(name="Savings", currency="USD")
    bring_in(opened, other, checking([COFFEE]))
    assert verdicts(read(opened, account, checking([COFFEE]))) == ["new"]


def test_the_bank_id_decides_over_an_equal_text(opened: Household, account: Account) -> None:
    bring_in(opened, account, card([("11/03/2026", "A1", "STARBUCKS", "-6.45")]))
    file = read(
        opened, account, card([("11/03/2026", "A2", "STARBUCKS", "-6.45"), ("11/03/2026", "A1", "STARBUCKS", "-6.45")])
    )
    assert verdicts(file) == ["new", "existing"]


def test_a_known_bank_id_with_another_amount_is_asked_about(opened: Household, account: Account) -> None:
    bring_in(opened, account, card([("11/03/2026", "A1", "BISTRO", "-40.00")]))
    file = read(opened, account, card([("11/04/2026", "A1", "BISTRO", "-48.00")]))
    assert verdicts(file) == ["similar"]
    assert file.rows.get().reason == "The ledger has this bank id with another row."


def test_the_same_bank_id_twice_in_a_file_is_one_transaction(opened: Household, account: Account) -> None:
    row = ("11/03/2026", "A1", "BISTRO", "-40.00")
    file = bring_in(opened, account, card([row, row]))
    assert verdicts(file) == ["new", "existing"]
    assert file.rows.get(position=2).reason == "The file has this row with the same bank id on line 2 already."


def test_a_file_without_ids_knows_the_rows_that_came_with_ids(opened: Household, account: Account) -> None:
    bring_in(opened, account, card([("11/03/2026", "A1", "STARBUCKS", "-6.45")]))
    assert verdicts(read(opened, account, checking([("11/03/2026", "STARBUCKS", "-6.45")]))) == ["existing"]


def test_one_ledger_row_answers_for_one_row_of_the_file(opened: Household, account: Account) -> None:
    bring_in(opened, account, checking([("11/03/2026", "STARBUCKS", "-6.45")]))
    two = card([("11/03/2026", "A1", "STARBUCKS", "-6.45"), ("11/03/2026", "A2", "STARBUCKS", "-6.45")])
    assert sorted(verdicts(read(opened, account, two))) == ["existing", "new"]


def test_a_row_entered_by_hand_is_asked_about(opened: Household, account: Account) -> None:
    mine = by_hand(account, "2026-11-03", "-6.45", "coffee with Jo")
    file = read(opened, account, checking([RENT, COFFEE, POWER]))
    assert verdicts(file) == ["new", "similar", "new"]
    row = file.rows.get(verdict="similar")
    assert row.resembles_id == mine.pk
    assert row.reason == "The ledger has this amount on the same day with another text."


def test_a_pending_row_that_was_posted_later_is_asked_about(opened: Household, account: Account) -> None:
    by_hand(account, "2026-11-02", "-6.45", "STARBUCKS STORE 05512 PENDING")
    file = read(opened, account, checking([RENT, COFFEE, POWER]))
    assert file.rows.get(verdict="similar").reason == "The ledger has this amount on 2 November 2026 with a like text."


def test_the_daily_coffee_at_the_edge_of_a_month_is_new(opened: Household, account: Account) -> None:
    bring_in(opened, account, checking([("10/31/2026", "STARBUCKS STORE 05512", "-6.45")]))
    file = read(opened, account, checking([("11/01/2026", "STARBUCKS STORE 05512", "-6.45"), RENT]))
    assert verdicts(file) == ["new", "new"]


def test_one_row_of_the_ledger_asks_one_question(opened: Household, account: Account) -> None:
    by_hand(account, "2026-11-03", "-6.45", "coffee")
    file = read(opened, account, checking([RENT, COFFEE, COFFEE, POWER]))
    assert Counter(verdicts(file)) == {"new": 3, "similar": 1}


def test_verdicts_are_given_anew_when_another_file_was_booked_meanwhile(opened: Household, account: Account) -> None:
    first = read(opened, account, checking([RENT, COFFEE]))
    second = read(opened, account, checking([COFFEE, POWER]))
    for file in (first, second):
        book(file)
    assert (first.booked_count, second.booked_count) == (2, 1)
    assert len(ledger(account)) == 3


def test_the_number_of_statements_does_not_grow_with_the_rows(opened: Household, account: Account) -> None:
    bring_in(opened, account, checking([RENT]))  # an account without rows needs fewer
    counts = []
    for rows in (2, 30):
        with CaptureQueriesContext(connections["households"]) as captured:
            bring_in(
                opened, account, checking([(f"10/{day:02}/2026", f"SHOP {day}", "-1.00") for day in range(1, rows + 1)])
            )
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("values", [{"date": "2026-11-20"}, {"amount": "-6.50"}, {"description": "COFFEE"}])
def test_a_row_that_was_changed_is_asked_about_and_not_doubled(
    opened: Household, account: Account, values: dict[str, str]
) -> None:
    content = checking([RENT, COFFEE, POWER])
    bring_in(opened, account, content)
    edit_rows(Transaction.objects.filter(description=COFFEE[1]), **values)
    assert verdicts(read(opened, account, content)) == ["existing", "similar", "existing"]


def test_a_row_is_known_however_much_of_what_was_done_to_it_was_undone(opened: Household, account: Account) -> None:
    content = checking([RENT, COFFEE, POWER])
    bring_in(opened, account, content)
    coffee = Transaction.objects.filter(description=COFFEE[1])
    moved = edit_rows(coffee, date="2026-11-20")
    dearer = edit_rows(coffee, amount="-7.00")
    for changeset in (moved, dearer):
        assert verdicts(read(opened, account, content)) == ["existing", "similar", "existing"]
        journal.undo(changeset.pk, actor_id=None)
    assert verdicts(read(opened, account, content)) == ["existing"] * 3
    assert verdicts(read(opened, account, checking([COFFEE, COFFEE]))) == ["existing", "new"]


def test_a_row_that_an_undoing_left_changed_is_asked_about(opened: Household, account: Account) -> None:
    content = checking([RENT, COFFEE])
    bring_in(opened, account, content)
    moved = edit_rows(Transaction.objects.all(), date="2026-11-20")
    edit_rows(Transaction.objects.filter(description=COFFEE[1]), date="2026-11-21")
    assert len(journal.undo(moved.pk, actor_id=None).conflicts) == 1
    assert verdicts(read(opened, account, content)) == ["existing", "similar"]


def test_a_deleted_row_is_known_by_its_id(opened: Household, account: Account) -> None:
    bring_in(opened, account, card([("11/03/2026", "A1", "BISTRO", "-40.00")]))
    delete_rows(Transaction.objects.all())
    assert verdicts(read(opened, account, card([("11/03/2026", "A1", "BISTRO NYC", "-40.00")]))) == ["similar"]
    assert verdicts(read(opened, account, card([("11/03/2026", "A2", "BISTRO", "-40.00")]))) == ["new"]


def test_one_row_of_the_ledger_answers_for_one_row_of_its_id(opened: Household, account: Account) -> None:
    bring_in(opened, account, card([("11/03/2026", "A1", "BISTRO", "-40.00")]))
    file = read(
        opened, account, card([("11/03/2026", "A1", "HOTEL", "-40.00"), ("11/03/2026", "A1", "BISTRO", "-40.00")])
    )
    assert verdicts(file) == ["similar", "existing"]
