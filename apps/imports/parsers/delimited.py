"""Reading delimited text record by record, so that a stray quotation mark costs one line, not the file."""

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .rows import CannotRead, NotATransaction, ParsedRow, Row, left_out, unreadable

RECORD_LINES = 100
"""Physical lines. A quoted cell that is still open after so many was never meant to be open."""

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}

ReadCells = Callable[[int, Sequence[str]], ParsedRow]
"""Line and cells to a transaction. Raises CannotRead or NotATransaction. Cells past the end are ''."""


@dataclass(slots=True)
class Record:
    """One record; ``damage`` says why its cells are not known, where they are not.

    Not frozen: a frozen one takes four times as long to make, and one is made for every line of every file.
    """

    line: int
    cells: list[str]
    source: list[str]
    damage: str = ""

    @property
    def text(self) -> str:
        return "".join(self.source)


class _Feed:
    """Hands lines to csv.reader, remembers what one record took, and takes lines back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.again: deque[str] = deque()
        self.taken: list[str] = []
        self.starved = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._next_line() if len(self.taken) < RECORD_LINES else None
        if line is None:
            # csv.reader asks for more in the middle of a record only while a quotation mark is open.
            self.starved = bool(self.taken)
            raise StopIteration
        self.taken.append(line)
        return line

    def _next_line(self) -> str | None:
        return self.again.popleft() if self.again else next(self._lines, None)

    def start(self) -> None:
        self.taken, self.starved = [], False

    def keep_first_line(self) -> None:
        self.again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def read_records(lines: Iterator[str], separator: str, first_line: int = 1) -> Iterator[Record]:
    """The records of the lines, blank lines left out. Memory holds one record at a time."""
    feed = _Feed(lines)
    again = feed.again
    reader = csv.reader(feed, delimiter=separator)
    limit = csv.field_size_limit()
    line = first_line
    while True:
        text = again.popleft() if again else next(lines, None)
        if text is None:
            return
        if '"' not in text and len(text) <= limit:
            # What csv.reader does with a line without quotation marks, at a third of the time.
            cells = text.rstrip("\r\n").split(separator)
            if len(cells) > 1 or text.strip():
                yield Record(line, cells, [text])
            line += 1
            continue
        again.appendleft(text)
        feed.start()
        damage = ""
        try:
            cells = next(reader)
        except csv.Error:
            cells, damage = [], "A cell of this line is too long to be read."
        if not damage and (feed.starved or (len(feed.taken) > 1 and _badly_quoted(feed.taken, separator))):
            cells, damage = [], "A quotation mark opens on this line and is not closed where a cell ends."
        if damage:
            feed.keep_first_line()
        yield Record(line, cells, feed.taken, damage)
        line += len(feed.taken)


def _badly_quoted(source: list[str], separator: str) -> bool:
    """Whether a record of several lines was held together only by a mark that a later cell opened."""
    try:
        return len(list(csv.reader(source, delimiter=separator, strict=True))) != 1
    except csv.Error:
        return True


def read_table(
    records: Iterator[Record], header: Sequence[str], read: ReadCells, *, reach: int = 0, is_text: bool = True
) -> Iterator[Row]:
    """Every record as a row. ``header`` is empty where the table has none; then ``reach`` is how many cells ``read``
    looks at. Only text can end in the middle of a line."""
    width = len(header)
    padded = max(width, reach) + 1
    for record in records:
        if record.damage:
            yield unreadable(record.line, record.text, record.damage)
            continue
        cells = record.cells
        found = len(cells)
        # One cell more than there are columns: index -1 is how a reader asks for a column that is not there.
        cells.append("")
        if found + 1 < padded:
            cells.extend([""] * (padded - found - 1))
        try:
            row = read(record.line, cells)
        except NotATransaction as reason:
            yield left_out(record.line, record.text, reason)
        except CannotRead as reason:
            yield _unread(record, header, reason)
        else:
            yield row if found == width or not width else _of_other_width(record, row, found, width, is_text)


def _unread(record: Record, header: Sequence[str], reason: CannotRead) -> Row:
    cells = [cell.strip() for cell in record.cells]
    if not any(cells):
        return left_out(record.line, record.text, "The line has no text in any column.")
    if header and cells[: len(header)] == list(header):
        return left_out(record.line, record.text, "The names of the columns once more.")
    return unreadable(record.line, record.text, reason)


def _of_other_width(record: Record, row: ParsedRow, found: int, width: int, is_text: bool) -> Row:
    """Banks leave trailing cells away, which does no harm; but more cells than columns, or a last line that
    ends early, mean that what was read may be the wrong cell or half an amount."""
    if any(cell.strip() for cell in record.cells[width:]):
        sentence = f"The line has {found} cells, but there are {width} columns."
        return unreadable(record.line, record.text, sentence)
    if is_text and found < width and not record.text.endswith(("\n", "\r")):
        return unreadable(record.line, record.text, "The file ends in the middle of this line.")
    return row
