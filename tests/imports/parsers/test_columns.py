"""Files of unknown banks: chosen columns and the first guess at them."""

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.imports.parsers import ColumnGuess, ColumnMapping, InvalidMapping, ParsedRow, guess_columns

from .reading import SAMPLES, left_out, opened, parsed, rows_of, unread

SIMPLE = ColumnMapping(date_column=0, description_column=1, amount_column=2)


def guess(content: str) -> ColumnGuess:
    return guess_columns(io.BytesIO(content.encode()))


def test_chosen_columns_are_read() -> None:
    mapping = ColumnMapping(
        date_column=3,
        description_column=0,
        amount_column=1,
        merchant_column=2,
        reference_column=4,
        category_column=5,
        balance_column=6,
        date_format="%d.%m.%Y",
        header_line=2,
        separator=";",
        decimal=",",
        invert_sign=True,
    )
    content = "My bank\nWhat;Sum;Shop;When;No;Kind;Saldo\nTea for two;1.234,50;Tea Room;13.02.2026;R1;Food;10,00\n"
    rows = rows_of(content, mapping=mapping)
    assert parsed(rows) == [
        ParsedRow(
            line=3,
            date=date(2026, 2, 13),
            amount=Decimal("-1234.50"),
            description="Tea for two",
            merchant="Tea Room",
            reference="R1",
            bank_category="Food",
            running_balance=Decimal("10.00"),
        )
    ]
    assert left_out(rows) == [(1, "The line stands above the table.")]
    statement = opened(content, mapping=mapping)
    assert (statement.format, statement.dialect) == ("custom", "semicolon · day.month.year · decimal comma")


def test_a_reference_is_made_up_as_in_the_single_user_app() -> None:
    rows = rows_of("Date,Text,Amount\n01/15/2025,Tea,-50.00\n", mapping=SIMPLE)
    assert [(row.reference, row.bank_id) for row in parsed(rows)] == [("custom_2025-01-15_-50.0", "")]


def test_a_table_without_header_begins_with_its_first_row() -> None:
    mapping = ColumnMapping(date_column=0, description_column=1, amount_column=2, has_header=False)
    rows = rows_of("01/15/2025,Tea,-50.00,whatever\n", mapping=mapping)
    assert [(row.line, row.amount) for row in parsed(rows)] == [(1, Decimal("-50.00"))]


def test_money_out_and_money_in_may_have_columns_of_their_own() -> None:
    mapping = ColumnMapping(date_column=0, description_column=1, debit_column=2, credit_column=3)
    rows = rows_of(
        "Date,Text,Out,In\n"
        "01/15/2025,a,5.00,\n"
        "01/15/2025,b,-6.00,\n"
        "01/15/2025,c,,7.00\n"
        "01/15/2025,d,0.00,8.00\n"
        "01/15/2025,e,9.00,9.00\n"
        "01/15/2025,f,,\n",
        mapping=mapping,
    )
    assert [str(row.amount) for row in parsed(rows)] == ["-5.00", "-6.00", "7.00", "8.00"]
    assert unread(rows) == [(6, "Both money out and money in are filled in."), (7, "The amount is missing.")]


def test_totals_and_closing_words_are_left_out_and_broken_rows_are_named() -> None:
    rows = rows_of(
        "Date,Text,Amount\n01/15/2025,Tea,-50.00\nsoon,Tea,-1.00\nTotal,,-50.00\nEnd of statement\n",
        mapping=SIMPLE,
    )
    assert left_out(rows) == [
        (4, "A total or a balance, not a transaction."),
        (5, "A line of text, not a transaction."),
    ]
    assert unread(rows) == [(3, 'The date "soon" cannot be read; month/day/year is expected.')]


def test_a_mapping_survives_being_stored() -> None:
    mapping = ColumnMapping(date_column=3, description_column=0, credit_column=1, separator="\t", decimal=",")
    assert ColumnMapping.from_json(json.loads(json.dumps(mapping.to_json()))) == mapping


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"amount_column": None},
            "Choose either one column for the amount or columns for money out and money in.",
        ),
        (
            {"debit_column": 3},
            "Choose either one column for the amount or columns for money out and money in.",
        ),
        ({"date_column": -1}, "date_column is -1; columns are counted from 0 to 999."),
        ({"date_column": None}, "date_column cannot be None."),
        ({"date_column": True}, "date_column cannot be True."),
        ({"date_column": "0"}, "date_column cannot be '0'."),
        ({"invert_sign": 1}, "invert_sign cannot be 1."),
        ({"separator": "x"}, "Columns are separated by a comma, a semicolon, a tab or a vertical bar."),
        ({"decimal": "'"}, "The decimal mark is a point or a comma."),
        ({"header_line": 0}, "The table begins on one of the lines 1 to 10000."),
        ({"header_line": 10**9}, "The table begins on one of the lines 1 to 10000."),
        ({"date_format": "%Y-%m"}, '"%Y-%m" is not a format of a date with day, month and year.'),
        ({"date_format": "%Q"}, '"%Q" is not a format of a date with day, month and year.'),
        ({"date_format": ""}, '"" is not a format of a date with day, month and year.'),
        ({"colour": "red"}, "A column mapping has no colour."),
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused_in_words(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidMapping) as caught:
        ColumnMapping.from_json({**SIMPLE.to_json(), **changes})
    assert str(caught.value) == sentence


