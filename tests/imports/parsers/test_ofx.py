from datetime import date
from decimal import Decimal

import pytest

from apps.imports.parsers import ParsedRow

from .reading import SAMPLES, left_out, opened, parsed, rows_of, sample, unread


def _ofx(*transactions: str, account: str = "<BANKACCTFROM><ACCTID>12345</BANKACCTFROM>") -> str:
    inside = "".join(f"<STMTTRN>\n{text}\n</STMTTRN>\n" for text in transactions)
    return f"<OFX><STMTRS>{account}<BANKTRANLIST>\n{inside}</BANKTRANLIST></STMTRS></OFX>\n"


def test_sgml_with_two_statements_keeps_their_accounts_apart() -> None:
    assert sample("statements.ofx") == [
        ParsedRow(
            line=11,
            date=date(2026, 2, 13),
            amount=Decimal("-12.50"),
            description="BOOKS & MORE - Card 7 <debit>",
            merchant="BOOKS & MORE",
            reference="qfx_A1",
            bank_id="A1",
            account_hint="QFX-****1222",
        ),
        ParsedRow(
            line=19,
            date=date(2026, 2, 14),
            amount=Decimal("-40.00"),
            description="CHECK Transaction",
            merchant="CHECK Transaction",
            reference="qfx_2026-02-14_77",
            account_hint="QFX-****1222",
        ),
        ParsedRow(
            line=30,
            date=date(2026, 2, 15),
            amount=Decimal("250.00"),
            description="PAYMENT",
            merchant="PAYMENT",
            reference="qfx_A1",
            bank_id="A1",
            account_hint="QFX-****0999",
        ),
    ]


def test_xml_with_comment_and_cdata() -> None:
    assert sample("statement_xml.ofx") == [
        ParsedRow(
            line=5,
            date=date(2026, 2, 16),
            amount=Decimal("-9.99"),
            description="Café Zoë - Tea & <cake>",
            merchant="Café Zoë",
            reference="qfx_B1",
            bank_id="B1",
            account_hint="QFX-1234",
        )
    ]


@pytest.mark.parametrize(
    ("name", "dialect"), [("statements.ofx", "OFX 1 (SGML)"), ("statement_xml.ofx", "OFX 2 (XML)")]
)
def test_the_version_is_told(name: str, dialect: str) -> None:
    assert opened((SAMPLES / name).read_bytes()).dialect == dialect


@pytest.mark.parametrize(
    ("account", "hint"),
    [
        ("", "QFX-Unknown"),
        ("<BANKACCTFROM><ACCTTYPE>SAVINGS</BANKACCTFROM>", "QFX-SAVINGS"),
        ("<BANKACCTFROM><ACCTID>1234<ACCTTYPE>SAVINGS</BANKACCTFROM>", "QFX-1234"),
        ("<CCACCTFROM><ACCTID>4111222233334444</CCACCTFROM>", "QFX-****4444"),
    ],
)
def test_the_account_is_named_by_its_last_four_characters(account: str, hint: str) -> None:
    rows = rows_of(_ofx("<DTPOSTED>20260102<TRNAMT>1.00<FITID>1", account=account))
    assert [row.account_hint for row in parsed(rows)] == [hint]


def test_the_other_side_of_a_transfer_is_not_the_account() -> None:
    transfer = "<DTPOSTED>20260102<TRNAMT>-1.00<FITID>1<NAME>MOVE<BANKACCTTO><ACCTID>99999<NAME>X</BANKACCTTO>"
    rows = parsed(rows_of(_ofx(transfer, "<DTPOSTED>20260102<TRNAMT>-1.00<FITID>2<NAME>NEXT")))
    assert [(row.account_hint, row.description) for row in rows] == [
        ("QFX-****2345", "MOVE"),
        ("QFX-****2345", "NEXT"),
    ]


def test_a_payee_may_be_an_element_or_a_group() -> None:
    plain = "<DTPOSTED>20260102<TRNAMT>-1.00<FITID>1<PAYEE>AMAZON<MEMO>Order"
    group = "<DTPOSTED>20260102<TRNAMT>-1.00<FITID>2<PAYEE><NAME>AMAZON<CITY>Here</PAYEE><MEMO>AMAZON"
    assert [row.description for row in parsed(rows_of(_ofx(plain, group)))] == ["AMAZON - Order", "AMAZON"]


@pytest.mark.parametrize("tag", ["DTPOSTED", "DTUSER", "DTAVAIL"])
def test_the_day_is_taken_as_the_bank_writes_it(tag: str) -> None:
    rows = rows_of(_ofx(f"<{tag}>20241231233000.000[-5:EST]<TRNAMT>-1.00<FITID>1"))
    assert [row.date for row in parsed(rows)] == [date(2024, 12, 31)]


