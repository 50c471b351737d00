from datetime import date
from decimal import Decimal

import pytest

from apps.imports.parsers import AmbiguousFile, Answers, ParsedRow, StatedBalance

from .reading import SAMPLES, balances, left_out, opened, parsed, rows_of, sample, unread


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


def _statement(inside: str, account: str = "12345", currency: str = "<CURDEF>EUR") -> str:
    return f"<STMTRS>{currency}<BANKACCTFROM><ACCTID>{account}</BANKACCTFROM>{inside}</STMTRS>\n"


ONE = "<STMTTRN><DTPOSTED>20260102<TRNAMT>-1.00<FITID>1</STMTTRN>"


def test_each_statement_tells_its_currency_and_closing_balance() -> None:
    ledger = (
        "<LEDGERBAL><BALAMT>-5.25<DTASOF>20260131120000</LEDGERBAL><AVAILBAL><BALAMT>9.00<DTASOF>20260131</AVAILBAL>"
    )
    rows = rows_of(
        f"<OFX>\n{_statement(ONE + ledger)}{_statement(ONE, '67890', '<CURDEF>usd')}{_statement(ONE, '1', '')}</OFX>"
    )
    assert [(row.account_hint, row.currency) for row in parsed(rows)] == [
        ("QFX-****2345", "EUR"),
        ("QFX-****7890", "USD"),
        ("QFX-1", ""),
    ]
    assert balances(rows) == [
        StatedBalance(
            line=2,
            text="<LEDGERBAL><BALAMT>-5.25<DTASOF>20260131120000",
            kind="closing",
            date=date(2026, 1, 31),
            amount=Decimal("-5.25"),
            account_hint="QFX-****2345",
            currency="EUR",
        )
    ]


def test_a_transaction_in_another_currency_tells_it() -> None:
    own = "<CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY>"
    converted = "<ORIGCURRENCY><CURRATE>1.1<CURSYM>USD</ORIGCURRENCY>"
    transactions = "".join(ONE.replace("</STMTTRN>", f"{kind}</STMTTRN>") for kind in (own, converted))
    assert [row.currency for row in parsed(rows_of(f"<OFX>{_statement(transactions)}</OFX>"))] == ["USD", "EUR"]


def test_a_balance_without_amount_or_day_is_named() -> None:
    rows = rows_of(f"<OFX>{_statement(ONE + '<LEDGERBAL><BALAMT>1.00</LEDGERBAL>')}</OFX>")
    assert unread(rows) == [(1, "The date is missing.")]


def test_accounts_whose_numbers_end_alike_are_told_apart() -> None:
    hints = [
        row.account_hint
        for row in parsed(rows_of(f"<OFX>{_statement(ONE, '11112222')}{_statement(ONE, '33332222')}</OFX>"))
    ]
    assert hints[0] == "QFX-****2222"
    assert hints[1].startswith("QFX-****2222-")


def _trade(kind: str, inside: str) -> str:
    return f"<{kind}><INVTRAN><FITID>{kind}<DTTRADE>20260105<DTSETTLE>20260107<MEMO>note</INVTRAN>{inside}</{kind}>\n"


def test_the_cash_of_trades_is_read_so_that_the_account_adds_up() -> None:
    security = "<SECID><UNIQUEID>US01</SECID>"
    trades = [
        _trade("BUYSTOCK", f"{security}<UNITS>10<TOTAL>-100.00"),
        _trade("BUYMF", "<UNITS>10<TOTAL>50.00"),
        _trade("BUYDEBT", "<UNITS>-10<TOTAL>25.00"),
        _trade("SELLSTOCK", f"{security}<UNITS>-4<TOTAL>44.00"),
        _trade("INCOME", f"{security}<INCOMETYPE>DIV<TOTAL>3.21"),
        _trade("INVEXPENSE", "<TOTAL>-1.00"),
        _trade("REINVEST", f"{security}<INCOMETYPE>DIV<TOTAL>-9.00"),
        _trade("JRNLSEC", security),
        _trade("SELLMF", "<UNITS>-1"),
        _trade("SELLOPT", "<TOTAL>x"),
    ]
    names = (
        "<SECLIST><STOCKINFO><SECINFO><SECID><UNIQUEID>US01</SECID><SECNAME>ACME Corp</SECINFO></STOCKINFO></SECLIST>"
    )
    account = "<CURDEF>USD<INVACCTFROM><ACCTID>990011</INVACCTFROM>"
    rows = rows_of(f"<OFX><INVSTMTRS>{account}<INVTRANLIST>\n{''.join(trades)}</INVTRANLIST></INVSTMTRS>{names}</OFX>")
    assert [
        (row.line, row.date.day, row.amount, row.description, row.merchant, row.bank_id) for row in parsed(rows)
    ] == [
        (2, 7, Decimal("-100.00"), "Bought: ACME Corp - note", "ACME Corp", "BUYSTOCK"),
        (3, 7, Decimal("-50.00"), "Bought - note", "", "BUYMF"),
        (4, 7, Decimal("25.00"), "Bought - note", "", "BUYDEBT"),
        (5, 7, Decimal("44.00"), "Sold: ACME Corp - note", "ACME Corp", "SELLSTOCK"),
        (6, 7, Decimal("3.21"), "Dividend: ACME Corp - note", "ACME Corp", "INCOME"),
        (7, 7, Decimal("-1.00"), "Expense - note", "", "INVEXPENSE"),
    ]
    assert {(row.account_hint, row.currency) for row in parsed(rows)} == {("QFX-****0011", "USD")}
    assert left_out(rows) == [
        (8, "A trade of securities that moves no cash: income that bought the same security again."),
        (9, "A trade of securities that moves no cash."),
        (10, "A trade of securities whose file does not say what cash it moved (TOTAL)."),
    ]
    assert unread(rows) == [(11, 'The amount "x" cannot be read.')]


def test_a_comma_that_may_group_thousands_is_asked_about() -> None:
    content = _ofx("<DTPOSTED>20260102<TRNAMT>1,000<FITID>1")
    with pytest.raises(AmbiguousFile) as refusal:
        opened(content)
    (question,) = refusal.value.questions
    assert (question.kind, question.sample) == ("decimal_mark", "1,000")
    assert question.options == ((".", "1,000.00"), (",", "1.00"))
    assert [row.amount for row in parsed(rows_of(content, answers=Answers(decimal=",")))] == [Decimal(1)]


def test_a_point_needs_no_question_since_ofx_does_not_group() -> None:
    assert [row.amount for row in parsed(rows_of(_ofx("<DTPOSTED>20260102<TRNAMT>1.000<FITID>1")))] == [Decimal(1)]


def test_a_cut_in_the_balance_is_named() -> None:
    content = f"<OFX>{_statement(ONE + '<LEDGERBAL><BALAMT>1234.56<DTASOF>20260102</LEDGERBAL>')}</OFX>"
    assert unread(rows_of(content[: content.index("4.56")])) == [(1, "The file ends in the middle of this balance.")]
