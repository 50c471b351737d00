"""What a person decides holds for the question that they were asked, and for no other."""

import pytest

from apps.households.models import Household
from apps.imports import deciding, reading
from apps.imports.booking import book
from apps.imports.errors import NotNow
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.statements import choose_account
from apps.imports.states import State
from apps.ledger.models import Account
from tests.imports.bank import Line, balanced, bring_in, checking, ledger, read, verdicts
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

RENT: Line = ("11/01/2026", "RENT", "-2,150.00")
COFFEE: Line = ("11/03/2026", "STARBUCKS", "-6.45")
POWER: Line = ("11/04/2026", "POWER", "-138.76")


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def texts(account: Account) -> list[str]:
    return [text for _, text, _ in ledger(account)]


def test_an_old_page_brings_nothing_in_twice(opened: Household, account: Account) -> None:
    first = read(opened, account, checking([RENT, COFFEE]))
    second = read(opened, account, checking([COFFEE, POWER]))
    shown = {1, 2}
    book(first)
    reading.refresh_file(opened, second.pk)
    second.refresh_from_db()
    # On the page as it was, the person takes the tick from the second row only.
    deciding.decide(second, included=shown, ticked={1})
    book(second)
    assert texts(account) == ["RENT", "STARBUCKS"]


def test_one_question_in_two_files_is_answered_once(opened: Household, account: Account) -> None:
    by_hand(account, "2026-11-03", "-6.45", "coffee with Jo")
    batch = ImportBatch.objects.create()
    files = [read(opened, account, checking([RENT, COFFEE, POWER]), name, batch) for name in ("a", "b")]
    for file in files:
        deciding.decide(file, included=set(), ticked={2})
    for file in files:
        book(file)
    assert texts(account).count("STARBUCKS") == 1


def test_decisions_were_made_about_the_account(opened: Household, account: Account) -> None:
    other = Account.objects.create(name="Other", currency="USD")
    for one in (account, other):
        bring_in(opened, one, checking([RENT, COFFEE]))
    file = read(opened, account, checking([RENT, COFFEE]))
    deciding.decide_all(file, verdict="existing", comes_in=True)
    choose_account(file, other)
    reading.compare_file(opened, file.pk)
    assert file.rows.coming_in().count() == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (checking([("11/02/2026", "LUNCH", "-10.00")]), checking([("11/02/2026", "TAXI", "-10.00")])),
        (balanced([RENT, COFFEE]), balanced([COFFEE, POWER], opening="5000.00")),
    ],
)
def test_a_row_that_was_to_come_in_is_asked_about_before_it_stays_out(
    opened: Household, account: Account, first: bytes, second: bytes
) -> None:
    """Another import of the upload has brought what it may be the same as: nothing is decided for the person."""
    batch = ImportBatch.objects.create()
    one, two = (read(opened, account, content, name, batch) for name, content in (("a", first), ("b", second)))
    book(one)
    count = len(ledger(account))
    book(two)
    assert (two.state, len(ledger(account))) == (State.READ, count)
    assert "similar" in verdicts(two)
    assert "please look at those" in two.error
    deciding.decide_all(two, verdict="similar", comes_in=True)
    book(two)
    assert two.state == State.BOOKED
    assert len(ledger(account)) == count + two.row_count


def test_nothing_is_decided_once_the_file_is_imported(opened: Household, account: Account) -> None:
    file = read(opened, account, checking([RENT]))
    stale = ImportFile.objects.get(pk=file.pk)
    book(file)
    with pytest.raises(NotNow):
        deciding.decide(stale, included={1}, ticked=set())
    assert file.rows.coming_in().count() == 1
