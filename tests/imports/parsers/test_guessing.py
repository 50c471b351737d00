"""The first guess at a file of an unknown bank: what is settled, with which evidence, and what is asked."""

import io
from decimal import Decimal

import pytest

from apps.imports.parsers import (
    AmbiguousFile,
    Answers,
    Dialect,
    Evidence,
    Guess,
    Question,
    Recipe,
    RecipeColumns,
    guess,
    preview,
)

from .reading import SAMPLES, parsed, rows_of, unread

AMBIGUOUS_DATES = "Date,Description,Amount\n03/04/2026,Tea,-1.00\n05/06/2026,Tea,-2.00\n"


def guessed(content: str) -> Guess:
    return guess(io.BytesIO(content.encode()))


def test_a_german_table_with_two_columns_of_money_is_guessed() -> None:
    content = (SAMPLES / "unknown_bank.csv").read_bytes()
    found = guess(io.BytesIO(content))
    assert found.recipe == Recipe(
        columns=RecipeColumns(
            date="Buchungstag", description=("Verwendungszweck",), debit="Soll", credit="Haben", balance="Saldo"
        ),
        dialect=Dialect(separator=";", dates=("%d.%m.%Y",), decimal=","),
    )
    assert found.headers == ["Buchungstag", "Verwendungszweck", "Soll", "Haben", "Saldo"]
    assert found.sample[0] == ["13.02.2026", "Bäckerei Kern", "4,50", "", "1.195,50"]
    assert found.questions == ()
    assert found.evidence == (
        Evidence("date", 3, 3, "3 of 3 dates read as day.month.year"),
        Evidence("decimal", 6, 6, "6 of 6 amounts show a decimal comma"),
    )
    rows = parsed(rows_of(content, recipe=found.recipe))
    assert [str(row.amount) for row in rows] == ["-4.50", "2000.00", "-1050.00"]
    assert [str(row.running_balance) for row in rows] == ["1195.50", "3195.50", "2145.50"]


def test_savings_that_only_grow_are_guessed_without_a_question() -> None:
    found = guessed(
        "Transaction Date,Details,Debit/Credit,Ref\n"
        "2025-01-25,Transfer from checking,100.00,S1\n"
        "2025-01-28,Interest payment,1.25,S2\n"
        "2025-02-25,Transfer from checking,100.00,S3\n"
    )
    assert found.recipe == Recipe(
        columns=RecipeColumns(
            date="Transaction Date", description=("Details",), amount="Debit/Credit", reference="Ref"
        ),
        dialect=Dialect(separator=",", dates=("%Y-%m-%d",)),
    )
    assert found.questions == ()


def test_an_order_of_day_and_month_that_nothing_settles_is_asked() -> None:
    found = guessed(AMBIGUOUS_DATES)
    question = Question(
        "date_order",
        'Is the date "03/04/2026" 4 March 2026 or 3 April 2026?',
        "03/04/2026",
        (("month_first", "4 March 2026"), ("day_first", "3 April 2026")),
    )
    assert found.questions == (question,)
    with pytest.raises(AmbiguousFile) as caught:
        rows_of(AMBIGUOUS_DATES, recipe=found.recipe)
    assert caught.value.questions == (question,)


@pytest.mark.parametrize(
    ("day_first", "days"), [(True, ["2026-04-03", "2026-06-05"]), (False, ["2026-03-04", "2026-05-06"])]
)
def test_an_answer_settles_the_order_of_day_and_month(day_first: bool, days: list[str]) -> None:
    found = guessed(AMBIGUOUS_DATES)
    by_answers = rows_of(AMBIGUOUS_DATES, recipe=found.recipe, answers=Answers(day_first=day_first))
    chosen = found.answered({"date_order": "day_first" if day_first else "month_first"})
    assert [str(row.date) for row in parsed(by_answers)] == days
    assert parsed(rows_of(AMBIGUOUS_DATES, recipe=chosen)) == parsed(by_answers)


