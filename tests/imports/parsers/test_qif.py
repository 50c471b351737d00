from datetime import date
from decimal import Decimal

import pytest

from apps.imports.parsers import ParsedRow

from .reading import left_out, opened, parsed, rows_of, sample, unread


def _dates(*written: str) -> list[date]:
    content = "!Type:Bank\n" + "".join(f"D{text}\nT-1.00\nPTEA\n^\n" for text in written)
    return [row.date for row in parsed(rows_of(content))]


def test_a_register_of_quicken() -> None:
    rows = sample("register.qif")
    assert parsed(rows) == [
        ParsedRow(
            line=6,
            date=date(2026, 2, 13),
            amount=Decimal("-1050.25"),
            description="Harbor Power - February",
            merchant="Harbor Power",
            reference="qif_2026-02-13_1001",
            account_hint="QIF-Bank",
            bank_category="Utilities:Electric",
        ),
        ParsedRow(
            line=13,
            date=date(2026, 4, 3),
            amount=Decimal("12.00"),
            description="Refund",
            merchant="Refund",
            reference="qif_2026-04-03_12.0",
            account_hint="QIF-Bank",
        ),
    ]
    assert left_out(rows) == [
        (2, "The name of an account, not a transaction."),
        (18, "A record of a list, not a transaction."),
    ]


def test_one_date_that_only_fits_day_first_settles_the_order_of_all() -> None:
    assert _dates("03/04/2026", "13/04/2026") == [date(2026, 4, 3), date(2026, 4, 13)]


def test_one_date_that_only_fits_month_first_settles_the_order_of_all() -> None:
    assert _dates("03/04/2026", "04/13/2026") == [date(2026, 3, 4), date(2026, 4, 13)]


@pytest.mark.parametrize(
    ("days", "dialect"),
    [
        (["03/04/2026"], "QIF · month/day/year (assumed: no date in the file shows the order)"),
        (["04/13/2026"], "QIF · month/day/year"),
        (["13/04/2026"], "QIF · day/month/year"),
        (["3.4.2026"], "QIF · day/month/year"),
    ],
)
def test_the_dialect_says_how_dates_are_read(days: list[str], dialect: str) -> None:
    content = "!Type:Bank\n" + "".join(f"D{text}\nT-1.00\n^\n" for text in days)
    assert opened(content).dialect == dialect


def test_a_date_against_the_order_of_the_file_is_named() -> None:
    rows = rows_of("!Type:Bank\nD4/13/26\nT1\n^\nD4/14/26\nT1\n^\nD15/4/26\nT1\n^\n")
    assert unread(rows) == [(8, 'The date "15/4/26" cannot be read; month/day/year is expected.')]
    assert len(parsed(rows)) == 2


def test_years_are_written_in_every_way_of_quicken() -> None:
    written = ["12/31/99", "12/31'99", "1/ 5' 4", "1/5/04", "2026-02-13", "1-5-2026"]
    assert _dates(*written) == [
        date(1999, 12, 31),
        date(2099, 12, 31),
        date(2004, 1, 5),
        date(2004, 1, 5),
        date(2026, 2, 13),
        date(2026, 1, 5),
    ]


def test_the_decimal_mark_is_settled_by_the_whole_file() -> None:
    content = "!Type:Bank\nD1.2.2026\nT-45,67\n^\nD1.2.2026\nT1.234\n^\n"
    assert [row.amount for row in parsed(rows_of(content))] == [Decimal("-45.67"), Decimal(1234)]
    assert opened(content).dialect == "QIF · day/month/year · decimal comma"


def test_a_decimal_comma_in_a_file_of_decimal_points_is_named_and_not_taken_for_thousands() -> None:
    rows = rows_of("!Type:Bank\nD1/2/2026\nT-45.67\n^\nD1/2/2026\nT-1.50\n^\nD1/2/2026\nT-45,67\n^\n")
    assert unread(rows) == [(8, 'The amount "-45,67" cannot be read.')]


def test_splits_are_not_read_since_the_amount_is_their_sum() -> None:
    rows = rows_of("!Type:Bank\nD1/20/2026\nT-30.00\nPMarket\nSFood\nEapples\n$-20.00\nSHome\n$-10.00\n^\n")
    assert [(row.amount, row.description) for row in parsed(rows)] == [(Decimal("-30.00"), "Market")]


def test_two_accounts_of_one_type_are_told_apart_by_name() -> None:
    record = "D1/20/2026\nT-1.00\n^\n"
    account = "!Account\nN{}\nT{}\n^\n!Type:{}\n"
    content = "".join(
        account.format(name, kind, kind) + record
        for name, kind in [("Joint", "Bank"), ("Savings", "Bank"), ("Visa", "CCard")]
    )
    assert [row.account_hint for row in parsed(rows_of(content))] == [
        "QIF-Bank-Joint",
        "QIF-Bank-Savings",
        "QIF-CCard",
    ]


def test_the_last_record_and_a_record_before_a_section_may_lack_their_end_mark() -> None:
    rows = parsed(rows_of("!Type:Bank\nD1/20/2026\nT-1.00\n!Type:CCard\nD1/21/2026\nT-2.00"))
    assert [(row.amount, row.account_hint) for row in rows] == [
        (Decimal("-1.00"), "QIF-Bank"),
        (Decimal("-2.00"), "QIF-CCard"),
    ]


def test_records_without_date_or_amount_are_named() -> None:
    rows = rows_of("!Type:Bank\nD1/20/2026\nPTea\n^\nT-1.00\n^\nDsoon\nT-1.00\n^\n")
    assert unread(rows) == [
        (2, "The amount is missing."),
        (5, "The date is missing."),
        (7, 'The date "soon" cannot be read; month/day/year is expected.'),
    ]


def test_records_of_an_investment_account_are_left_out() -> None:
    rows = rows_of("!Type:Invst\nD1/20/2026\nNBuy\nYACME\nT100.00\n^\n")
    assert left_out(rows) == [(2, "A record of an investment account: only bank, cash and card accounts are read.")]


def test_a_record_without_payee_and_memo_is_called_unknown() -> None:
    assert [row.description for row in parsed(rows_of("!Type:Cash\nD1/20/2026\nU-1.00\n^\n"))] == ["Unknown"]
