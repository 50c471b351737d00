"""Taking an import back leaves the ledger as if that file had never been imported."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household
from apps.imports import rolling_back
from apps.imports.booking import book
from apps.imports.models import ImportFile
from apps.imports.states import State
from apps.ledger import journal
from apps.ledger.models import Account, Reconciliation, StatedBalance, Transaction
from tests.imports.bank import Line, bring_in, checking, ledger, read, verdicts
from tests.ledger.entries import delete_rows, edit_rows
from tests.planes import both_planes

pytestmark = both_planes

A: Line = ("11/01/2026", "RENT PAYMENT", "-2,150.00")
B: Line = ("11/03/2026", "STARBUCKS", "-6.45")
C: Line = ("11/05/2026", "POWER", "-138.76")
D: Line = ("11/07/2026", "PAYROLL", "3,000.00")


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def roll_back(household: Household, file: ImportFile, *take_out: int) -> ImportFile:
    rolling_back.order_roll_back(file, take_out=take_out)
    rolling_back.roll_back_file(household, file.pk)
    file.refresh_from_db()
    assert file.state == State.ROLLED_BACK
    return file


def texts(account: Account) -> list[str]:
    return [text for _, text, _ in ledger(account)]


def test_rows_that_an_earlier_import_brought_stay(opened: Household, account: Account) -> None:
    bring_in(opened, account, checking([A, B, C]))
    second = bring_in(opened, account, checking([B, C, D]))
    assert second.booked_count == 1
    roll_back(opened, second)
    assert texts(account) == ["RENT PAYMENT", "STARBUCKS", "POWER"]


def test_rows_that_a_later_import_lists_too_stay_and_become_its_own(opened: Household, account: Account) -> None:
    first = bring_in(opened, account, checking([A, B, C]))
    second = bring_in(opened, account, checking([B, C, D]))
    assert rolling_back.shared(first).count() == 2
    roll_back(opened, first)
    assert texts(account) == ["STARBUCKS", "POWER", "PAYROLL"]
    second.refresh_from_db()
    assert second.booked_count == 3
    assert second.booked_total == sum(Transaction.objects.values_list("amount", flat=True))
    roll_back(opened, second)
    assert ledger(account) == []


def test_of_two_heirs_the_first_inherits_and_then_the_other(opened: Household, account: Account) -> None:
    files = [bring_in(opened, account, checking([A, B])) for _ in range(3)]
    for file in files:
        assert texts(account) == ["RENT PAYMENT", "STARBUCKS"]
        roll_back(opened, file)
    assert ledger(account) == []


def test_a_changed_row_stays_unless_the_person_says_otherwise(opened: Household, account: Account) -> None:
    file = bring_in(opened, account, checking([A, B, C]))
    edit_rows(Transaction.objects.filter(description__in=["STARBUCKS", "POWER"]), notes="mine")
    power = Transaction.objects.get(description="POWER")
    assert rolling_back.conflicts(file).count() == 2
    roll_back(opened, file, power.pk)
    assert texts(account) == ["STARBUCKS"]
    assert file.kept_count == 1
    assert Transaction.objects.get().notes == "mine"


def test_a_row_changed_after_the_order_stays(opened: Household, account: Account) -> None:
    file = bring_in(opened, account, checking([A, B]))
    rolling_back.order_roll_back(file)
    edit_rows(Transaction.objects.filter(description="STARBUCKS"), notes="mine")
    rolling_back.roll_back_file(opened, file.pk)
    assert texts(account) == ["STARBUCKS"]


def test_a_row_that_an_undoing_left_changed_stays(opened: Household, account: Account) -> None:
    file = bring_in(opened, account, checking([A, B]))
    changeset = edit_rows(Transaction.objects.all(), amount="-7.00")
    left = Transaction.objects.get(description="STARBUCKS")
    statement = Reconciliation.objects.create(account=account, statement_date=left.date, statement_balance=0)
    Transaction.objects.filter(pk=left.pk).update(reconciliation=statement)
    assert len(journal.undo(changeset.pk, actor_id=None).conflicts) == 1
    Transaction.objects.filter(pk=left.pk).update(reconciliation=None)
    assert list(rolling_back.conflicts(file)) == [left]
    roll_back(opened, file)
    assert texts(account) == ["STARBUCKS"]


def test_only_the_imports_own_rows_can_be_named(opened: Household, account: Account) -> None:
    other = bring_in(opened, account, checking([A]))
    file = bring_in(opened, account, checking([B]))
    rows = list(Transaction.objects.values_list("pk", flat=True))
    roll_back(opened, file, *rows)
    assert texts(account) == ["RENT PAYMENT"]
    assert other.state == State.BOOKED


def test_the_file_comes_in_again_afterwards(opened: Household, account: Account) -> None:
    content = checking([A, B])
    roll_back(opened, bring_in(opened, account, content))
    again = read(opened, account, content)
    assert verdicts(again) == ["new", "new"]


def test_a_deleted_row_is_asked_about(opened: Household, account: Account) -> None:
    content = checking([A, B, B])
    bring_in(opened, account, content)
    one = Transaction.objects.filter(description="STARBUCKS")[:1]
    delete_rows(Transaction.objects.filter(pk__in=[row.pk for row in one]))
    again = read(opened, account, content)
    assert verdicts(again) == ["existing", "existing", "similar"]
    assert again.rows.get(position=3).reason.startswith("This row was deleted on ")
    assert again.rows.coming_in().count() == 0


def test_stated_balances_go_with_the_import_that_stated_them(opened: Household, account: Account) -> None:
    content = b"Date,Description,Amount,Running Bal.\n11/01/2026,A,-1.00,99.00\n11/02/2026,B,-2.00,97.00\n"
    file = bring_in(opened, account, content)
    assert list(StatedBalance.objects.values_list("amount", flat=True).order_by("date")) == [99, 97]
    roll_back(opened, file)
    assert not StatedBalance.objects.exists()


def test_the_account_is_forgotten_with_the_import_that_named_it(opened: Household, account: Account) -> None:
    content = checking([A, B])
    roll_back(opened, bring_in(opened, account, content))
    assert read(opened, None, content).state == State.NEEDS_ACCOUNT


def test_a_row_that_a_later_import_took_for_the_same_stays(opened: Household, account: Account) -> None:
    pending = bring_in(opened, account, checking([A, ("11/03/2026", "STARBUCKS PENDING", "-6.45"), C]))
    posted = read(opened, account, checking([A, B, C]))
    assert verdicts(posted) == ["existing", "similar", "existing"]
    book(posted)
    roll_back(opened, pending)
    assert texts(account) == ["RENT PAYMENT", "STARBUCKS PENDING", "POWER"]


def test_rolling_back_asks_as_often_for_three_rows_as_for_thirty(opened: Household, account: Account) -> None:
    counts = []
    for rows in (3, 30):
        lines = [(f"10/{day:02}/2026", f"SHOP {rows}", "-1.00") for day in range(1, rows + 1)]
        file = bring_in(opened, account, checking(lines))
        rolling_back.order_roll_back(file)
        with CaptureQueriesContext(connections["households"]) as captured:
            rolling_back.roll_back_file(opened, file.pk)
        counts.append(len(captured))
    assert counts[0] == counts[1]