@pytest.mark.parametrize(("day", "date_format"), [("13/04/2025", "%d/%m/%Y"), ("04/13/2025", "%m/%d/%Y")])
def test_one_date_settles_the_order_of_day_and_month(day: str, date_format: str) -> None:
    found = guessed(f"Date,Description,Amount\n03/04/2025,Tea,-1.00\n{day},Tea,-2.00\n")
    assert found.recipe is not None
    assert found.recipe.dialect.dates == (date_format,)
    assert found.questions == ()


def test_one_date_far_down_the_file_settles_the_order() -> None:
    found = guessed("Date,Description,Amount\n" + "03/04/2025,Tea,-1.00\n" * 2500 + "13/04/2025,Tea,-1.00\n")
    assert found.questions == ()
    assert found.recipe is not None
    assert found.recipe.dialect.dates == ("%d/%m/%Y",)


def test_an_answer_does_not_overrule_what_the_file_shows() -> None:
    recipe = Recipe(
        columns=RecipeColumns(date="Date", description=("Description",), amount="Amount"),
        dialect=Dialect(dates=("%m/%d/%Y", "%d/%m/%Y")),
    )
    content = "Date,Description,Amount\n13/04/2025,Tea,-1.00\n"
    rows = rows_of(content, recipe=recipe, answers=Answers(day_first=False))
    assert [str(row.date) for row in parsed(rows)] == ["2025-04-13"]


def test_mostly_positive_amounts_are_asked_about() -> None:
    content = "Date,Description,Amount\n01/15/2025,Tea,5.00\n01/16/2025,Cake,6.00\n01/17/2025,Payment,-11.00\n"
    found = guessed(content)
    assert found.questions == (
        Question(
            "sign",
            "Most amounts are positive: is a positive amount money in, or money out?",
            "5.00",
            (("as_written", "money in"), ("spending_is_positive", "money out")),
        ),
    )
    turned = rows_of(content, recipe=found.answered({"sign": "spending_is_positive"}))
    assert [str(row.amount) for row in parsed(turned)] == ["-5.00", "-6.00", "11.00"]


def test_a_minus_in_the_column_of_money_in_is_asked_about() -> None:
    content = "Date,Description,Debit,Credit\n01/15/2025,Tea,5.00,\n01/16/2025,Payment,,-5.00\n"
    found = guessed(content)
    assert [question.kind for question in found.questions] == ["sign"]
    rows = parsed(rows_of(content, recipe=found.answered({"sign": "unsigned"})))
    assert [str(row.amount) for row in rows] == ["-5.00", "5.00"]


@pytest.mark.parametrize(("answer", "amount"), [("as_written", "-6.00"), ("reversed", "6.00")])
def test_a_minus_among_amounts_of_money_out_is_asked_about(answer: str, amount: str) -> None:
    content = "Date,Description,Debit,Credit\n01/15/2025,Tea,5.00,\n01/16/2025,Tea back,-6.00,\n"
    found = guessed(content)
    sentence = 'Is "-6.00" in the column of money out money out like the others, or money in?'
    assert [(question.kind, question.sentence) for question in found.questions] == [("sign", sentence)]
    rows = parsed(rows_of(content, recipe=found.answered({"sign": answer})))
    assert [str(row.amount) for row in rows] == ["-5.00", amount]


@pytest.mark.parametrize(
    ("cell", "as_mark", "as_group"), [("-1,234", "-1.234", "-1234"), ("-1.000", "-1.000", "-1000")]
)
def test_a_mark_that_may_group_thousands_is_asked_about(cell: str, as_mark: str, as_group: str) -> None:
    found = guessed(f'Date,Description,Amount\n01/15/2025,Tea,"{cell}"\n')
    mark = cell[2]
    assert found.questions == (
        Question(
            "decimal_mark",
            f'Is the mark in the amount "{cell}" the decimal mark, or does it group thousands?',
            cell,
            ((mark, as_mark), ("," if mark == "." else ".", as_group)),
        ),
    )
    content = f'Date,Description,Amount\n01/15/2025,Tea,"{cell}"\n'
    for value, shown in found.questions[0].options:
        rows = rows_of(content, recipe=found.answered({"decimal_mark": value}))
        assert parsed(rows)[0].amount == Decimal(shown)


