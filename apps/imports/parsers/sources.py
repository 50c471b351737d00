"""Where records come from: delimited text, with one reading for each separator, or a sheet, which has but one."""

import csv
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from .delimited import SEPARATORS, Record, read_records
from .text import Charset, find_charset, lines_of, named_charset, refuse_long_lines
from .xlsx import Workbook, looks_like_xlsx, open_workbook


class Source(Protocol):
    """A table's records, read anew at each call. ``name`` says for people how the file is encoded."""

    @property
    def name(self) -> str: ...

    @property
    def separators(self) -> Sequence[str]: ...

    @property
    def is_text(self) -> bool: ...

    def records(self, separator: str, after_line: int = 0, footer: "Footer | None" = None) -> Iterator[Record]:
        """The records below a physical line. What ``footer`` holds back is not given."""

    def heads(self) -> Iterator[tuple[Record, ...]]:
        """Line by line, each as a record of its own so that a stray quotation mark costs one line, and read once
        with each of the separators. Blank lines are left out."""

    def dialect(self, separator: str) -> str:
        """How the columns are separated, for people; empty where nothing separates them."""

    def refuse_long_lines(self) -> None:
        """Raises TooLarge where one line could fill the memory."""


@dataclass(slots=True)
class Footer:
    """Holds the last ``size`` lines back. Once the records are read, ``lines`` has them with their numbers."""

    size: int
    lines: Sequence[tuple[int, str]] = ()

    def hold(self, lines: Iterator[str], first_line: int) -> Iterator[str]:
        """All lines but the last; the empty one after the last line end counts, as a text editor shows it."""
        held: deque[tuple[int, str]] = deque()
        for numbered in enumerate(lines, first_line):
            held.append(numbered)
            if len(held) > self.size:
                yield held.popleft()[1]
        if held and held[-1][1].endswith(("\n", "\r")):
            held.append((held[-1][0] + 1, ""))
        while len(held) > self.size:
            yield held.popleft()[1]
        self.lines = tuple(held)


@dataclass(frozen=True, slots=True)
class TextSource:
    """Delimited text in a seekable binary file."""

    stream: BinaryIO
    charset: Charset
    is_text: bool = True

    @property
    def name(self) -> str:
        return self.charset.name

    @property
    def separators(self) -> Sequence[str]:
        return tuple(SEPARATORS)

    def refuse_long_lines(self) -> None:
        refuse_long_lines(self.charset)

    def lines(self) -> Iterator[str]:
        return lines_of(self.stream, self.charset)

    def records(self, separator: str, after_line: int = 0, footer: Footer | None = None) -> Iterator[Record]:
        lines = itertools.islice(self.lines(), after_line, None)
        held = footer.hold(lines, after_line + 1) if footer else lines
        return read_records(held, separator, after_line + 1)

    def heads(self) -> Iterator[tuple[Record, ...]]:
        for number, line in enumerate(self.lines(), 1):
            if line.strip():
                yield tuple(Record(number, _cells(line, separator), [line]) for separator in SEPARATORS)

    def dialect(self, separator: str) -> str:
        return SEPARATORS[separator]


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


@dataclass(frozen=True, slots=True)
class SheetSource:
    """A sheet of a workbook; the number of a row is its line."""

    workbook: Workbook
    name: str = "Excel"
    separators: Sequence[str] = ("",)
    is_text: bool = False

    def records(self, separator: str, after_line: int = 0, footer: Footer | None = None) -> Iterator[Record]:  # noqa: ARG002
        below = (record for record in self.workbook.records() if record.line > after_line)
        return _without_last(below, footer) if footer else below

    def heads(self) -> Iterator[tuple[Record, ...]]:
        return ((record,) for record in self.records("") if any(cell.strip() for cell in record.cells))

    def dialect(self, separator: str) -> str:  # noqa: ARG002
        return self.workbook.dialect

    def refuse_long_lines(self) -> None:
        """A workbook has rows, not lines."""


def _without_last(records: Iterator[Record], footer: Footer) -> Iterator[Record]:
    held: deque[Record] = deque()
    for record in records:
        held.append(record)
        if len(held) > footer.size:
            yield held.popleft()
    footer.lines = tuple((record.line, record.text) for record in held)


def open_source(stream: BinaryIO, charset: str = "") -> Source:
    """The records in a file. Raises UnreadableFile where it is neither text nor a sheet."""
    if looks_like_xlsx(stream):
        return SheetSource(open_workbook(stream))
    return TextSource(stream, named_charset(stream, charset) if charset else find_charset(stream))
