from datetime import date
from decimal import Decimal

import pytest

from apps.imports.parsers import AmbiguousFile, Answers, ParsedRow, Question, SplitPart

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
        (["05/05/2026"], "QIF · month/day/year"),
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
    rows = rows_of("!Type:Bank\nD1/20/2026\nT-45.67\n^\nD1/2/2026\nT-1.50\n^\nD1/2/2026\nT-45,67\n^\n")
    assert unread(rows) == [(8, 'The amount "-45,67" cannot be read.')]


def _splits(*lines: str) -> ParsedRow:
    (row,) = parsed(rows_of("\n".join(["!Type:Bank", "D1/20/2026", "T-30.00", "PMarket", *lines, "^\n"])))
    return row


def test_a_split_that_sums_to_the_amount_is_read() -> None:
    assert _splits("SFood", "Eapples", "$-20.00", "SHome", "$-10.00").splits == (
        SplitPart(Decimal("-20.00"), "Food", "apples"),
        SplitPart(Decimal("-10.00"), "Home"),
    )


def test_a_split_by_shares_is_read_to_the_cent() -> None:
    assert _splits("SFood", "%25", "SHome", "%75%").splits == (
        SplitPart(Decimal("-7.50"), "Food"),
        SplitPart(Decimal("-22.50"), "Home"),
    )


@pytest.mark.parametrize(
    ("lines", "description"),
    [
        (["SFood", "Eapples", "$-20.00", "SHome", "$-9.99"], "Food apples -20.00; Home -9.99"),
        (["SFood", "$-20.00", "SHome", "$ten"], "Food -20.00; Home ten"),
        (["SFood", "%50"], "Food 50%"),
        (["SFood"], "Food"),
    ],
)
def test_a_split_that_does_not_add_up_stays_as_words(lines: list[str], description: str) -> None:
    row = _splits(*lines)
    assert (row.amount, row.splits) == (Decimal("-30.00"), ())
    assert row.description == f"Market (parts that do not add up: {description})"


def test_the_order_of_dates_is_asked_where_no_date_decides() -> None:
    content = "!Type:Bank\nD03/04/2026\nT-1.00\n^\n"
    with pytest.raises(AmbiguousFile) as refusal:
        opened(content)
    assert refusal.value.questions == (
        Question(
            kind="date_order",
            sentence='The date "03/04/2026" can be read in two ways and no other decides. '
            "Does it mean 3 April 2026 or 4 March 2026?",
            sample="03/04/2026",
            options=(("day_first", "3 April 2026"), ("month_first", "4 March 2026")),
        ),
    )
    assert str(refusal.value) == refusal.value.questions[0].sentence
    for day_first, day in [(True, date(2026, 4, 3)), (False, date(2026, 3, 4))]:
        assert [row.date for row in parsed(rows_of(content, answers=Answers(day_first=day_first)))] == [day]


@pytest.mark.parametrize(("amount", "point", "comma"), [("1,000", "1000", "1"), ("1.000", "1", "1000")])
def test_the_decimal_mark_is_asked_where_no_amount_decides(amount: str, point: str, comma: str) -> None:
    content = f"!Type:Bank\nD1/20/2026\nT{amount}\n^\n"
    with pytest.raises(AmbiguousFile) as refusal:
        opened(content)
    (question,) = refusal.value.questions
    readings = tuple((mark, f"{Decimal(value):,.2f}") for mark, value in ((".", point), (",", comma)))
    assert (question.kind, question.sample, question.options) == ("decimal_mark", amount, readings)
    for mark, value in ((".", point), (",", comma)):
        assert [row.amount for row in parsed(rows_of(content, answers=Answers(decimal=mark)))] == [Decimal(value)]


def test_both_questions_are_asked_at_once() -> None:
    with pytest.raises(AmbiguousFile) as refusal:
        opened("!Type:Bank\nD1/2/2026\nT1,000\n^\n")
    assert [question.kind for question in refusal.value.questions] == ["date_order", "decimal_mark"]


def test_an_answer_stands_above_what_the_file_shows() -> None:
    content = "!Type:Bank\nD1/20/2026\nT1.50\n^\n"
    assert unread(rows_of(content, answers=Answers(day_first=True))) == [
        (2, 'The date "1/20/2026" cannot be read; day/month/year is expected.')
    ]


def test_a_record_in_which_the_file_ends_may_lack_half_its_amount() -> None:
    rows = rows_of("!Type:Bank\nD1/20/2026\nT-1.00\n^\nD1/21/2026\nT-12.3")
    assert len(parsed(rows)) == 1
    assert unread(rows) == [(5, "The file ends in the middle of this transaction, before its end mark ^.")]


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
    rows = parsed(rows_of("!Type:Bank\nD1/20/2026\nT-1.00\n!Type:CCard\nD1/21/2026\nT-2.00\n"))
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
