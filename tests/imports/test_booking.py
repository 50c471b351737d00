"""From checked rows into the ledger and back."""

from decimal import Decimal

import pytest

from apps.households.models import Household
from apps.imports import booking, deciding, rolling_back
from apps.imports.errors import NotNow
from apps.imports.models import ImportFile
from apps.imports.pages import warnings
from apps.imports.states import State
from apps.ledger.models import Account, Changeset, Revision, Tag, Transaction, TransactionTag
from tests.imports.bank import bring_in, card, checking, ledger, read
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def test_rows_come_in_exactly_as_the_bank_wrote_them(opened: Household, account: Account) -> None:
    file = bring_in(opened, account, card([("11/03/2026", "A1", "STARBUCKS STORE, SAN DIEGO", "-6.45")]))
    row = Transaction.objects.get()
    assert (row.date.isoformat(), row.amount, row.description, row.merchant, row.bank_id, row.reference) == (
        "2026-11-03", Decimal("-6.45"), "STARBUCKS STORE, SAN DIEGO", "STARBUCKS STORE", "A1", "A1",
    )  # fmt: skip
    assert row.changeset == file.changeset
    assert row.status == Transaction.Status.UNRECONCILED
    assert (file.state, file.booked_count, file.booked_total) == (State.BOOKED, 1, Decimal("-6.45"))


def test_a_reference_that_was_made_up_is_not_kept(opened: Household, account: Account) -> None:
    file = bring_in(opened, account, checking([("11/03/2026", "STARBUCKS", "-6.45")]))
    assert file.rows.get().reference == "bofa_11/03/2026_-6.45"
    assert Transaction.objects.get().reference == ""


def test_buckets_are_guessed_and_the_last_choice_for_a_merchant_teaches(opened: Household, account: Account) -> None:
    bring_in(
        opened,
        account,
        checking([("10/03/2026", "STARBUCKS STORE 1", "-6.45"), ("10/15/2026", "ACME DES:PAYROLL", "2,000.00")]),
    )
    buckets = TransactionTag.objects.order_by("transaction__date").values_list("tag__value", flat=True)
    assert list(buckets) == ["dining", "income"]
    TransactionTag.objects.filter(tag__value="dining").update(tag=Tag.objects.get(value="groceries"), source="person")
    bring_in(opened, account, checking([("11/03/2026", "STARBUCKS STORE 2", "-7.00")]))
    assert TransactionTag.objects.get(transaction__date="2026-11-03").tag.value == "groceries"


def test_money_in_on_a_card_is_not_income(opened: Household) -> None:
    account = Account.objects.create(name="Visa", kind=Account.Kind.CREDIT_CARD, currency="USD")
    bring_in(opened, account, card([("11/03/2026", "A1", "PAYMENT - THANK YOU", "100.00")]))
    assert not TransactionTag.objects.exists()


def test_rolling_back_takes_what_came_and_leaves_what_was_matched(opened: Household, account: Account) -> None:
    first = bring_in(opened, account, checking([("11/01/2026", "RENT", "-100.00"), ("11/02/2026", "SHOP", "-5.00")]))
    before = ledger(account)
    second = bring_in(
        opened, account, checking([("11/02/2026", "SHOP", "-5.00"), ("11/03/2026", "STARBUCKS", "-6.45")])
    )
    rolling_back.order_roll_back(second)
    rolling_back.roll_back_file(opened, second.pk)
    assert ledger(account) == before
    second.refresh_from_db()
    assert second.state == State.ROLLED_BACK
    assert Changeset.objects.get(pk=second.changeset_id).undone_at is not None
    rolling_back.order_roll_back(first)
    rolling_back.roll_back_file(opened, first.pk)
    assert ledger(account) == []
    assert not TransactionTag.objects.exists()


def test_a_file_that_was_rolled_back_may_come_in_again(opened: Household, account: Account) -> None:
    content = checking([("11/01/2026", "RENT", "-100.00")])
    file = bring_in(opened, account, content)
    rolling_back.order_roll_back(file)
    rolling_back.roll_back_file(opened, file.pk)
    assert bring_in(opened, account, content).booked_count == 1


def test_delivered_twice_is_done_once(opened: Household, account: Account) -> None:
    file = read(opened, account, checking([("11/01/2026", "RENT", "-100.00")]))
    booking.confirm(file)
    for _ in range(2):
        booking.book_file(opened, file.pk)
    assert len(ledger(account)) == 1
    rolling_back.order_roll_back(file)
    for _ in range(2):
        rolling_back.roll_back_file(opened, file.pk)
    assert ledger(account) == []


