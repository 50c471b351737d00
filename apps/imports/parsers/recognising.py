"""Which of the formats that a person has taught is a file of? By its column names, or by its shape without them."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from .bank_csv import HEADER_SEARCH_LINES
from .errors import UnreadableFile
from .recipe import Recipe, signature
from .recipe_files import preview
from .rows import ParsedRow, UnreadableRow
from .sources import Source, open_source

_TRIED_ROWS = HEADER_SEARCH_LINES + 100
_NAMES_OVER_LINES = 40
_SHAPE_RECORDS = 10


@dataclass(frozen=True, slots=True)
class Taught:
    """A recipe with the ``signature`` of the names that it was taught with, '' where the table has none."""

    key: int
    signature: str
    recipe: Recipe


def recognise(stream: BinaryIO, taught: Sequence[Taught]) -> Taught | None:
    """The one whose file this is and that can read it, None for any other content. Of tables without names only one
    that no other of the formats could be."""
    for charset in sorted({one.recipe.dialect.charset for one in taught}):
        known = [one for one in taught if one.recipe.dialect.charset == charset]
        try:
            source = open_source(stream, charset)
            source.refuse_long_lines()
            found = _by_names(source, known) or _by_shape(source, known)
        except UnreadableFile:
            continue
        if found and fits(stream, found.recipe):
            return found
    return None


def fits(stream: BinaryIO, recipe: Recipe) -> bool:
    """Whether the recipe still reads such a file: of its first rows some, or none that it should have read."""
    rows = preview(stream, recipe, _TRIED_ROWS)
    read = sum(isinstance(row, ParsedRow) for row in rows)
    unread = sum(isinstance(row, UnreadableRow) for row in rows)
    return read >= unread if not recipe.dialect.has_header else bool(read) or not unread


def _by_names(source: Source, taught: Sequence[Taught]) -> Taught | None:
    known = {one.signature: one for one in taught if one.signature}
    if not known:
        return None
    for separator, cells in _headings(source):
        one = known.get(signature([cell.strip() for cell in cells]))
        if one and (not source.is_text or one.recipe.dialect.separator in {"", separator}):
            return one
    return None


def _headings(source: Source) -> Iterator[tuple[str, Sequence[str]]]:
    """Every record that may be the one of names: lines, and records whose names go over several lines."""
    for records in itertools.islice(source.heads(), HEADER_SEARCH_LINES):
        for separator, record in zip(source.separators, records, strict=True):
            yield separator, record.cells
    for separator in source.separators:
        for record in itertools.islice(source.records(separator), _NAMES_OVER_LINES):
            yield separator, record.cells


def _by_shape(source: Source, taught: Sequence[Taught]) -> Taught | None:
    found = []
    for one in taught:
        dialect = one.recipe.dialect
        if one.signature or dialect.has_header:
            continue
        separators = [known for known in source.separators if not source.is_text or known == dialect.separator]
        for separator in separators:
            records = source.records(separator, (dialect.header_line or 1) - 1)
            rows = [record.cells for record in itertools.islice(records, _SHAPE_RECORDS) if not record.damage]
            if rows and one.recipe.is_like(rows):
                found.append(one)
    return found[0] if len(found) == 1 else None
