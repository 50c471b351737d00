"""What is written in any dialect comes back exactly, by its recipe; a guess reads the same or asks."""

import io

from hypothesis import assume, given, settings

from apps.imports.parsers import AmbiguousFile, Recipe, guess

from .reading import parsed, rows_of
from .writing import LEDGERS, Entry, Written, written

many = settings(max_examples=150)


@many
@given(how=written(), ledger=LEDGERS)
def test_a_ledger_in_any_dialect_comes_back_exactly_by_its_recipe(how: Written, ledger: list[Entry]) -> None:
    rows = rows_of(how.content(ledger), recipe=how.recipe())
    assert [(row.date, row.amount, row.description) for row in parsed(rows)] == ledger
    assert len(rows) == len(how.junk) + len(ledger) + bool(how.footer)


@many
@given(how=written(), ledger=LEDGERS)
def test_a_guess_reads_the_ledger_exactly_or_asks(how: Written, ledger: list[Entry]) -> None:
    # Whether spending is positive only a person can know; that it is asked where most amounts are positive is
    # tested with the other questions.
    assume(how.money != "turned")
    content = how.content(ledger)
    found = guess(io.BytesIO(content))
    if found.recipe is None or found.questions:
        return
    rows = rows_of(content, recipe=found.recipe)
    assert [(row.date, row.amount) for row in parsed(rows)] == [(day, amount) for day, amount, _ in ledger]
    assert len(rows) == len(how.junk) + len(ledger) + bool(how.footer)


@many
@given(how=written(), ledger=LEDGERS)
def test_an_open_dialect_is_never_read_wrong(how: Written, ledger: list[Entry]) -> None:
    """The recipe that knows the columns and leaves dates and decimals to the file: exact, or a question."""
    recipe = how.recipe()
    other = how.date_format.replace("%d", "%x").replace("%m", "%d").replace("%x", "%m")
    formats = {how.date_format, other} if "%m" in how.date_format else {how.date_format}
    stored = recipe.to_json()
    stored["dialect"] = {**stored.get("dialect", {}), "decimal": "", "dates": sorted(formats)}
    try:
        rows = rows_of(how.content(ledger), recipe=Recipe.from_json(stored))
    except AmbiguousFile:
        return
    assert [(row.date, row.amount) for row in parsed(rows)] == [(day, amount) for day, amount, _ in ledger]
