"""The CSV files of the known banks, each against a small statement of its own."""

from datetime import date
from decimal import Decimal

from apps.imports.parsers import ParsedRow

from .reading import BOFA, BOFA_CC, left_out, opened, parsed, rows_of, sample, unread

ABOVE = "The line stands above the names of the columns."


def test_bank_of_america_account() -> None:
    rows = sample("bofa_bank.csv")
    assert parsed(rows) == [
        ParsedRow(
            line=7,
            date=date(2026, 2, 2),
            amount=Decimal("-1050.25"),
            description="HARBOR POWER DES:BILLPAY ID:00042 INDN:ROWAN, KIM CO ID:XXXXX1 WEB",
            merchant="HARBOR POWER",
            reference="bofa_02/02/2026_-1050.25",
            account_hint="BOFA-Unknown",
            running_balance=Decimal("149.75"),
        ),
        _bakery(line=8, balance="145.25"),
        _bakery(line=9, balance="140.75"),
        ParsedRow(
            line=10,
            date=date(2026, 2, 13),
            amount=Decimal("2000.00"),
            description="OAK MILL DES:PAYROLL ID:XXXXX7",
            merchant="OAK MILL",
            reference="bofa_02/13/2026_2000.0",
            account_hint="BOFA-Unknown",
            running_balance=Decimal("2140.75"),
        ),
    ]
    assert left_out(rows) == [
        (1, ABOVE),
        (2, ABOVE),
        (3, ABOVE),
        (6, "A balance, not a transaction: it has no amount."),
    ]
    assert unread(rows) == []


def _bakery(*, line: int, balance: str) -> ParsedRow:
    return ParsedRow(
        line=line,
        date=date(2026, 2, 3),
        amount=Decimal("-4.50"),
        description="CORNER BAKERY 02/02 PURCHASE",
        merchant="CORNER BAKERY",
        reference="bofa_02/03/2026_-4.5",
        account_hint="BOFA-Unknown",
        running_balance=Decimal(balance),
    )


def test_a_detail_of_the_booking_is_not_part_of_the_merchant() -> None:
    rows = rows_of(BOFA + "11/05/2025,T-MOBILE DES:PCS SVC,-85.00,1.00\n11/05/2025,RENT,-1.00,0.00\n")
    assert [row.merchant for row in parsed(rows)] == ["T-MOBILE", "RENT"]


def test_a_balance_that_cannot_be_read_does_not_cost_the_transaction() -> None:
    rows = rows_of(BOFA + "11/05/2025,RENT,-1.00,n/a\n")
    assert [row.running_balance for row in parsed(rows)] == [None]


def test_bank_of_america_credit_card() -> None:
    rows = sample("bofa_cc.csv")
    assert rows == [
        ParsedRow(
            line=2,
            date=date(2026, 2, 5),
            amount=Decimal("-31.07"),
            description="GREEN GROCER, PORTLAND",
            merchant="GREEN GROCER",
            reference="24000000000000000000001",
            bank_id="24000000000000000000001",
            account_hint="BOFA-CC",
        ),
        ParsedRow(
            line=3,
            date=date(2026, 2, 6),
            amount=Decimal("250.00"),
            description="PAYMENT - THANK YOU",
            merchant="PAYMENT - THANK YOU",
            reference="24000000000000000000002",
            bank_id="24000000000000000000002",
            account_hint="BOFA-CC",
        ),
        ParsedRow(
            line=4,
            date=date(2026, 2, 7),
            amount=Decimal("-5.00"),
            description="LATE FEE",
            merchant="LATE FEE",
            reference="bofa_cc_2026-02-07_-5.0",
            account_hint="BOFA-CC",
        ),
    ]


def test_american_express() -> None:
    rows = sample("amex_cc.csv")
    assert parsed(rows) == [
        ParsedRow(
            line=2,
            date=date(2026, 2, 9),
            amount=Decimal("-18.20"),
            description="RIVER CAFE          PORTLAND            OR",
            merchant="RIVER CAFE",
            reference="'320260400000000001'",
            bank_id="320260400000000001",
            account_hint="AMEX-71001",
            card_member="KIM ROWAN",
            bank_category="Restaurant-Bar & Café",
        ),
        ParsedRow(
            line=7,
            date=date(2026, 2, 11),
            amount=Decimal("12.00"),
            description="BOOKSHOP RETURN",
            merchant="BOOKSHOP RETURN",
            reference="'320260420000000003'",
            bank_id="320260420000000003",
            account_hint="AMEX-71019",
            card_member="LEE ROWAN",
            bank_category="Merchandise & Supplies-Book Stores",
        ),
    ]
    assert left_out(rows) == [(6, "A payment of the card's bill: it is in the paying account's statement.")]


def test_american_express_without_details() -> None:
    rows = rows_of("Date,Description,Card Member,Account #,Amount\n11/15/2025,TEA  SHOP,KIM,,0.00\n")
    assert rows == [
        ParsedRow(
            line=2,
            date=date(2025, 11, 15),
            amount=Decimal(0),
            description="TEA  SHOP",
            merchant="TEA",
            reference="amex_cc_2025-11-15_0.0",
            account_hint="AMEX",
            card_member="KIM",
        )
    ]


def test_inspira() -> None:
    rows = sample("inspira_hsa.csv")
    assert parsed(rows) == [
        _inspira(
            2,
            date(2026, 2, 13),
            "120.00",
            "Employee Payroll Contribution - on 02/13/2026",
            "Employee",
            "9001",
            "",
        ),
        _inspira(
            3,
            date(2026, 2, 16),
            "-1029.44",
            "HILL PHARMACY            PORTLAND     OR",
            "HILL",
            "9002",
            "Medical",
        ),
        _inspira(5, date(2026, 2, 28), "0.02", "Interest", "Interest", "9004", ""),
    ]
    assert left_out(rows) == [(4, "Cancelled before it was posted: no money moved.")]


