"""A first guess at how a table of an unknown bank is read.

What the contents settle is guessed and shown with its evidence; what they leave open is asked of the person.
"""

import dataclasses
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from .dates import spoken_format
from .errors import UnknownFormat
from .layout import Layout
from .questions import (
    AS_WRITTEN,
    COLUMNS,
    DATE_ORDER,
    DAY_FIRST,
    DECIMAL_MARK,
    REVERSED,
    SIGN,
    SPENDING_IS_POSITIVE,
    UNSIGNED,
    Question,
)
from .recipe import Recipe
from .recipe_files import find_table_of
from .recipe_parts import Dialect, RecipeColumns, folded
from .roles import Roles, find_roles
from .settling import Survey, is_day_first, survey
from .signs import sign_questions
from .sources import Source, open_source
from .tables import Table, find_table

SAMPLE_ROWS = 8


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a field is guessed so: ``read`` of ``of`` cells agree; ``text`` says it for people."""

    field: str
    read: int
    of: int
    text: str


@dataclass(frozen=True, slots=True)
class Guess:
    """``recipe`` is None where no table with date, amount and description was found.

    ``headers`` names every column, ``sample`` holds the first rows of the table as written. While there are
    ``questions`` of dates or decimals the recipe's dialect is open: open_statement asks the same.
    """

    recipe: Recipe | None
    headers: list[str]
    sample: list[list[str]]
    questions: tuple[Question, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=())

    def answered(self, chosen: Mapping[str, str]) -> Recipe | None:
        """The recipe with a person's answers: kind of the question to value of the option."""
        if self.recipe is None:
            return None
        dialect = self.recipe.dialect
        if DATE_ORDER in chosen:
            is_wanted = chosen[DATE_ORDER] == DAY_FIRST
            dates = tuple(known for known in dialect.dates if is_day_first(known) is is_wanted)
            dialect = dataclasses.replace(dialect, dates=dates[:1] or dialect.dates)
        if DECIMAL_MARK in chosen:
            dialect = dataclasses.replace(dialect, decimal=chosen[DECIMAL_MARK])
        if chosen.get(SIGN) == UNSIGNED:
            dialect = dataclasses.replace(dialect, credit_unsigned=True)
        elif chosen.get(SIGN) == REVERSED:
            dialect = dataclasses.replace(dialect, debit_reversals=True)
        elif chosen.get(SIGN) in {AS_WRITTEN, SPENDING_IS_POSITIVE}:
            dialect = dataclasses.replace(dialect, sign=chosen[SIGN])
        return dataclasses.replace(self.recipe, dialect=dialect)


def guess(stream: BinaryIO) -> Guess:
    """A recipe for open_statement and what to ask before its use. Raises UnreadableFile if it is no text or sheet."""
    source = open_source(stream)
    source.refuse_long_lines()
    table = find_table(source)
    if table is None:
        lines = (records[0].text.strip() for records in source.heads())
        sample = [[line] for line in itertools.islice(lines, SAMPLE_ROWS)]
        return Guess(None, [], sample, (_question_without_options("Which character separates the columns?"),))
    roles, sample = find_roles(table), table.rows[:SAMPLE_ROWS]
    missing = _missing(roles)
    if missing:
        asked = _question_without_options(f"Which column holds the {missing}?")
        return Guess(None, table.headers, sample, (asked,))
    recipe = _placed(source, table, roles)
    found = find_table_of(source, recipe)
    surveyed = survey(recipe, Layout(recipe, found.names, found.written), source.records(found.separator, found.line))
    recipe = _settled(recipe, surveyed)
    questions = (*roles.questions, *surveyed.questions(), *sign_questions(table, roles, recipe.dialect.decimal or "."))
    return Guess(recipe, table.headers, sample, questions, tuple(_evidence(surveyed, recipe)))


def _question_without_options(sentence: str) -> Question:
    return Question(COLUMNS, sentence, "", ())


def _missing(roles: Roles) -> str:
    money = "debit" if "debit" in roles.at else "amount"
    return next((role for role in ("date", money, "description") if role not in roles.at), "")


def _placed(source: Source, table: Table, roles: Roles) -> Recipe:
    """The recipe with its columns by name, if the file is found again by these names; else by position."""
    named = _recipe(table, roles, by_name=table.has_header, line=None if table.has_header else table.line)
    if not table.has_header:
        return named
    try:
        found = find_table_of(source, named)
        if (found.line, found.separator) == (table.line, table.separator):
            return named
    except UnknownFormat:
        # Names over several lines: the table is found by its first line.
        pass
    return _recipe(table, roles, by_name=False, line=table.line)


def _recipe(table: Table, roles: Roles, *, by_name: bool, line: int | None) -> Recipe:
    names = [folded(name) for name in table.headers]

    def ref(role: str) -> str | int | None:
        at = roles.at.get(role)
        if at is None or not by_name or not names[at] or names.count(names[at]) > 1:
            return at
        return table.headers[at]

    date, description = ref("date"), ref("description")
    assert date is not None, "a table without dates is not guessed at"
    assert description is not None, "nor is one without descriptions"
    others = {role: ref(role) for role in roles.at if role not in {"date", "description"}}
    columns = RecipeColumns(date=date, description=(description,), **others)
    out_word, in_word = roles.indicators
    dialect = Dialect(
        separator=table.separator,
        dates=roles.formats,
        decimal="",
        has_header=table.has_header,
        header_line=line,
        out_values=(out_word,) if out_word else (),
        in_values=(in_word,) if in_word else (),
    )
    return Recipe(columns=columns, dialect=dialect)


def _settled(recipe: Recipe, surveyed: Survey) -> Recipe:
    """With what the file itself decides; the rest stays open."""
    dates, decimal = surveyed.dates, surveyed.decimals.settled(None) or ""
    known = dates.settled(None)
    formats = (known,) if known else dates.best()
    return dataclasses.replace(recipe, dialect=dataclasses.replace(recipe.dialect, dates=formats, decimal=decimal))


def _evidence(surveyed: Survey, recipe: Recipe) -> list[Evidence]:
    dates, decimals = surveyed.dates, surveyed.decimals
    read = dates.counts.get(recipe.dialect.dates[0], 0)
    spoken = " or ".join(dict.fromkeys(map(spoken_format, recipe.dialect.dates)))
    found = [Evidence("date", read, dates.seen, f"{read} of {dates.seen} dates read as {spoken}")]
    for mark, name in ((".", "point"), (",", "comma")):
        if decimals.votes[mark]:
            text = f"{decimals.votes[mark]} of {decimals.seen} amounts show a decimal {name}"
            found.append(Evidence("decimal", decimals.votes[mark], decimals.seen, text))
    return found
