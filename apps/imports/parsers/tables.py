"""Finding the table in delimited text of which nothing is known: separator, header, kinds of cells."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .amounts import read_amount
from .dates import formatted_date
from .delimited import Record
from .rows import CannotRead
from .sources import Source

EXAMINED_RECORDS = 2000
HEADER_RECORDS = 30
MOSTLY = 0.8
"""The share of a column's cells that must be of one kind: banks put totals below their columns."""

DATE_FORMATS = (
    "%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y.%m.%d", "%m-%d-%Y", "%d-%m-%Y",
    "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%m-%d-%y", "%d-%m-%y", "%Y%m%d", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y",
    "%b %d, %Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S", "iso",
)  # fmt: skip
_LONGEST_DATE = 30


@dataclass(frozen=True, slots=True)
class Table:
    """A table found in a file. ``line`` is the physical line of its header, else of its first row."""

    separator: str
    line: int
    has_header: bool
    headers: list[str]
    rows: list[list[str]]

    def column(self, index: int) -> list[str]:
        """The cells of the column that are not empty."""
        cells = (row[index].strip() for row in self.rows if index < len(row))
        return [cell for cell in cells if cell]


@dataclass(frozen=True, slots=True)
class Cut:
    """How a person says that a file is cut into columns; what is empty or None is found out.

    ``header_line`` is the physical line (1-based) on which the table begins, with names or without.
    """

    separator: str = ""
    charset: str = ""
    header_line: int | None = None
    has_header: bool | None = None


AS_FOUND = Cut()
"""Nothing said: all of it is found out."""


def find_table(source: Source, cut: Cut = AS_FOUND) -> Table | None:
    """The table by the separator with which most records have one number of columns, two at least.

    Of two that do equally well the comma comes last: it is the one that stands in texts and amounts as well.
    """
    best: tuple[int, int, str, list[Record]] | None = None
    above = (cut.header_line or 1) - 1
    separators = [one for one in source.separators if not source.is_text or one == (cut.separator or one)]
    for separator in sorted(separators, key=lambda one: one == ","):
        found = itertools.islice(source.records(separator, above), EXAMINED_RECORDS)
        records = [record for record in found if not record.damage]
        counted = records[:1] if cut.header_line else records
        widths = Counter(len(record.cells) for record in counted if len(record.cells) > 1)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        if best is None or (count, width) > best[:2]:
            best = (count, width, separator, records)
    return _table(best[3], best[1], best[2], cut) if best else None


def _table(records: list[Record], width: int, separator: str, cut: Cut) -> Table:
    """The first record of full width begins the table; the first with names and no values is its header."""
    start = next(index for index, record in enumerate(records) if len(record.cells) == width)
    if cut.has_header or (cut.header_line and cut.has_header is None):
        at: int | None = start if cut.header_line else (_header_at(records, width, start) or start)
    else:
        at = None if cut.has_header is False else _header_at(records, width, start)
    if at is not None:
        cells = [cell.strip() for cell in records[at].cells]
        rows = [record.cells for record in records[at + 1 :]]
        return Table(separator, records[at].line, has_header=True, headers=cells, rows=rows)
    headers = [f"Column {number}" for number in range(1, width + 1)]
    rows = [record.cells for record in records[start:]]
    return Table(separator, records[start].line, has_header=False, headers=headers, rows=rows)


def _header_at(records: list[Record], width: int, start: int) -> int | None:
    for index in range(start, min(start + HEADER_RECORDS, len(records))):
        cells = [cell.strip() for cell in records[index].cells]
        if len(cells) == width and _is_header(cells):
            return index
    return None


def _is_header(cells: Sequence[str]) -> bool:
    names = [cell for cell in cells if cell]
    return len(names) >= 2 and not any(is_amount(name) or date_formats([name]) for name in names)


def is_amount(cell: str) -> bool:
    """Whether it is an amount, be it with a decimal point or a decimal comma."""
    return _reads_as_amount(cell, ".") or _reads_as_amount(cell, ",")


def _reads_as_amount(cell: str, decimal: str) -> bool:
    try:
        read_amount(cell, decimal)
    except CannotRead:
        return False
    return True


def mostly_amounts(cells: Sequence[str]) -> bool:
    return bool(cells) and sum(map(is_amount, cells)) >= MOSTLY * len(cells)


def date_formats(cells: Sequence[str]) -> list[str]:
    """The formats that read the most cells, if that is most of them; empty if it is no column of dates.

    Words below the dates, such as "Total", do not speak against it until they are the larger part.
    """
    with_digits = [cell for cell in cells if any(map(str.isdigit, cell))]
    likely = [cell for cell in with_digits if len(cell) <= _LONGEST_DATE]
    hopeful = [known for known in DATE_FORMATS if any(_reads_as_date(cell, known) for cell in likely[:10])]
    counts = {known: sum(_reads_as_date(cell, known) for cell in likely) for known in hopeful}
    most, enough = max(counts.values(), default=0), max(MOSTLY * len(with_digits), len(cells) / 2)
    return [known for known in hopeful if counts[known] == most >= enough]


def _reads_as_date(cell: str, date_format: str) -> bool:
    try:
        formatted_date(cell, date_format)
    except CannotRead:
        return False
    return True
