"""Every bank that is read by a recipe: its own sample is recognised by its content and read as expected.

A new bank is ``apps/imports/parsers/banks/<key>.toml`` with ``banks/<key>.csv`` and ``banks/<key>.expected.json``
here; further variants of its files are ``<key>.<variant>.csv``. ``WALLET_WRITE_EXPECTED=1`` writes what is read, to be
looked over before it is committed.
"""

import dataclasses
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from apps.imports.parsers import (
    AmbiguousFile,
    Answers,
    InvalidMapping,
    ParsedRow,
    Recipe,
    Row,
    UnknownFormat,
    built_in,
    guess,
    open_statement,
)
from apps.imports.parsers.banks import load

from .reading import parsed, rows_of

SAMPLES = Path(__file__).parent / "banks"
FILES = sorted(SAMPLES.glob("*.csv"))
KEYS = [recipe.key for recipe in built_in()]


def _plain(row: Row) -> dict[str, Any]:
    """The row without the fields that are empty."""
    values = dataclasses.asdict(row)
    kept = {name: value for name, value in values.items() if value not in ("", None, ())}
    kept.pop("text", None)
    return {name: value if isinstance(value, int) else str(value) for name, value in kept.items()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_sample_is_recognised_and_read_as_expected(file: Path) -> None:
    statement = open_statement(io.BytesIO(file.read_bytes()))
    read = [_plain(row) for row in statement.rows()]
    expected = file.with_suffix(".expected.json")
    if os.environ.get("WALLET_WRITE_EXPECTED"):
        expected.write_text(json.dumps(read, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert statement.format == file.name.split(".")[0]
    assert read == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("key", KEYS)
def test_every_bank_has_a_sample(key: str) -> None:
    assert (SAMPLES / f"{key}.csv").is_file()
    assert (SAMPLES / f"{key}.expected.json").is_file()


@pytest.mark.parametrize("recipe", built_in(), ids=lambda recipe: recipe.key)
def test_a_recipe_of_a_bank_can_be_stored_as_a_persons_own(recipe: Recipe) -> None:
    assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_sample_is_of_no_other_bank(file: Path) -> None:
    key = file.name.split(".")[0]
    for other in set(KEYS) - {key}:
        with pytest.raises(UnknownFormat, match="not a file of"):
            open_statement(io.BytesIO(file.read_bytes()), format=other)


@pytest.mark.parametrize("file", [file for file in FILES if "." not in file.stem], ids=lambda file: file.name)
def test_a_guess_at_a_banks_file_agrees_with_its_recipe_or_asks(file: Path) -> None:
    """Of every bank whose amounts stand in one column or two without fees: the guess never reads other amounts."""
    content = file.read_bytes()
    found = guess(io.BytesIO(content))
    if found.recipe is None or found.questions:
        return
    by_bank = {row.line: row for row in parsed(rows_of(content))}
    if next(recipe for recipe in built_in() if recipe.key == file.stem).columns.fee:
        return
    for row in parsed(rows_of(content, recipe=found.recipe)):
        if row.line in by_bank:
            assert (row.date, row.amount) == (by_bank[row.line].date, by_bank[row.line].amount)


def test_dates_of_paypal_that_nothing_settles_are_asked_about() -> None:
    content = (SAMPLES / "paypal.csv").read_text(encoding="utf-8-sig")
    for day in ("12", "13", "14", "15"):
        content = content.replace(f"01/{day}/2026", "03/04/2026")
    with pytest.raises(AmbiguousFile) as caught:
        open_statement(io.BytesIO(content.encode()))
    assert [question.kind for question in caught.value.questions] == ["date_order"]
    rows = rows_of(content, answers=Answers(day_first=True))
    assert {str(row.date) for row in rows if isinstance(row, ParsedRow)} == {"2026-04-03"}


def test_a_recipe_that_is_wrong_is_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[columns]\ndate = "Date"\ndescription = "Text"\n', encoding="utf-8")
    with pytest.raises(InvalidMapping, match=r"^mine\.toml: Choose either one column for the amount"):
        load(tmp_path / "mine.toml")
    (tmp_path / "mine.toml").write_text("no = toml = this", encoding="utf-8")
    with pytest.raises(InvalidMapping, match=r"^mine\.toml: "):
        load(tmp_path / "mine.toml")