def test_ids_that_a_bank_gives_to_different_transactions_are_not_trusted() -> None:
    rows = rows_of(
        _ofx(
            "<DTPOSTED>20260102<TRNAMT>-1.00<FITID>1",
            "<DTPOSTED>20260103<TRNAMT>-2.00<FITID>1",
            "<DTPOSTED>20260103<TRNAMT>-2.00<FITID>2",
            "<DTPOSTED>20260103<TRNAMT>-2.00<FITID>2",
        )
    )
    assert [(row.bank_id, row.reference) for row in parsed(rows)] == [
        ("", "qfx_1"),
        ("", "qfx_1"),
        ("2", "qfx_2"),
        ("2", "qfx_2"),
    ]


def test_a_decimal_comma_is_recognised_from_the_whole_file() -> None:
    rows = rows_of(_ofx("<DTPOSTED>20260102<TRNAMT>-1,50<FITID>1", "<DTPOSTED>20260102<TRNAMT>1.500<FITID>2"))
    assert [row.amount for row in parsed(rows)] == [Decimal("-1.50"), Decimal(1500)]


def test_transactions_that_cannot_be_read_are_named_with_their_line() -> None:
    rows = rows_of(
        _ofx(
            "<DTPOSTED>20261301<TRNAMT>-1.00<FITID>1",
            "<TRNAMT>-1.00<FITID>2",
            "<DTPOSTED>20260101<TRNAMT>one<FITID>3",
            "<DTPOSTED>20260101<FITID>4",
            "<DTPOSTED>1 Jan<TRNAMT>1.00<FITID>5",
        )
    )
    assert unread(rows) == [
        (2, 'The date "20261301" cannot be read; year month day in eight digits is expected.'),
        (5, "The date is missing."),
        (8, 'The amount "one" cannot be read.'),
        (11, "The amount is missing."),
        (14, 'The date "1 Jan" cannot be read; year month day in eight digits is expected.'),
    ]


def test_a_cut_in_a_transaction_keeps_what_was_whole_and_names_the_cut() -> None:
    content = _ofx("<DTPOSTED>20260102<TRNAMT>-1.00<FITID>1", "<DTPOSTED>20260103<TRNAMT>-2.00<FITID>2")
    rows = rows_of(content[: content.index("-2.00") + 2])
    assert len(parsed(rows)) == 1
    assert unread(rows) == [(5, "The file ends in the middle of this transaction.")]


def test_a_cut_between_transactions_is_named() -> None:
    content = _ofx("<DTPOSTED>20260102<TRNAMT>-1.00<FITID>1")
    rows = rows_of(content[: content.index("</BANKTRANLIST>")])
    assert len(parsed(rows)) == 1
    assert unread(rows) == [(4, "The file ends here, before its end mark </OFX>.")]


def test_a_transaction_without_closing_tag_ends_where_the_next_one_begins() -> None:
    first, second = "<DTPOSTED>20260102<TRNAMT>-1.00", "<DTPOSTED>20260103<TRNAMT>-2.00"
    content = f"<OFX><BANKTRANLIST><STMTTRN>{first}<STMTTRN>{second}</BANKTRANLIST></OFX>"
    assert [row.amount for row in parsed(rows_of(content))] == [Decimal("-1.00"), Decimal("-2.00")]


def test_what_is_pending_or_moves_no_cash_is_left_out() -> None:
    content = (
        "<OFX><STMTTRNP><TRNAMT>-1.00</STMTTRNP>"
        "<INVTRANLIST><REINVEST><TOTAL>-5.00</REINVEST>"
        "<INVBANKTRAN><STMTTRN><DTPOSTED>20260102<TRNAMT>-1.00<FITID>1</STMTTRN></INVBANKTRAN></INVTRANLIST></OFX>"
    )
    rows = rows_of(content)
    assert left_out(rows) == [
        (1, "A pending transaction: it is read once the bank has booked it."),
        (1, "A trade of securities that moves no cash: income that bought the same security again."),
    ]
    assert len(parsed(rows)) == 1


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("A &amp; B", "A & B"),
        ("A &amp;amp; B", "A &amp; B"),
        ("AT&T", "AT&T"),
        ("A < B", "A < B"),
        ("caf&#233; &#xE9;", "café é"),
        ("nil&#0;&#xD800;", "nil&#0;&#xD800;"),
        ("two\n   lines", "two lines"),
    ],
)
def test_entities_are_decoded_once_and_only_to_text(written: str, name: str) -> None:
    rows = rows_of(_ofx(f"<DTPOSTED>20260102<TRNAMT>-1.00<FITID>1<NAME>{written}"))
    assert [row.merchant for row in parsed(rows)] == [name]
