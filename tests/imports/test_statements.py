"""A file of several accounts is several statements, each of which finds its account or is asked for it."""

import io

import pytest

from apps.households.models import Household
from apps.imports import booking, deciding, reading, rolling_back
from apps.imports.errors import NotNow
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.states import State, move
from apps.ledger.models import Account
from tests.imports.bank import balanced, bring_in, checking, ledger, read, verdicts
from tests.planes import both_planes

pytestmark = both_planes


def ofx(*accounts: tuple[str, list[tuple[str, str]]], currency: str = "USD") -> bytes:
    """Bank statements of several accounts: number, and day and amount of each row."""
    statements = "".join(
        f"<STMTTRNRS><STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>1<ACCTID>{number}<ACCTTYPE>CHECKING</BANKACCTFROM>"
        "<BANKTRANLIST>"
        + "".join(
            f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>202611{day}<TRNAMT>{amount}<FITID>{number}-{at}<NAME>SHOP</STMTTRN>"
            for at, (day, amount) in enumerate(rows)
        )
        + "</BANKTRANLIST></STMTRS></STMTTRNRS>"
        for number, rows in accounts
    )
    return f"OFXHEADER:100\n\n<OFX><BANKMSGSRSV1>{statements}</BANKMSGSRSV1></OFX>".encode()


TWO = ofx(("1111222", [("01", "-5.00"), ("02", "-6.00")]), ("3333444", [("01", "-5.00")]))


@pytest.fixture
def accounts(opened: Household) -> tuple[Account, Account]:
    return (
        Account.objects.create(name="Checking", currency="USD"),
        Account.objects.create(name="Savings", currency="USD"),
    )


def choose(household: Household, file: ImportFile, account: Account) -> ImportFile:
    file.refresh_from_db()
    move(file, State.NEEDS_ACCOUNT, State.COMPARING, account=account)
    reading.compare_file(household, file.pk)
    return ImportFile.objects.get(pk=file.pk)


def parts_of(file: ImportFile) -> list[ImportFile]:
    return list(ImportFile.objects.filter(batch=file.batch_id, merged_into=None).order_by("part"))


