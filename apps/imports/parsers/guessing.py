"""A first guess at how a table of an unknown bank is read.

What the contents settle is guessed and shown with its evidence; what they leave open is asked of the person.
"""

import dataclasses
import itertools
from typing import BinaryIO

from .dates import spoken_format
from .errors import InvalidMapping, UnknownFormat
from .guesses import Evidence, Guess
from .layout import Layout
from .questions import COLUMNS, Question
from .recipe import Recipe
from .recipe_files import find_table_of
from .recipe_parts import Dialect, RecipeColumns, folded
from .roles import Roles, chosen_roles, find_roles
from .settling import Survey, survey
from .signs import sign_questions
from .sources import Source, open_source
from .tables import AS_FOUND, Cut, Table, find_table

SAMPLE_ROWS = 8
_NO_DATES = ("%Y-%m-%d",)
"""For a column that a person chose though it holds no dates: every row then says so."""


def guess(stream: BinaryIO, cut: Cut = AS_FOUND, chosen: Roles | None = None) -> Guess:
    """A recipe for open_statement and what to ask before its use. Raises UnreadableFile if it is no text or sheet.

    ``cut`` and ``chosen`` are what a person said of it; the rest is guessed, of ``chosen`` the order of dates, the
    decimal mark and the signs only.
    """
    source = open_source(stream, cut.charset)
    source.refuse_long_lines()
    table = find_table(source, cut)
    if table is None:
        lines = (records[0].text.strip() for records in source.heads())
        sample = [[line] for line in itertools.islice(lines, SAMPLE_ROWS)]
        asked = _question_without_options("Which character separates the columns?")
        return Guess(None, [], sample, (asked,), cut=cut, encoding=source.name, is_text=source.is_text)
    if chosen is not None:
        return guess_table(source, cut, table, chosen_roles(table, chosen))
    roles = find_roles(table)
    told = guess_table(source, cut, table, roles)
    return dataclasses.replace(told, questions=(*roles.questions, *told.questions))


def guess_table(source: Source, cut: Cut, table: Table, roles: Roles) -> Guess:
    found_cut = dataclasses.replace(cut, separator=table.separator, has_header=table.has_header)
    sample = table.rows[:SAMPLE_ROWS]
    told = Guess(None, table.headers, sample, (), (), roles, found_cut, table.line, source.name,
                 source.is_text)  # fmt: skip
    missing = _missing(roles)
    if missing:
        return dataclasses.replace(told, questions=(_question_without_options(f"Which column holds the {missing}?"),))
    try:
        recipe = _placed(source, table, roles)
    except InvalidMapping as problem:
        return dataclasses.replace(told, problem=str(problem))
    found = find_table_of(source, recipe)
    surveyed = survey(recipe, Layout(recipe, found.names, found.written), source.records(found.separator, found.line))
    recipe = _settled(recipe, surveyed)
    asked = (*surveyed.questions(), *sign_questions(table, roles, recipe.dialect.decimal or "."))
    return dataclasses.replace(told, recipe=recipe, questions=asked, evidence=tuple(_evidence(surveyed, recipe)))


def _question_without_options(sentence: str) -> Question:
    return Question(COLUMNS, sentence, "", ())


def _missing(roles: Roles) -> str:
    money = next((role for role in ("debit", "credit") if role in roles.at), "amount")
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

    def place(at: int) -> str | int:
        return at if not by_name or not names[at] or names.count(names[at]) > 1 else table.headers[at]

    def ref(role: str) -> str | int | None:
        return place(roles.at[role]) if role in roles.at else None

    date = ref("date")
    assert date is not None, "a table without dates is not guessed at"
    description = tuple(place(at) for at in roles.descriptions or (roles.at["description"],))
    others = {role: ref(role) for role in roles.at if role not in {"date", "description"}}
    columns = RecipeColumns(date=date, description=description, **others)
    dialect = Dialect(
        separator=table.separator,
        dates=roles.formats or _NO_DATES,
        decimal="",
        has_header=table.has_header,
        header_line=line,
        out_values=roles.out_values,
        in_values=roles.in_values,
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
