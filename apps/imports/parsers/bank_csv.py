"""What the CSV files of all known banks have in common: a line of column names, then one record a row.

A new bank is one module with one :class:`BankCsv`: its column names and a function that makes a transaction
of one record's cells.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from .delimited import ReadCells, Record, read_table
from .recipe_parts import folded
from .rows import CannotRead, Row, left_out
from .sources import Source

DETECTION_LINES = 25
HEADER_SEARCH_LINES = 200


class Columns:
    """Where the columns stand. A column that is not there is at -1, where every record has an empty cell."""

    def __init__(self, names: Sequence[str]) -> None:
        self._at: dict[str, int] = {}
        for position, name in enumerate(names):
            self._at.setdefault(name, position)

    def at(self, *names: str) -> int:
        """Position of the first of these names that the file has, -1 if it has none."""
        return next((self._at[name] for name in names if name in self._at), -1)


@dataclass(frozen=True, slots=True)
class BankCsv:
    """One bank's CSV. ``header``: sets of column names in lower case; of each set one must be there."""

    key: str
    name: str
    dates: str
    header: tuple[frozenset[str], ...]
    reader: Callable[[Columns], ReadCells]

    def owns(self, names: Sequence[str]) -> bool:
        present = frozenset(names)
        return all(alternatives & present for alternatives in self.header)


def header_of(*names: str | tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """Column names that must be there; a tuple where one of several will do."""
    return tuple(frozenset((name,) if isinstance(name, str) else name) for name in names)


class Named(Protocol):
    """A format: its key and its name for people."""

    @property
    def key(self) -> str: ...

    @property
    def name(self) -> str: ...


class KnownTable(Named, Protocol):
    """A bank whose files are known by the names of their columns: a :class:`BankCsv` or a recipe."""

    def owns(self, names: Sequence[str]) -> bool: ...


@dataclass(frozen=True, slots=True)
class FoundHeader:
    """The line of column names: 1-based physical line, separator, names as written and folded.

    A table without names has none, and ``line`` is the one above its first.
    """

    line: int
    separator: str
    written: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


Bank = TypeVar("Bank", bound=KnownTable)


def find_header(source: Source, banks: Sequence[Bank], non_blank_lines: int) -> tuple[Bank, FoundHeader] | None:
    """The first line that is the header of one of the banks, among so many lines that are not blank."""
    for records in itertools.islice(source.heads(), non_blank_lines):
        for separator, record in zip(source.separators, records, strict=True):
            found = header_in(record, separator)
            for bank in banks:
                if bank.owns(found.names):
                    return bank, found
    return None


def header_in(record: Record, separator: str) -> FoundHeader:
    written = tuple(cell.strip() for cell in record.cells)
    return FoundHeader(record.line, separator, written, tuple(map(folded, written)))


def read_above(source: Source, line: int, reason: str) -> Iterator[Row]:
    """What stands above the table, line by line, and up to its header's line."""
    if line > 1:
        for record, *_ in source.heads():
            if record.line >= line:
                return
            yield left_out(record.line, record.text, reason)


def read_bank_csv(source: Source, bank: BankCsv, found: FoundHeader) -> Iterator[Row]:
    """Every record of the file; what stands above the column names is left out line by line."""
    yield from read_above(source, found.line, "The line stands above the names of the columns.")
    read = bank.reader(Columns(found.names))
    records = source.records(found.separator, found.line)
    yield from read_table(records, found.written, read, is_text=source.is_text)


def required(text: str, column: str) -> str:
    """The text, or CannotRead naming the column that is empty."""
    if not text:
        raise CannotRead(f"The {column} is missing.")
    return text
