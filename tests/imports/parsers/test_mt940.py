import logging
from datetime import date
from decimal import Decimal

import pytest

from apps.imports.parsers import ParsedRow, UnknownFormat

from .reading import balances, left_out, opened, own_sample, parsed, rows_of, unread


def mt940(*lines: str, account: str = "DE89370400440532013000", end: str = ":62F:C260131EUR0,00\n-\n") -> str:
    inside = "".join(f"{line}\n" for line in lines)
    return f":20:X\n:25:{account}\n:28C:1\n:60F:C260101EUR0,00\n{inside}{end}"


def test_a_file_of_two_statements() -> None:
    rows = own_sample("statements.mt940.sta")
    german = {"account_hint": "ACCT-****3000", "currency": "EUR"}
    assert parsed(rows) == [
        ParsedRow(
            line=6,
            date=date(2025, 12, 31),
            amount=Decimal("-12.34"),
            description="Stadtwerke Musterstadt GmbH - Rechnung 4711 Dezember",
            merchant="Stadtwerke Musterstadt GmbH",
            reference="B4711BANKREF1",
            bank_id="B4711BANKREF1",
            **german,
        ),
        ParsedRow(
            line=9,
            date=date(2026, 1, 5),
            amount=Decimal("2500.00"),
            description="ACME BV - Salary January",
            merchant="ACME BV",
            reference="REF7",
            **german,
        ),
        ParsedRow(
            line=12,
            date=date(2026, 1, 6),
            amount=Decimal("-5.00"),
            description="free text over two lines",
            **german,
        ),
        ParsedRow(line=15, date=date(2026, 1, 7), amount=Decimal("7.50"), description="Supplement", **german),
        ParsedRow(
            line=24,
            # Interest is booked by the German year of twelve times thirty days; the last of February is meant.
            date=date(2026, 2, 28),
            amount=Decimal("5.00"),
            description="Unknown",
            account_hint="IBAN-****4300",
            currency="EUR",
        ),
    ]
    assert left_out(rows) == [(27, "A note on the whole statement, not a transaction.")]
    assert unread(rows) == []


def test_the_balances_of_every_statement_are_told() -> None:
    told = balances(own_sample("statements.mt940.sta"))
    assert [(row.kind, row.line, row.date, row.amount, row.account_hint) for row in told] == [
        ("opening", 5, date(2025, 12, 30), Decimal("1000.00"), "ACCT-****3000"),
        ("closing", 17, date(2026, 1, 7), Decimal("3490.16"), "ACCT-****3000"),
        ("opening", 23, date(2026, 1, 7), Decimal("-5.00"), "IBAN-****4300"),
        ("closing", 25, date(2026, 2, 28), Decimal("0.00"), "IBAN-****4300"),
    ]


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ("260102", date(2026, 1, 2)),
        ("2601020105", date(2026, 1, 5)),
        ("2601021231", date(2025, 12, 31)),
        ("2512310102", date(2026, 1, 2)),
        ("260102    ", date(2026, 1, 2)),
    ],
)
def test_the_day_of_booking_counts_also_at_the_turn_of_the_year(dates: str, day: date) -> None:
    rows = rows_of(mt940(f":61:{dates}C1,00NTRFNONREF"))
    assert [row.date for row in parsed(rows)] == [day]


@pytest.mark.parametrize(("mark", "sign"), [("C", 1), ("D", -1), ("RC", -1), ("RD", 1), ("rd", 1), ("CR", 1)])
def test_marks_give_the_sign_and_a_reversal_turns_it(mark: str, sign: int) -> None:
    rows = rows_of(mt940(f":61:2601020102{mark}1.234,56NTRFNONREF", f":61:2601020102{mark}12,5NTRFNONREF"))
    assert [row.amount for row in parsed(rows)] == [sign * Decimal("12.5")]
    assert [line for line, _ in unread(rows)] == [5]