def test_each_account_of_a_file_is_a_statement_that_is_asked_for_its_account(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    parts = parts_of(read(opened, None, TWO))
    assert [(part.state, part.account_hint, part.row_count) for part in parts] == [
        (State.NEEDS_ACCOUNT, "QFX-****1222", 2),
        (State.NEEDS_ACCOUNT, "QFX-****3444", 1),
    ]
    for part, account in zip(parts, accounts, strict=True):
        chosen = choose(opened, part, account)
        assert chosen.state == State.READ
        booking.book(chosen)
    assert [len(ledger(account)) for account in accounts] == [2, 1]


def test_the_next_file_finds_both_by_itself(opened: Household, accounts: tuple[Account, Account]) -> None:
    for part, account in zip(parts_of(read(opened, None, TWO)), accounts, strict=True):
        booking.book(choose(opened, part, account))
    again = parts_of(read(opened, None, TWO))
    assert [(part.state, part.account) for part in again] == [(State.READ, account) for account in accounts]
    assert [verdicts(part) for part in again] == [["existing", "existing"], ["existing"]]


def test_an_account_chosen_for_a_file_of_two_is_not_taken_for_both(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    parts = parts_of(read(opened, accounts[0], TWO))
    assert [part.state for part in parts] == [State.NEEDS_ACCOUNT] * 2


def test_two_statements_of_one_file_for_one_account_become_one(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    """Otherwise their equal rows would be taken for the same."""
    first, second = parts_of(read(opened, None, TWO))
    choose(opened, first, accounts[0])
    merged = choose(opened, second, accounts[0])
    assert parts_of(merged) == [merged]
    assert verdicts(merged) == ["new"] * 3
    booking.book(merged)
    assert len(ledger(accounts[0])) == 3
    # Both names are remembered.
    again = parts_of(read(opened, None, TWO))
    assert [(part.state, part.account, verdicts(part)) for part in again] == [
        (State.READ, accounts[0], ["existing"] * 3)
    ]


def test_a_file_that_names_no_account_goes_where_its_like_went(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    bring_in(opened, accounts[0], checking([("11/01/2026", "A", "-1.00")]))
    assert read(opened, None, checking([("11/02/2026", "B", "-1.00")])).account == accounts[0]
    bring_in(opened, accounts[1], checking([("11/03/2026", "C", "-1.00")]))
    assert read(opened, None, checking([("11/04/2026", "D", "-1.00")])).state == State.NEEDS_ACCOUNT


def test_a_file_in_another_currency_finds_no_account(opened: Household, accounts: tuple[Account, Account]) -> None:
    (part,) = parts_of(read(opened, None, ofx(("1111222", [("01", "-5.00")]))))
    booking.book(choose(opened, part, accounts[0]))
    euros = read(opened, None, ofx(("1111222", [("05", "-5.00")]), currency="EUR"))
    assert (euros.state, euros.currency) == (State.NEEDS_ACCOUNT, "EUR")


def test_read_anew_its_further_statements_are_made_anew(opened: Household, accounts: tuple[Account, Account]) -> None:
    file = read(opened, None, TWO)
    first = parts_of(file)[0]
    first.state = State.UPLOADED
    first.save()
    reading.stage(opened, first, io.BytesIO(TWO))
    assert [part.row_count for part in parts_of(file)] == [2, 1]
    booking.book(choose(opened, parts_of(file)[1], accounts[1]))
    with pytest.raises(NotNow, match="imported already"):
        reading.stage(opened, first, io.BytesIO(TWO))


def test_rows_that_another_account_has_are_told_of_and_stay_new(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    from apps.imports.pages import warnings

    lines = [("11/01/2026", "A", "-1.00"), ("11/02/2026", "B", "-2.00"), ("11/03/2026", "C", "-3.00")]
    bring_in(opened, accounts[0], checking(lines[:2]))
    file = read(opened, accounts[1], checking(lines))
    assert verdicts(file) == ["new"] * 3
    assert file.rows.get(position=1).reason == "Checking has this date, amount and text, too."
    (warning,) = warnings(file)
    assert warning.startswith("2 of the 3 new rows are in another account already")
    assert warning.endswith("Does this file belong to Savings?")


def test_a_row_left_out_of_one_file_does_not_come_in_by_another_of_the_upload(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    batch = ImportBatch.objects.create()
    lines = [("11/01/2026", "A", "-1.00"), ("11/02/2026", "B", "-2.00")]
    first = read(opened, accounts[0], checking(lines), "one.csv", batch)
    second = read(opened, accounts[0], checking(lines), "two.csv", batch)
    assert second.rows.get(position=1).reason == "one.csv of this upload has this row, too."
    deciding.decide(first, included={1, 2}, ticked={2})
    for file in (first, second):
        booking.book(file)
    assert [text for _, text, _ in ledger(accounts[0])] == ["B"]


def test_when_one_file_of_an_upload_is_cancelled_the_other_brings_its_rows(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    batch = ImportBatch.objects.create()
    lines = [("11/01/2026", "A", "-1.00")]
    first = read(opened, accounts[0], checking(lines), "one.csv", batch)
    second = read(opened, accounts[0], checking(lines), "two.csv", batch)
    booking.cancel(first)
    booking.book(second)
    assert len(ledger(accounts[0])) == 1


def test_the_same_row_with_another_balance_at_the_edge_of_a_file_is_asked_about(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    """The bank sorted a day anew, or the file begins in the middle of it: that cannot be told."""
    account, coffee = accounts[0], ("11/02/2026", "COFFEE", "-5.00")
    bring_in(opened, account, balanced([coffee, coffee]))
    later = read(opened, account, balanced([coffee, coffee], opening="95.00"))
    assert verdicts(later) == ["existing", "similar"]
    assert later.rows.get(position=2).reason == (
        "The ledger has this date, amount and text with another running balance."
    )


def test_a_day_inside_the_file_that_the_bank_sorted_anew_is_not_doubled(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    day = [("11/02/2026", "A", "-5.00"), ("11/02/2026", "B", "-7.00")]
    first, last = ("11/01/2026", "X", "-1.00"), ("11/03/2026", "Y", "-1.00")
    bring_in(opened, accounts[0], balanced([first, *day, last]))
    again = read(opened, accounts[0], balanced([first, *reversed(day), last]))
    assert verdicts(again) == ["existing"] * 4


def test_a_chosen_account_in_another_currency_is_asked_again(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    file = read(opened, accounts[0], ofx(("1111222", [("01", "-5.00")]), currency="EUR"))
    assert (file.state, file.account) == (State.NEEDS_ACCOUNT, None)


def test_rows_in_two_currencies_are_two_statements(opened: Household, accounts: tuple[Account, Account]) -> None:
    content = ofx(("1111222", [("01", "-5.00"), ("02", "-70000.00")]))
    yen = content.replace(b"<FITID>1111222-1", b"<CURRENCY><CURRATE>1<CURSYM>JPY</CURRENCY><FITID>1111222-1")
    parts = parts_of(read(opened, accounts[0], yen))
    assert [(part.currency, part.row_count) for part in parts] == [("USD", 1), ("JPY", 1)]


def test_a_merged_statement_leads_to_the_one_that_has_its_rows(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    first, second = parts_of(read(opened, None, TWO))
    choose(opened, first, accounts[0])
    merged = choose(opened, second, accounts[0])
    emptied = ImportFile.objects.get(batch=merged.batch_id, merged_into__isnull=False)
    assert (emptied.merged_into, emptied.state) == (merged, State.CANCELLED)
    booking.book(merged)
    # The first part of the next upload is still there, though its rows went to another one.
    again = read(opened, None, TWO)
    assert ImportFile.objects.filter(storage_key=again.storage_key, part=0).exists()


def test_equal_rows_of_two_parts_booked_one_after_the_other_are_two(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    without_ids = TWO.replace(b"<FITID>1111222-0", b"").replace(b"<FITID>3333444-0", b"")
    first, second = parts_of(read(opened, None, without_ids))
    first = choose(opened, first, accounts[0])
    booking.confirm(first)
    second = choose(opened, second, accounts[0])
    for part in (first, second):
        booking.book(part)
    assert len(ledger(accounts[0])) == 3


def test_read_anew_after_one_of_its_statements_was_rolled_back(
    opened: Household, accounts: tuple[Account, Account]
) -> None:
    file = read(opened, None, TWO)
    first, second = parts_of(file)
    second = choose(opened, second, accounts[1])
    booking.book(second)
    rolling_back.order_roll_back(second)
    rolling_back.roll_back_file(opened, second.pk)
    first.state = State.UPLOADED
    first.save()
    reading.stage(opened, first, io.BytesIO(TWO))
    assert [(part.part, part.state) for part in parts_of(file)] == [
        (0, State.NEEDS_ACCOUNT),
        (1, State.ROLLED_BACK),
        (2, State.NEEDS_ACCOUNT),
    ]
