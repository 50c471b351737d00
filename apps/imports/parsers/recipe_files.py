"""Reading a file by a recipe: find the table, settle the dialect, read the rows."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .bank_csv import HEADER_SEARCH_LINES, FoundHeader, header_in, read_above
from .columns import compile_recipe
from .dates import spoken_format
from .delimited import ReadCells, read_table
from .errors import AmbiguousFile, UnknownFormat, UnreadableFile
from .layout import Layout, missing
from .questions import Answers
from .recipe import Recipe
from .recipe_parts import folded
from .rows import Row, left_out, unreadable
from .settling import settle
from .sources import Footer, Source, open_source

PREVIEW_ROWS = 20


@dataclass(frozen=True, slots=True)
class RecipeFile:
    """A file with the recipe that reads it; ``dialect`` says for people how the file is written."""

    source: Source
    recipe: Recipe
    found: FoundHeader
    layout: Layout
    read: ReadCells

    @property
    def dialect(self) -> str:
        dialect = self.recipe.dialect
        parts = [self.source.dialect(self.found.separator), spoken_format(dialect.dates[0])]
        parts += ["decimal comma"] if dialect.decimal == "," else []
        return " · ".join(part for part in parts if part)

    def rows(self) -> Iterator[Row]:
        """Every record from the table's first line on; what stands above and below it is left out line by line."""
        source, found = self.source, self.found
        first = found.line if found.written else found.line + 1
        yield from read_above(source, first, "The line stands above the table.")
        footer = Footer(self.recipe.dialect.footer_lines) if self.recipe.dialect.footer_lines else None
        records = source.records(found.separator, found.line, footer)
        yield from read_table(records, found.written, self.read, reach=self.layout.reach, is_text=source.is_text)
        for line, text in footer.lines if footer else ():
            if text.strip():
                yield left_out(line, text, "One of the last lines, which this format leaves out.")


def open_by_recipe(
    source: Source, recipe: Recipe, answers: Answers | None = None, found: FoundHeader | None = None
) -> RecipeFile:
    """``found`` where the header is known already.

    Raises UnknownFormat where a column is missing, AmbiguousFile where a person must say how to read a cell.
    """
    found = found or find_table_of(source, recipe)
    layout = Layout(recipe, found.names, found.written)
    settled = settle(recipe, layout, source.records(found.separator, found.line), answers)
    return RecipeFile(source, settled, found, layout, compile_recipe(settled, layout))


def find_table_of(source: Source, recipe: Recipe) -> FoundHeader:
    """Where the recipe's table begins. Raises UnknownFormat where it does not."""
    dialect, names = recipe.dialect, recipe.needed_names()
    separators = [one for one in source.separators if one == (dialect.separator or one) or not source.is_text]
    if not dialect.has_header:
        return FoundHeader((dialect.header_line or 1) - 1, _separator_of_rows(source, recipe, separators))
    if dialect.header_line is None and names:
        for records in itertools.islice(source.heads(), HEADER_SEARCH_LINES):
            for separator, record in zip(source.separators, records, strict=True):
                found = header_in(record, separator)
                if separator in separators and recipe.owns(found.names):
                    return found
        raise missing(names)
    return _header_on_line(source, recipe, dialect.header_line or 1, separators)


def _header_on_line(source: Source, recipe: Recipe, line: int, separators: list[str]) -> FoundHeader:
    for records in source.heads():
        if records[0].line < line:
            continue
        heads = [header_in(record, one) for one, record in zip(source.separators, records, strict=True)]
        possible = [head for head in heads if head.separator in separators]
        owned = [head for head in possible if recipe.owns(head.names)]
        if not owned:
            widest = max(possible, key=lambda head: len(head.written))
            absent = [names for names in recipe.needed_names() if not set(map(folded, names)) & set(widest.names)]
            raise missing(absent or recipe.needed_names(), widest.written, widest.line)
        return max(owned, key=lambda head: len(head.written))
    raise UnknownFormat(f"The table should begin on line {line}, but the file ends before it; choose another format.")


def _separator_of_rows(source: Source, recipe: Recipe, separators: list[str]) -> str:
    """The one with which the first line of the table has the most columns."""
    first = recipe.dialect.header_line or 1
    for records in source.heads():
        if records[0].line >= first:
            widths = {one: len(record.cells) for one, record in zip(source.separators, records, strict=True)}
            return max(separators, key=lambda one: widths[one])
    return separators[0]


def preview(stream: BinaryIO, recipe: Recipe, limit: int = PREVIEW_ROWS) -> list[Row]:
    """The first rows as the recipe reads them, for a person who is still choosing: of what the file leaves open the
    first possibility. Never raises for content: a refusal is one unreadable row with its sentence.
    """
    try:
        source = open_source(stream, recipe.dialect.charset)
        source.refuse_long_lines()
        opened = _first_reading(lambda answers: open_by_recipe(source, recipe, answers))
        return list(itertools.islice(opened.rows(), limit))
    except UnreadableFile as refusal:
        return [unreadable(1, "", refusal)]


def _first_reading(open_with: Callable[[Answers | None], RecipeFile]) -> RecipeFile:
    try:
        return open_with(None)
    except AmbiguousFile:
        pass
    try:
        return open_with(Answers(day_first=False, decimal="."))
    except AmbiguousFile:
        return open_with(Answers(day_first=True, decimal="."))