@pytest.mark.parametrize(
    ("details", "merchant", "description"),
    [
        ("166?20SVWZ+Tea IBAN: DE89370400440532013000?32Kim", "Kim", "Kim - Tea"),
        ("166?00LASTSCHRIFT?32Kim", "Kim", "Kim - LASTSCHRIFT"),
        ("166~20Czynsz~32Jan", "Jan", "Jan - Czynsz"),
        ("/CNTP/NL91ABNA0417164300/ABNANL2A/Kim///REMI/USTD//Tea/", "Kim", "Kim - Tea"),
        ("/NAME/Kim", "Kim", "Kim"),
        ("TEA 3/4 /8", "", "TEA 3/4 /8"),
    ],
)
def test_details_are_read_in_each_way_of_writing_them(details: str, merchant: str, description: str) -> None:
    (row,) = parsed(rows_of(mt940(":61:260102C1,00NTRFNONREF", f":86:{details}")))
    assert (row.merchant, row.description) == (merchant, description)


def test_references_of_a_bank_that_repeat_or_are_short_are_no_ids() -> None:
    rows = rows_of(mt940(*(f":61:260102C1,00NTRFA//{ref}" for ref in ("12345678", "12345678", "87654321", "123"))))
    assert [(row.bank_id, row.reference) for row in parsed(rows)] == [
        ("", "12345678"),
        ("", "12345678"),
        ("87654321", "87654321"),
        ("", "123"),
    ]


@pytest.mark.parametrize(
    "line",
    [":61:", ":61:260102", ":61:2601X2C1,00NTRF", ":61:260102C1,2,3NTRF", ":61:260102C12.34.5NTRF", ":61:269902C1,00N",
     ":61:260102CNTRF", ":61:2601020230C1,00NTRF", "61:2601020102C1,00NTRF", ";61;2601020102D1,00NTRF"],
)  # fmt: skip
def test_a_broken_transaction_is_named_and_costs_no_other(line: str) -> None:
    good = ":61:260102C1,00NTRFNONREF"
    rows = rows_of(mt940(good, ":86:Tea", line, ":86:Lost", good, ":86:Coffee"))
    assert [row.description for row in parsed(rows)] == ["Tea", "Coffee"]
    ((number, reason),) = unread(rows)
    assert number == 7
    assert "as in :61:2601020102D12,34NTRF" in reason or "a decimal comma are expected" in reason


def test_a_broken_balance_is_named() -> None:
    rows = rows_of(mt940(end=":62F:C260131EUR1,2,3\n-\n"))
    assert unread(rows) == [
        (5, 'The amount "1,2,3" cannot be read; digits with a decimal comma are expected.'),
    ]


def test_lines_outside_a_statement_and_additions_of_banks_are_named() -> None:
    rows = rows_of("ABNANL2A\n940\n" + mt940(":NS:22Kim", ":99Z:x"))
    assert left_out(rows) == [
        (1, "The line stands outside the statement."),
        (2, "The line stands outside the statement."),
        (7, "The field :NS: is an addition of the bank, not a transaction."),
        (8, "The field :99Z: is an addition of the bank, not a transaction."),
    ]


def test_a_transaction_in_which_the_file_ends_is_named() -> None:
    rows = rows_of(mt940(":61:260102C1,00NTRF", ":61:260102C123,4", end=""))
    assert len(parsed(rows)) == 1
    assert unread(rows) == [
        (
            6,
            "The file ends in the middle of this transaction, before the closing balance (:62F:). Download it again.",
        )
    ]
    cut = rows_of(mt940(end=":62F:C260131EUR12,3"))
    assert unread(cut) == [(5, "The file ends in the middle of this balance. Download it again.")]


def test_windows_1252_is_read() -> None:
    content = mt940(":61:260102C1,00NTRFNONREF", ":86:Bäckerei Süß").encode("cp1252")
    assert [row.description for row in parsed(rows_of(content))] == ["Bäckerei Süß"]


def test_what_cannot_be_read_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        rows_of(mt940(":61:269999C1,00NTRFsecret"))
    assert caplog.text == ""


def test_a_file_is_known_by_its_first_fields() -> None:
    assert opened(mt940()).format == "mt940"
    with pytest.raises(UnknownFormat):
        opened(":20:X\nno other field\n")