def test_words_for_out_and_in_beside_amounts_without_minus_are_understood() -> None:
    content = "Datum;Omschrijving;Af Bij;Bedrag\n20260413;Bakker;Af;4,50\n20260414;Loon;Bij;2.000,00\n"
    found = guessed(content)
    assert found.questions == ()
    assert found.recipe is not None
    assert (found.recipe.dialect.out_values, found.recipe.dialect.in_values) == (("af",), ("bij",))
    assert [str(row.amount) for row in parsed(rows_of(content, recipe=found.recipe))] == ["-4.50", "2000.00"]


def test_words_for_out_and_in_beside_signed_amounts_are_not_needed() -> None:
    found = guessed("Date,Text,Type,Amount\n2026-04-13,Tea,DEBIT,-4.50\n2026-04-14,Pay,CREDIT,2000.00\n")
    assert found.recipe is not None
    assert found.recipe.columns.indicator is None


def test_two_columns_of_amounts_without_names_are_asked_about() -> None:
    found = guessed("2026-01-15;Tea room;-5,00;95,00\n2026-01-16;Bakery;-6,00;89,00\n")
    assert found.questions == (
        Question(
            "columns",
            'Which column holds the amount: "Column 3" or "Column 4"?',
            "-5,00",
            (("2", "Column 3: -5,00 · -6,00"), ("3", "Column 4: 95,00 · 89,00")),
        ),
    )


def test_a_table_without_column_names_is_guessed_by_its_contents() -> None:
    found = guessed("2025-01-15;Tea room;-5,00\n2025-01-16;Bakery;-6,00\n")
    assert found.headers == ["Column 1", "Column 2", "Column 3"]
    assert found.recipe == Recipe(
        columns=RecipeColumns(date=0, description=(1,), amount=2),
        dialect=Dialect(separator=";", dates=("%Y-%m-%d",), decimal=",", has_header=False, header_line=1),
    )
    assert found.questions == ()


def test_a_column_whose_name_comes_twice_is_taken_by_its_position() -> None:
    content = "Date,Text,Amount,Text\n2026-01-15,Tea,-5.00,x\n2026-01-16,Bakery,-6.00,y\n"
    found = guessed(content)
    assert found.recipe is not None
    assert found.recipe.columns.description == (1,)
    assert [row.description for row in parsed(rows_of(content, recipe=found.recipe))] == ["Tea", "Bakery"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("just words\nand more words\n", "Which character separates the columns?"),
        ("Name,Amount\nTea,-1.00\n", "Which column holds the date?"),
        ("Date,Name\n01/15/2025,Tea\n", "Which column holds the amount?"),
        ("Date,Amount\n01/15/2025,-1.00\n", "Which column holds the description?"),
    ],
)
def test_what_cannot_be_guessed_is_asked(content: str, sentence: str) -> None:
    found = guessed(content)
    assert found.recipe is None
    assert found.answered({"sign": "as_written"}) is None
    assert found.questions == (Question("columns", sentence, "", ()),)


def test_a_preview_shows_the_first_rows_and_of_an_open_date_the_first_possibility() -> None:
    recipe = guessed(AMBIGUOUS_DATES).recipe
    assert recipe is not None
    rows = preview(io.BytesIO(AMBIGUOUS_DATES.encode()), recipe, limit=1)
    assert [str(row.date) for row in parsed(rows)] == ["2026-03-04"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"When,What\n1,2\n", b"\xff\xfe\x00\xd8\x00\xd8"])
def test_a_preview_of_what_cannot_be_read_is_the_reason(content: bytes) -> None:
    recipe = guessed(AMBIGUOUS_DATES).recipe
    assert recipe is not None
    assert len(unread(preview(io.BytesIO(content), recipe))) == 1