def test_a_second_click_is_told_so(opened: Household, account: Account) -> None:
    file = read(opened, account, checking([("11/01/2026", "RENT", "-100.00")]))
    booking.confirm(file)
    with pytest.raises(NotNow, match="This file is “being imported” by now; another page was quicker"):
        booking.confirm(ImportFile.objects.get(pk=file.pk))


def test_the_person_may_overrule_a_verdict_both_ways(opened: Household, account: Account) -> None:
    bring_in(opened, account, checking([("11/01/2026", "RENT", "-100.00")]))
    file = read(opened, account, checking([("11/01/2026", "RENT", "-100.00"), ("11/02/2026", "SHOP", "-5.00")]))
    deciding.decide(file, included={2}, ticked={1})
    assert list(file.rows.order_by("position").values_list("comes_in", "decision")) == [(True, True), (False, False)]
    booking.book(file)
    assert ledger(account) == [("2026-11-01", "RENT", Decimal(-100)), ("2026-11-01", "RENT", Decimal(-100))]


def test_a_tick_that_agrees_with_the_verdict_is_no_decision(opened: Household, account: Account) -> None:
    file = read(opened, account, checking([("11/02/2026", "SHOP", "-5.00")]))
    deciding.decide(file, included={1}, ticked=set())
    deciding.decide(file, included=set(), ticked={1})
    assert file.rows.get().decision is None


def test_an_unreadable_row_cannot_be_ticked(opened: Household, account: Account) -> None:
    file = read(opened, account, checking([("13/45/2026", "WHAT", "-5.00"), ("11/02/2026", "SHOP", "-5.00")]))
    deciding.decide(file, included={2}, ticked={1, 2})
    booking.book(file)
    assert ledger(account) == [("2026-11-02", "SHOP", Decimal(-5))]
    unreadable = file.rows.get(verdict="unreadable")
    assert (unreadable.line, unreadable.date, unreadable.amount) == (2, None, None)
    assert "13/45/2026" in unreadable.reason


def test_booking_raises_the_version_of_the_data(opened: Household, account: Account) -> None:
    before = Revision.current()
    file = bring_in(opened, account, checking([("11/02/2026", "SHOP", "-5.00")]))
    assert Revision.current() == before + 1
    rolling_back.order_roll_back(file)
    rolling_back.roll_back_file(opened, file.pk)
    assert Revision.current() == before + 2


def test_cancelling_drops_what_was_read(opened: Household, account: Account) -> None:
    file = read(opened, account, checking([("11/02/2026", "SHOP", "-5.00")]))
    booking.cancel(file)
    assert (file.state, file.rows.count()) == (State.CANCELLED, 0)
    with pytest.raises(NotNow):
        booking.confirm(file)


def test_the_account_remembers_what_the_bank_calls_it(opened: Household) -> None:
    amex = "Date,Description,Card Member,Account #,Amount,Reference,Category\n11/03/2026,SHOP,ADA,-{},5.00,'{}',\n"
    account = Account.objects.create(name="Amex", currency="USD")
    bring_in(opened, account, amex.format("53004", 1).encode())
    assert list(account.hints.values_list("format", "hint")) == [("amex_cc", "AMEX-53004")]
    assert warnings(read(opened, account, amex.format("53004", 2).encode())) == []
    assert warnings(read(opened, account, amex.format("99999", 3).encode())) == [
        "The bank calls this account AMEX-99999; earlier files of Amex were called AMEX-53004. Is it the right account?"
    ]


QIF = b"""!Type:Bank
D11/30/2026
T-50.00
PSupermarket
SFood:Groceries
$-30.00
S%b
EGift for Jo
$-20.00
^
"""


@pytest.mark.parametrize(("second", "parts"), [(b"Shopping", [("groceries", -30), ("shopping", -20)]), (b"Jo", [])])
def test_a_row_that_the_file_splits(
    opened: Household, account: Account, second: bytes, parts: list[tuple[str, int]]
) -> None:
    """It is split where every part is a bucket that the household has; nothing of it is lost in any case."""
    file = bring_in(opened, account, QIF % second)
    row = Transaction.objects.get()
    split = row.transaction_tags.exclude(amount=None).order_by("tag__value")
    assert list(split.values_list("tag__value", "amount")) == parts
    assert row.notes == f"Split in the file: Food:Groceries -30.00; {second.decode()} -20.00 Gift for Jo"
    assert file.bucketed_count == row.transaction_tags.values("transaction").distinct().count()
