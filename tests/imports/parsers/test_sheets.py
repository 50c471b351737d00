"""A sheet goes the same road as delimited text: recognised by its names, guessed at, read by a recipe, previewed."""

import io

import pytest

from apps.imports.parsers import Dialect, Recipe, RecipeColumns, UnknownFormat, guess, open_statement, preview

from .reading import left_out, parsed
from .workbooks import workbook


def sheet(*rows: list[str]) -> io.BytesIO:
    return io.BytesIO(workbook(rows))


HEADER = ["Date", "Description", "Sum", "Balance"]
TEA = ["2026-04-13", "Tea\nand cake", "-4.5", "95.5"]
SAM = ["2026-04-14", "Sam", "-1000", "-904.5"]


def test_a_sheet_is_guessed_at_and_read() -> None:
    content = sheet(["My bank"], [], HEADER, TEA, SAM, ["Total", "", "-1004.5"])
    found = guess(content)
    assert found.headers == HEADER
    assert found.questions == ()
    statement = open_statement(content, recipe=found.recipe)
    assert (statement.encoding, statement.dialect) == ("Excel", 'Workbook · sheet "Statement" · year-month-day')
    rows = list(statement.rows())
    assert [(row.line, str(row.amount), row.description, str(row.running_balance)) for row in parsed(rows)] == [
        (4, "-4.5", "Tea\nand cake", "95.5"),
        (5, "-1000", "Sam", "-904.5"),
    ]
    assert left_out(rows) == [
        (1, "The line stands above the table."),
        (6, "A total or a balance, not a transaction."),
    ]


def test_a_bank_is_recognised_in_a_sheet() -> None:
    header = ["Trans. Date", "Post Date", "Description", "Amount", "Category"]
    statement = open_statement(sheet(header, ["01/12/2026", "01/13/2026", "Tea", "6.40", "Food"]))
    assert statement.format == "discover_card"
    assert [str(row.amount) for row in parsed(list(statement.rows()))] == ["-6.40"]


def test_the_last_rows_of_a_sheet_can_be_left_out() -> None:
    columns = RecipeColumns(date="Date", description=("Description",), amount="Sum")
    recipe = Recipe(columns=columns, dialect=Dialect(dates=("%Y-%m-%d",), footer_lines=1))
    rows = list(open_statement(sheet(HEADER, TEA, SAM), recipe=recipe).rows())
    assert [row.line for row in parsed(rows)] == [2]
    assert left_out(rows) == [(3, "One of the last lines, which this format leaves out.")]


def test_a_short_last_row_of_a_sheet_is_whole() -> None:
    columns = RecipeColumns(date="Date", description=("Description",), amount="Sum")
    recipe = Recipe(columns=columns, dialect=Dialect(dates=("%Y-%m-%d",)))
    assert len(parsed(preview(sheet(HEADER, TEA[:3]), recipe))) == 1


def test_a_sheet_of_an_unknown_bank_is_an_unknown_format() -> None:
    with pytest.raises(UnknownFormat, match="Choose which column holds what"):
        open_statement(sheet(HEADER, TEA))


def test_a_sheet_is_none_of_the_formats_of_text() -> None:
    with pytest.raises(UnknownFormat, match="not a file of Quicken"):
        open_statement(sheet(["!Type:Bank", "x"], ["D1/2/2026", "x"]), format="qif")
