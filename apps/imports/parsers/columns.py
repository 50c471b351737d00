"""A delimited file of an unknown bank, read by the columns that a person chose."""

import dataclasses
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .amounts import float_text, read_amount, turned
from .bank_csv import header_cells, required
from .dates import formatted_date, spoken_format
from .delimited import SEPARATORS, ReadCells, read_records, read_table
from .errors import InvalidMapping
from .rows import CannotRead, NotATransaction, ParsedRow, Row, left_out

KEY = "custom"
NAME = "CSV with chosen columns"

_SAMPLE_DAY = time.strptime("2001-12-28", "%Y-%m-%d")
_MAX_COLUMN = 1000
_MAX_HEADER_LINE = 10_000


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """Which column (0-based) holds what, and how dates and amounts are written.

    Either ``amount_column`` or at least one of ``debit_column`` and ``credit_column`` is given. The table
    begins on the physical line ``header_line`` (1-based): with the names of the columns if ``has_header``,
    else with the first row. ``date_format`` is of ``strptime``. ``invert_sign`` is for files in which money
    out is positive. Raises InvalidMapping.
    """

    date_column: int
    description_column: int
    amount_column: int | None = None
    debit_column: int | None = None
    credit_column: int | None = None
    merchant_column: int | None = None
    reference_column: int | None = None
    date_format: str = "%m/%d/%Y"
    has_header: bool = True
    header_line: int = 1
    separator: str = ","
    decimal: str = "."
    invert_sign: bool = False
    category_column: int | None = None
    balance_column: int | None = None

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check_kind(field.name, getattr(self, field.name))
        if (self.amount_column is None) == (self.debit_column is None and self.credit_column is None):
            raise InvalidMapping("Choose either one column for the amount or columns for money out and money in.")
        if self.debit_column is not None and self.debit_column == self.credit_column:
            raise InvalidMapping("Money out and money in cannot be the same column.")
        if self.separator not in SEPARATORS:
            raise InvalidMapping("Columns are separated by a comma, a semicolon, a tab or a vertical bar.")
        if self.decimal not in {".", ","}:
            raise InvalidMapping("The decimal mark is a point or a comma.")
        if not 1 <= self.header_line <= _MAX_HEADER_LINE:
            raise InvalidMapping(f"The table begins on one of the lines 1 to {_MAX_HEADER_LINE}.")
        _check_date_format(self.date_format)

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types, from which :meth:`from_json` makes an equal mapping."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, stored: object) -> "ColumnMapping":
        """Raises InvalidMapping for what is not, or no longer, a mapping."""
        if not isinstance(stored, Mapping):
            raise InvalidMapping("A column mapping is an object.")
        names = {field.name for field in dataclasses.fields(cls)}
        unknown = sorted(str(name) for name in stored.keys() - names)
        if unknown:
            raise InvalidMapping(f"A column mapping has no {', '.join(unknown)}.")
        for name in ("date_column", "description_column"):
            if name not in stored:
                raise InvalidMapping(f"The column mapping has no {name}.")
        return cls(**stored)


_TEXTS, _FLAGS = {"date_format", "separator", "decimal"}, {"has_header", "invert_sign"}
_NEEDED = {"date_column", "description_column", "header_line"}


def _check_kind(name: str, value: object) -> None:
    if name in _TEXTS:
        right = isinstance(value, str)
    elif name in _FLAGS:
        right = isinstance(value, bool)
    elif value is None:
        right = name not in _NEEDED
    else:
        # True is an int to Python, but column "True" is a mistake.
        right = isinstance(value, int) and not isinstance(value, bool)
        if right and name != "header_line" and not 0 <= int(str(value)) < _MAX_COLUMN:
            raise InvalidMapping(f"{name} is {value}; columns are counted from 0 to {_MAX_COLUMN - 1}.")
    if not right:
        raise InvalidMapping(f"{name} cannot be {value!r}.")


def _check_date_format(date_format: str) -> None:
    """A format must carry day, month and year, and be one that Python knows."""
    try:
        read_back = time.strptime(time.strftime(date_format, _SAMPLE_DAY), date_format)
    except (ValueError, OverflowError, UnicodeError):
        read_back = None
    if read_back is None or read_back[:3] != _SAMPLE_DAY[:3]:
        raise InvalidMapping(f'"{date_format}" is not a format of a date with day, month and year.')


def describe(mapping: ColumnMapping) -> str:
    """The dialect for people: separator, order of the date, decimal mark if it is the comma."""
    parts = [SEPARATORS[mapping.separator], spoken_format(mapping.date_format)]
    return " · ".join([*parts, "decimal comma"] if mapping.decimal == "," else parts)


def read_mapped(lines: Iterator[str], mapping: ColumnMapping) -> Iterator[Row]:
    """Every record from the table's first line on; what stands above it is left out line by line."""
    header: tuple[str, ...] = ()
    first = mapping.header_line
    for number in range(1, first):
        line = next(lines, "")
        if line.strip():
            yield left_out(number, line, "The line stands above the table.")
    if mapping.has_header:
        header = header_cells(next(lines, ""), mapping.separator)
        first += 1
    records = read_records(lines, mapping.separator, first)
    yield from read_table(records, len(header), header, _reader(mapping))


def _reader(mapping: ColumnMapping) -> ReadCells:
    def read(line: int, cells: Sequence[str]) -> ParsedRow:
        date_text = _cell(cells, mapping.date_column)
        _refuse_footers(cells, date_text)
        date = formatted_date(required(date_text, "date"), mapping.date_format)
        written = _amount(mapping, cells)
        amount = turned(written) if mapping.invert_sign else written
        return ParsedRow(
            line=line,
            date=date,
            amount=amount,
            description=_cell(cells, mapping.description_column),
            merchant=_cell(cells, mapping.merchant_column),
            reference=_cell(cells, mapping.reference_column) or f"custom_{date}_{float_text(amount)}",
            bank_category=_cell(cells, mapping.category_column),
            running_balance=_balance(_cell(cells, mapping.balance_column), mapping.decimal),
        )

    return read


def _cell(cells: Sequence[str], column: int | None) -> str:
    return cells[column].strip() if column is not None and column < len(cells) else ""


def _amount(mapping: ColumnMapping, cells: Sequence[str]) -> Decimal:
    """The signed amount. In a column of money out every amount is money out, with or without a minus."""
    if mapping.amount_column is not None:
        return read_amount(required(_cell(cells, mapping.amount_column), "amount"), mapping.decimal)
    debit, credit = _cell(cells, mapping.debit_column), _cell(cells, mapping.credit_column)
    money_out = abs(read_amount(debit, mapping.decimal)) if debit else Decimal(0)
    money_in = read_amount(credit, mapping.decimal) if credit else Decimal(0)
    if money_out and money_in:
        raise CannotRead("Both money out and money in are filled in.")
    required(debit or credit, "amount")
    return money_in or turned(money_out)


def _balance(text: str, decimal: str) -> Decimal | None:
    try:
        return read_amount(text, decimal)
    except CannotRead:
        return None


def _refuse_footers(cells: Sequence[str], date_text: str) -> None:
    """Totals and closing words, which many banks set below the rows: where a date would be there is none."""
    if any(character.isdigit() for character in date_text):
        return
    if date_text.casefold().startswith(("total", "balance", "opening", "closing", "beginning", "ending")):
        raise NotATransaction("A total or a balance, not a transaction.")
    if date_text and sum(1 for cell in cells if cell.strip()) == 1:
        raise NotATransaction("A line of text, not a transaction.")