@pytest.mark.parametrize("stored", [None, [], "text", {}, {"date_column": 0}])
def test_what_is_no_mapping_is_refused(stored: object) -> None:
    with pytest.raises(InvalidMapping):
        ColumnMapping.from_json(stored)


def test_a_german_table_with_two_columns_of_money_is_guessed() -> None:
    with (SAMPLES / "unknown_bank.csv").open("rb") as stream:
        found = guess_columns(stream)
        rows = rows_of((SAMPLES / "unknown_bank.csv").read_bytes(), mapping=found.mapping)
    assert found.mapping == ColumnMapping(
        date_column=0,
        description_column=1,
        debit_column=2,
        credit_column=3,
        balance_column=4,
        date_format="%d.%m.%Y",
        header_line=3,
        separator=";",
        decimal=",",
    )
    assert found.headers == ["Buchungstag", "Verwendungszweck", "Soll", "Haben", "Saldo"]
    assert found.sample[0] == ["13.02.2026", "Bäckerei Kern", "4,50", "", "1.195,50"]
    assert found.questions == []
    assert [str(row.amount) for row in parsed(rows)] == ["-4.50", "2000.00", "-1050.00"]
    assert [str(row.running_balance) for row in parsed(rows)] == ["1195.50", "3195.50", "2145.50"]


def test_savings_that_only_grow_are_guessed_without_a_question() -> None:
    found = guess(
        "Transaction Date,Details,Debit/Credit,Ref\n"
        "2025-01-25,Transfer from checking,100.00,S1\n"
        "2025-01-28,Interest payment,1.25,S2\n"
        "2025-02-25,Transfer from checking,100.00,S3\n"
    )
    assert found.mapping == ColumnMapping(
        date_column=0, description_column=1, amount_column=2, reference_column=3, date_format="%Y-%m-%d"
    )
    assert found.questions == []


def test_an_order_of_day_and_month_that_nothing_settles_is_asked() -> None:
    found = guess("Date,Description,Amount\n03/04/2025,Tea,-1.00\n05/06/2025,Tea,-2.00\n")
    assert found.questions == ['Is the date "03/04/2025" written month/day/year or day/month/year?']


@pytest.mark.parametrize(("day", "date_format"), [("13/04/2025", "%d/%m/%Y"), ("04/13/2025", "%m/%d/%Y")])
def test_one_date_settles_the_order_of_day_and_month(day: str, date_format: str) -> None:
    found = guess(f"Date,Description,Amount\n03/04/2025,Tea,-1.00\n{day},Tea,-2.00\n")
    assert found.mapping is not None
    assert found.mapping.date_format == date_format
    assert found.questions == []


def test_mostly_positive_amounts_are_asked_about() -> None:
    found = guess("Date,Description,Amount\n01/15/2025,Tea,5.00\n01/16/2025,Cake,6.00\n01/17/2025,Payment,-11.00\n")
    assert found.questions == ["Most amounts are positive: is a positive amount money in, or money out?"]


def test_a_mark_that_may_group_thousands_is_asked_about() -> None:
    found = guess('Date,Description,Amount\n01/15/2025,Tea,"-1,234"\n')
    assert found.questions == ['Is the mark in the amount "-1,234" the decimal mark, or does it group thousands?']


def test_a_table_without_column_names_is_guessed_by_its_contents() -> None:
    found = guess("2025-01-15;Tea room;-5,00\n2025-01-16;Bakery;-6,00\n")
    assert found.headers == ["Column 1", "Column 2", "Column 3"]
    assert found.mapping == ColumnMapping(
        date_column=0,
        description_column=1,
        amount_column=2,
        date_format="%Y-%m-%d",
        has_header=False,
        separator=";",
        decimal=",",
    )


@pytest.mark.parametrize(
    ("content", "question"),
    [
        ("just words\nand more words\n", "Which character separates the columns?"),
        ("Name,Amount\nTea,-1.00\n", "Which column holds the date?"),
        ("Date,Name\n01/15/2025,Tea\n", "Which column holds the amount?"),
        ("Date,Amount\n01/15/2025,-1.00\n", "Which column holds the description?"),
    ],
)
def test_what_cannot_be_guessed_is_asked(content: str, question: str) -> None:
    found = guess(content)
    assert found.mapping is None
    assert found.questions == [question]
