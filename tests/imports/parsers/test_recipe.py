"""A recipe reads a file as it says, survives being stored, and refuses what contradicts itself."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.imports.parsers import (
    Answers,
    Dialect,
    InvalidMapping,
    MerchantRule,
    ParsedRow,
    Recipe,
    RecipeColumns,
    SkipRule,
    UnknownFormat,
    signature,
)
from apps.imports.parsers.tables import Table

from .reading import left_out, opened, parsed, rows_of, unread

COLUMNS = RecipeColumns(date="Date", description=("Text",), amount="Amount")
SIMPLE = Recipe(columns=COLUMNS)
EVERYTHING = Recipe(
    key="mine",
    name="My bank",
    header=(("When", "Wann"), ("Sum",)),
    columns=RecipeColumns(
        date=("When", "Wann"),
        amount="Sum",
        fee="Cost",
        description=("What", "More"),
        merchant="Shop",
        reference="No",
        bank_id="Id",
        category="Kind",
        balance="Saldo",
        currency="Cur",
        account="Account",
        card_member="Who",
    ),
    dialect=Dialect(separator=";", charset="cp1252", dates=("%d.%m.%Y",), decimal=",", sign="spending_is_positive"),
    skip=(SkipRule(column="State", kind="differs", values=("booked",), reason="Not booked yet."),),
    merchant=MerchantRule(split="*", max_length=50),
    account="Mine",
    account_by_currency=True,
)


def amounts(content: str, recipe: Recipe) -> list[str]:
    return [str(row.amount) for row in parsed(rows_of(content, recipe=recipe))]


def with_dialect(columns: RecipeColumns = COLUMNS, **dialect: Any) -> Recipe:
    return Recipe(columns=columns, dialect=Dialect(**dialect))


def test_every_field_of_a_row_is_read() -> None:
    content = (
        "My bank\n"
        "Wann;Sum;Cost;What;More;Shop;No;Id;Kind;Saldo;Cur;Account;Who;State\n"
        "13.02.2026;1.234,50;1,50;Tea;for two;Tea Room;R1;B1;Food;10,00;eur;Joint;Kim;booked\n"
        "14.02.2026;2,00;;Kiosk*5;;;;B2;;;EUR;;Kim;booked\n"
        "15.02.2026;3,00;;Later;;;;B3;;;EUR;;Kim;pending\n"
    )
    rows = rows_of(content.encode("cp1252"), recipe=EVERYTHING)
    assert parsed(rows) == [
        ParsedRow(
            line=3,
            date=date(2026, 2, 13),
            amount=Decimal("-1236.00"),
            description="Tea for two",
            merchant="Tea Room",
            reference="R1",
            bank_id="B1",
            account_hint="Mine Joint EUR",
            card_member="Kim",
            bank_category="Food",
            running_balance=Decimal("10.00"),
            currency="EUR",
        ),
        ParsedRow(
            line=4,
            date=date(2026, 2, 14),
            amount=Decimal("-2.00"),
            description="Kiosk*5",
            merchant="Kiosk",
            reference="B2",
            bank_id="B2",
            account_hint="Mine EUR",
            card_member="Kim",
            currency="EUR",
        ),
    ]
    assert left_out(rows) == [(1, "The line stands above the table."), (5, "Not booked yet.")]
    statement = opened(content.encode("cp1252"), recipe=EVERYTHING)
    assert (statement.format, statement.format_name) == ("mine", "My bank")
    assert (statement.dialect, statement.encoding) == ("semicolon · day.month.year · decimal comma", "Windows-1252")


def test_a_reference_is_made_up_as_in_the_single_user_app() -> None:
    rows = rows_of("Date,Text,Amount\n01/15/2025,Tea,-50.00\n", recipe=SIMPLE)
    assert [(row.reference, row.bank_id) for row in parsed(rows)] == [("custom_2025-01-15_-50.0", "")]


def test_two_equal_rows_stay_two() -> None:
    assert amounts("Date,Text,Amount\n01/15/2025,Tea,-5.00\n01/15/2025,Tea,-5.00\n", SIMPLE) == ["-5.00", "-5.00"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_header_is_found_by_its_names_whatever_the_character_set_separator_and_order(encoding: str) -> None:
    content = "Kontoauszug für;\n\nAMOUNT;Extra; text ;Date\n-5.00;x;Bäcker;01/15/2025\n"
    rows = rows_of(content.encode(encoding), recipe=SIMPLE)
    assert [(row.description, str(row.amount)) for row in parsed(rows)] == [("Bäcker", "-5.00")]
    assert left_out(rows) == [(1, "The line stands above the table.")]


def test_a_table_without_header_begins_with_its_first_row() -> None:
    recipe = with_dialect(RecipeColumns(date=0, description=(1,), amount=2), has_header=False)
    rows = rows_of("01/15/2025,Tea,-50.00,whatever\n01/16/2025\n", recipe=recipe)
    assert [(row.line, row.amount) for row in parsed(rows)] == [(1, Decimal("-50.00"))]
    assert unread(rows) == [(2, "The amount is missing.")]


def test_a_table_without_header_may_begin_further_down() -> None:
    columns = RecipeColumns(date=0, description=(1,), amount=2)
    rows = rows_of("Bank\n\n01/15/2025;Tea;-50.00\n", recipe=with_dialect(columns, has_header=False, header_line=3))
    assert [row.line for row in parsed(rows)] == [3]
    assert left_out(rows) == [(1, "The line stands above the table.")]


def test_money_out_and_money_in_may_have_columns_of_their_own() -> None:
    columns = RecipeColumns(date="Date", description=("Text",), debit="Out", credit="In")
    content = (
        "Date,Text,Out,In\n"
        "01/15/2025,a,5.00,\n"
        "01/15/2025,b,-6.00,\n"
        "01/15/2025,c,,7.00\n"
        "01/15/2025,d,0.00,8.00\n"
        "01/15/2025,e,9.00,9.00\n"
        "01/15/2025,f,,\n"
    )
    rows = rows_of(content, recipe=Recipe(columns=columns))
    assert [str(row.amount) for row in parsed(rows)] == ["-5.00", "-6.00", "7.00", "8.00"]
    assert unread(rows) == [(6, "Both money out and money in are filled in."), (7, "The amount is missing.")]


def test_an_indicator_says_whether_money_goes_out_or_comes_in() -> None:
    columns = RecipeColumns(date="Date", description=("Text",), amount="Amount", indicator="DC")
    content = "Date,Text,Amount,DC\n" + "".join(
        f"01/15/2025,x,{amount},{word}\n"
        for amount, word in [("5.00", "D"), ("6.00", "c"), ("-7.00", "D"), ("-8.00", "C"), ("9.00", "?")]
    )
    rows = rows_of(content, recipe=with_dialect(columns, out_values=("D",), in_values=("C",)))
    assert [str(row.amount) for row in parsed(rows)] == ["-5.00", "6.00", "-7.00"]
    assert unread(rows) == [
        (5, 'The amount has a minus, but "C" says that money comes in.'),
        (6, '"?" does not say whether money goes out or comes in; "D or C" is expected.'),
    ]


@pytest.mark.parametrize(("fee", "amount"), [("subtracted", "-11.50"), ("added", "-8.50")])
def test_a_fee_is_subtracted_or_added(fee: str, amount: str) -> None:
    columns = RecipeColumns(date="Date", description=("Text",), amount="Amount", fee="Fee")
    assert amounts("Date,Text,Amount,Fee\n01/15/2025,x,-10.00,1.50\n", with_dialect(columns, fee=fee)) == [amount]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("(1.234,50)", "-1234.50"),
        ("12,50-", "-12.50"),
        ("−3,00 €", "-3.00"),
        ("CHF 1'000,5", "1000.5"),
        ("Fr.4,00", "4.00"),
    ],
)
def test_signs_and_currency_signs_of_every_kind_are_understood(cell: str, amount: str) -> None:
    recipe = with_dialect(decimal=",", amount_prefix="Fr.")
    assert amounts(f"Date;Text;Amount\n01/15/2025;x;{cell}\n", recipe) == [amount]


def test_rows_are_left_out_by_rules_of_every_kind() -> None:
    rules = (
        SkipRule(column="State", kind="equals", values=("Pending", "Declined"), reason="equals"),
        SkipRule(column="Text", kind="starts_with", values=("hold",), reason="starts"),
        SkipRule(kind="contains", values=("memo,",), reason="contains"),
        SkipRule(column=3, kind="differs", values=("done",), reason="differs"),
    )
    cells = ["a,1,pending", "Hold b,2,done", "memo,3,done", "c,4,strange", "d,5,done", "e,6,"]
    content = "Date,Text,Amount,State\n" + "".join(f"01/15/2025,{line}\n" for line in cells)
    rows = rows_of(content, recipe=Recipe(columns=COLUMNS, skip=rules))
    assert left_out(rows) == [(2, "equals"), (3, "starts"), (4, "contains"), (5, "differs")]
    assert [row.description for row in parsed(rows)] == ["d", "e"]


def test_the_last_lines_are_left_out_with_their_numbers() -> None:
    content = "Date,Text,Amount\n01/15/2025,Tea,-5.00\n01/16/2025,Total of all,-5.00\nGoodbye\n"
    rows = rows_of(content, recipe=with_dialect(footer_lines=3))
    reason = "One of the last lines, which this format leaves out."
    assert left_out(rows) == [(3, reason), (4, reason)]
    assert [row.line for row in parsed(rows)] == [2]


def test_totals_and_closing_words_are_left_out_and_broken_rows_are_named() -> None:
    content = "Date,Text,Amount\n01/15/2025,Tea,-50.00\nsoon,Tea,-1.00\nTotal,,-50.00\nEnd of statement\n"
    rows = rows_of(content, recipe=SIMPLE)
    assert left_out(rows) == [
        (4, "A total or a balance, not a transaction."),
        (5, "A line of text, not a transaction."),
    ]
    assert unread(rows) == [(3, 'The date "soon" cannot be read; month/day/year is expected.')]


@pytest.mark.parametrize(
    ("rule", "merchant"),
    [
        (MerchantRule(split="#*"), "CARD PAYMENT TO Kiosk"),
        (MerchantRule(first_words=2, split="#"), "CARD PAYMENT"),
        (MerchantRule(strip_prefixes=("card payment to",), strip_suffixes=("berlin",)), "Kiosk #12"),
        (MerchantRule(max_length=7), "CARD PA"),
    ],
)
def test_a_merchant_is_taken_out_of_the_description(rule: MerchantRule, merchant: str) -> None:
    content = "Date,Text,Amount\n01/15/2025,CARD PAYMENT TO Kiosk #12 Berlin,-5.00\n"
    rows = rows_of(content, recipe=Recipe(columns=COLUMNS, merchant=rule))
    assert [row.merchant for row in parsed(rows)] == [merchant]


def test_the_first_filled_description_counts_where_the_format_says_so() -> None:
    columns = RecipeColumns(date="Date", description=("Note", "Text"), amount="Amount")
    content = "Date,Text,Note,Amount\n01/15/2025,Tea,,-5.00\n01/15/2025,Tea,Two,-5.00\n"
    rows = rows_of(content, recipe=with_dialect(columns, description="first"))
    assert [row.description for row in parsed(rows)] == ["Tea", "Two"]


@pytest.mark.parametrize(
    ("date_format", "cell"),
    [("%d %b %Y", "13 Mai 2026"), ("%d. %B %Y", "13. mayo 2026"), ("iso", "2026-05-13T23:59:59Z"), ("%d%m%y", "130526"),
     ("%Y-%m-%d %H:%M:%S", "2026-05-13 10:11:12"), ("%b %d, %Y %I:%M %p", "May 13, 2026 10:11 PM"), ("%j/%Y %m %d", "133/2026 05 13")],
)  # fmt: skip
def test_dates_are_read_in_the_format_of_the_recipe(date_format: str, cell: str) -> None:
    rows = rows_of(f"Date;Text;Amount\n{cell};Tea;-5.00\n", recipe=with_dialect(dates=(date_format,)))
    assert [row.date for row in parsed(rows)] == [date(2026, 5, 13)]


@pytest.mark.parametrize(
    ("recipe", "sentence"),
    [
        (
            SIMPLE,
            (
                'No line of the file\'s beginning has the column names "Date", "Amount", "Text"; choose the columns, or '
                "another format."
            ),
        ),
        (
            with_dialect(header_line=1),
            'Line 1 has no column "Amount", it has "Date, Text, Sum"; choose the columns again, or another format.',
        ),
        (
            Recipe(columns=RecipeColumns(date=0, description=(1,), amount=7)),
            'The file has no column "7", it has "Date, Text, Sum"; choose the columns again, or another format.',
        ),
        (
            with_dialect(header_line=9),
            "The table should begin on line 9, but the file ends before it; choose another format.",
        ),
    ],
)
def test_a_column_that_is_not_there_is_named(recipe: Recipe, sentence: str) -> None:
    with pytest.raises(UnknownFormat) as caught:
        opened("Date,Text,Sum\n01/15/2025,Tea,-5.00\n", recipe=recipe)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("recipe", [SIMPLE, EVERYTHING])
def test_a_recipe_survives_being_stored(recipe: Recipe) -> None:
    assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe


def test_what_is_as_by_default_is_not_stored() -> None:
    assert SIMPLE.to_json() == {"columns": {"date": "Date", "description": ["Text"], "amount": "Amount"}}


@pytest.mark.parametrize("answers", [Answers(), Answers(day_first=True, decimal=",")])
def test_answers_survive_being_stored(answers: Answers) -> None:
    assert Answers.from_json(json.loads(json.dumps(answers.to_json()))) == answers


@pytest.mark.parametrize("stored", [None, {"day_first": 1}, {"decimal": "'"}, {"decimal": []}, {"colour": "red"}])
def test_what_are_no_answers_is_refused(stored: object) -> None:
    with pytest.raises(InvalidMapping):
        Answers.from_json(stored)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"columns": {"date": 0, "description": 1}},
            "Choose either one column for the amount or columns for money out and money in.",
        ),
        (
            {"columns": {"date": 0, "description": 1, "amount": 2, "debit": 3}},
            "Choose either one column for the amount or columns for money out and money in.",
        ),
        (
            {"columns": {"date": 0, "description": 1, "debit": 3, "credit": 3}},
            "Money out and money in cannot be the same column.",
        ),
        (
            {"columns": {"date": 0, "description": 1, "amount": 2, "indicator": 3}},
            "Say which words of the indicator column mean money out and which mean money in.",
        ),
        ({"columns": {"date": -1, "description": 1, "amount": 2}}, "date is -1; columns are counted from 0 to 999."),
        ({"columns": {"date": None, "description": 1, "amount": 2}}, "date cannot be None."),
        ({"columns": {"date": True, "description": 1, "amount": 2}}, "date cannot be True."),
        ({"columns": {"date": [], "description": 1, "amount": 2}}, "date names 0 columns; 1 to 10 are possible."),
        ({"columns": {"description": 1, "amount": 2}}, "columns lacks the field date."),
        ({"columns": []}, "columns is an object."),
        ({"dialect": {"sign": "other"}}, 'sign cannot be \'other\'; it is one of "as_written", "spending_is_positive".'),
        ({"dialect": {"has_header": 1}}, "has_header cannot be 1."),
        ({"dialect": {"header_line": 0}}, "header_line is 0; it goes from 1 to 10000."),
        ({"dialect": {"dates": ["%Y-%m"]}}, '"%Y-%m" is not a format of a date with day, month and year.'),
        ({"dialect": {"dates": []}}, "dates needs one format at least."),
        ({"dialect": {"dates": ["%Q"]}}, '"%Q" is not a format of a date with day, month and year.'),
        ({"dialect": {"has_header": False}}, "A table without column names has its columns counted from 0, not named."),
        ({"skip": [{"kind": "regex", "values": ["x"]}]}, 'kind cannot be \'regex\'; it is one of "equals", "contains", "starts_with", "differs", "matches".'),
        ({"skip": [{"kind": "equals", "values": ["x"]}] * 51}, "skip has 51 entries; at most 50 are possible."),
        ({"skip": [{"kind": "equals", "values": ["x" * 201]}]}, "values is longer than 200 characters."),
        ({"merchant": {"first_words": 1000}}, "first_words is 1000; it goes from 0 to 20."),
        ({"name": 7}, "name cannot be 7."),
        ({"key": " "}, "key cannot be ' '."),
        ({"colour": "red"}, "recipe has no field colour."),
    ],
)  # fmt: skip
def test_a_recipe_that_contradicts_itself_is_refused_in_words(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidMapping) as caught:
        Recipe.from_json({**SIMPLE.to_json(), **changes})
    assert str(caught.value) == sentence


@pytest.mark.parametrize("stored", [None, [], "text", {}, {"date_column": 0}])
def test_what_is_no_recipe_is_refused(stored: object) -> None:
    with pytest.raises(InvalidMapping):
        Recipe.from_json(stored)


def test_the_signature_does_not_depend_on_case_and_gaps_but_on_names_and_order() -> None:
    assert signature(["Date", "Running  Bal. "]) == signature(["DATE", "running bal."])
    assert signature(["Date", "Amount"]) != signature(["Amount", "Date"])
    assert signature(["Date", "Amount"]) != signature(["Date Amount"])
    assert signature(["Datum", "Währung"]) == "0ba6608280ec26dc435b36fc465176ed"


def test_a_recipe_knows_its_table_by_the_names() -> None:
    assert SIMPLE.matches(Table(",", 1, has_header=True, headers=["Text", "DATE", "Amount", "New"], rows=[]))
    assert not SIMPLE.matches(Table(",", 1, has_header=True, headers=["Text", "Date"], rows=[]))
    assert not SIMPLE.matches(Table(",", 1, has_header=False, headers=["Date", "Text", "Amount"], rows=[]))


def test_a_recipe_without_header_knows_its_table_by_width_and_constants() -> None:
    columns = RecipeColumns(date=0, description=(2,), amount=1)
    recipe = Recipe(columns=columns, dialect=Dialect(has_header=False), width=3, constants=((2, "*"),))
    headers = ["Column 1", "Column 2", "Column 3"]
    assert recipe.matches(Table(",", 1, has_header=False, headers=headers, rows=[["1", "2", "*"], ["3", "4", "*"]]))
    assert not recipe.matches(Table(",", 1, has_header=False, headers=headers, rows=[["1", "2", "*"], ["3", "4", ""]]))
    assert not recipe.matches(Table(",", 1, has_header=False, headers=headers, rows=[["1", "2", "*", ""]]))
    assert not recipe.matches(Table(",", 1, has_header=False, headers=headers, rows=[]))
