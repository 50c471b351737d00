"""What the CSV files of all known banks have in common: a line of column names, then one record a row.

A new bank is one module with one :class:`BankCsv`: its column names and a function that makes a transaction
of one record's cells.
"""

import csv
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .delimited import SEPARATORS, ReadCells, read_records, read_table
from .rows import CannotRead, Row, left_out

DETECTION_LINES = 10
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


@dataclass(frozen=True, slots=True)
class FoundHeader:
    """The line of column names: 1-based physical line, separator, names as written and in lower case."""

    bank: BankCsv
    line: int
    separator: str
    written: tuple[str, ...]
    names: tuple[str, ...]


def find_header(lines: Iterator[str], banks: Sequence[BankCsv], non_blank_lines: int) -> FoundHeader | None:
    """The first line that is the header of one of the banks, among so many lines that are not blank."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    for number, line in itertools.islice(numbered, non_blank_lines):
        for separator in SEPARATORS:
            written = header_cells(line, separator)
            names = tuple(" ".join(cell.split()).casefold() for cell in written)
            for bank in banks:
                if bank.owns(names):
                    return FoundHeader(bank, number, separator, written, names)
    return None


def header_cells(line: str, separator: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return ()
    return tuple(cell.strip() for cell in cells)


def read_bank_csv(lines: Iterator[str], found: FoundHeader) -> Iterator[Row]:
    """Every record of the file; what stands above the column names is left out line by line."""
    for number, line in enumerate(itertools.islice(lines, found.line - 1), 1):
        if line.strip():
            yield left_out(number, line, "The line stands above the names of the columns.")
    next(lines, None)
    read = found.bank.reader(Columns(found.names))
    records = read_records(lines, found.separator, found.line + 1)
    yield from read_table(records, len(found.names), found.written, read)


def required(text: str, column: str) -> str:
    """The text, or CannotRead naming the column that is empty."""
    if not text:
        raise CannotRead(f"The {column} is missing.")
    return text