def _inspira(
    line: int, day: date, amount: str, description: str, merchant: str, bank_id: str, category: str
) -> ParsedRow:
    return ParsedRow(
        line=line,
        date=day,
        amount=Decimal(amount),
        description=description,
        merchant=merchant,
        reference=bank_id,
        bank_id=bank_id,
        account_hint="Inspira-HSA",
        bank_category=category,
    )


def test_venmo() -> None:
    rows = sample("venmo.csv")
    assert parsed(rows) == [
        ParsedRow(
            line=5,
            date=date(2026, 2, 3),
            amount=Decimal("-14.50"),
            description="Pizza 🍕",
            merchant="Sam Vale",
            reference="5001",
            bank_id="5001",
            account_hint="Venmo",
        ),
        ParsedRow(
            line=6,
            date=date(2026, 2, 4),
            amount=Decimal("1020.00"),
            description="Payment: Sam Vale -> Kim Rowan",
            merchant="Sam Vale",
            reference="5002",
            bank_id="5002",
            account_hint="Venmo",
        ),
    ]
    assert left_out(rows) == [
        (1, ABOVE),
        (2, ABOVE),
        (4, "A balance or a notice, not a transaction: it has neither id nor amount."),
        (7, 'Not complete: Venmo calls its status "Issued".'),
    ]


def test_a_statement_says_what_it_is() -> None:
    statement = opened(BOFA)
    assert statement.format == "bofa_bank"
    assert statement.format_name == "Bank of America Bank"
    assert statement.dialect == "comma · month/day/year"


def test_column_names_are_recognised_in_any_case_order_and_separator() -> None:
    rows = rows_of("amount;running bal.; DATE ;Description\n-1.00;5.00;11/05/2025;TEA\n")
    assert [(row.amount, row.description) for row in parsed(rows)] == [(Decimal("-1.00"), "TEA")]


def test_each_line_that_cannot_be_read_is_named_with_its_reason() -> None:
    rows = rows_of(
        BOFA_CC
        + "13/45/2025,1,TEA,,-2.00\n"
        + "2025-11-15,2,TEA,,-2.00\n"
        + ",3,TEA,,-2.00\n"
        + "11/15/2025,4,TEA,,\n"
        + '11/15/2025,5,TEA,,"12,0.0"\n'
        + "11/15/2025,6,TEA,,-2.00,surplus\n"
        + "11/15/1025,7,TEA,,-2.00\n"
        + "nonsense\n"
        + "11/15/2025,8,TEA,,-2.00\n"
    )
    assert unread(rows) == [
        (2, 'The date "13/45/2025" cannot be read; month/day/year is expected.'),
        (3, 'The date "2025-11-15" cannot be read; month/day/year is expected.'),
        (4, "The date is missing."),
        (5, "The amount is missing."),
        (6, 'The amount "12,0.0" cannot be read.'),
        (7, "The line has 6 cells, but there are 5 columns."),
        (8, 'The year of the date "11/15/1025" cannot be right.'),
        (9, 'The date "nonsense" cannot be read; month/day/year is expected.'),
    ]
    assert [row.line for row in parsed(rows)] == [10]


def test_the_raw_text_of_a_line_that_cannot_be_read_is_kept_up_to_a_length() -> None:
    rows = rows_of(BOFA_CC + f"soon,1,{'T' * 300},,-2.00\n")
    assert [len(row.text) for row in rows if not isinstance(row, ParsedRow)] == [200]


def test_an_open_quotation_mark_costs_one_line_only() -> None:
    rows = rows_of(
        BOFA_CC
        + '11/15/2025,1,"TEA,,-2.00\n'
        + "11/16/2025,2,COFFEE,,-3.00\n"
        + '11/17/2025,3,"CAKE, SLICE",,-4.00\n'
        + "11/18/2025,4,MILK,,-5.00\n"
    )
    assert unread(rows) == [(2, "A quotation mark opens on this line and is not closed where a cell ends.")]
    assert [row.line for row in parsed(rows)] == [3, 4, 5]


def test_an_open_quotation_mark_does_not_swallow_a_long_file() -> None:
    rows = rows_of(BOFA_CC + '11/15/2025,1,"TEA,,-2.00\n' + "11/16/2025,2,COFFEE,,-3.00\n" * 500)
    assert len(unread(rows)) == 1
    assert len(parsed(rows)) == 500


def test_a_cell_that_is_too_long_for_the_reader_costs_one_line_only() -> None:
    rows = rows_of(BOFA_CC + f"11/15/2025,1,{'T' * 200_000},,-2.00\n11/16/2025,2,COFFEE,,-3.00\n")
    assert unread(rows) == [(2, "A cell of this line is too long to be read.")]
    assert [row.line for row in parsed(rows)] == [3]


def test_column_names_that_come_again_and_empty_records_are_left_out() -> None:
    rows = rows_of(BOFA_CC + "11/15/2025,1,TEA,,-2.00\n" + BOFA_CC + ",,,,\n\n   \n")
    assert left_out(rows) == [
        (3, "The names of the columns once more."),
        (4, "The line has no text in any column."),
    ]
    assert unread(rows) == []


def test_equal_lines_are_as_many_rows() -> None:
    assert len(parsed(rows_of(BOFA_CC + "11/15/2025,1,TEA,,-2.00\n" * 3))) == 3
