"""Workbooks: XLSX, and XLS and ODS, which the same reader knows. Their cells as text, record by record.

Cells hold values, not text: a number is a binary float, a date is a number that is shown as one. They are written out
as a CSV would have them, dates year-month-day and numbers with a decimal point, so that a table of a workbook is
mapped as any other. Formulas are not computed: what counts is the value that was stored with them.
"""

import datetime as dt
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, BinaryIO

import python_calamine

from .delimited import Record
from .errors import TooLarge, UnreadableFile
from .workbook_archive import checked_archive
from .workbook_extent import CELL_LIMIT, too_many_cells

KEY = "xlsx"
NAME = "Excel workbook"
OLD_SIZE_LIMIT = 16 << 20
"""Bytes of an XLS file, which has no directory of sizes; its format allows 65,536 rows of 256 columns."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
_BINARY = "xl/workbook.bin"
_FRACTION = Decimal("0.0001")
_EXAMINED_ROWS = 5000

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def looks_like_xlsx(stream: BinaryIO) -> bool:
    """Whether it is a workbook by content: a ZIP archive with a workbook in it, or an old Office document."""
    stream.seek(0)
    head = stream.read(len(_OLE))
    if head == _OLE:
        return True
    if not head.startswith(_ZIP):
        return False
    names = _names(stream)
    if names:
        return not _PARTS.isdisjoint(names)
    # An archive that was cut has lost its directory, but its first parts still have their names.
    stream.seek(0)
    start = stream.read(4096)
    return b"[Content_Types].xml" in start or b"opendocument.spreadsheet" in start


def _names(stream: BinaryIO) -> list[str]:
    """The names of the archive's parts; none where it is damaged."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return []


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheet of a workbook that looks most like a table; ``others`` are the names of those not read."""

    sheet: str
    others: tuple[str, ...]
    first_line: int
    rows: list[list[Cell]]

    @property
    def dialect(self) -> str:
        """Which sheet is read, for people."""
        left = f" ({len(self.others)} other sheets are not read)" if len(self.others) > 1 else ""
        left = f' (the sheet "{self.others[0]}" is not read)' if len(self.others) == 1 else left
        return f'Workbook · sheet "{self.sheet}"{left}'

    def records(self) -> Iterator[Record]:
        """The rows that have a filled cell; ``line`` is the 1-based row of the sheet."""
        for line, row in enumerate(self.rows, self.first_line):
            cells = [cell_text(cell) for cell in row]
            if any(cells):
                yield Record(line, cells, ["\t".join(cells) + "\n"])


def records(stream: BinaryIO) -> Iterator[Record]:
    """The records of the sheet that looks most like a table. Raises what ``open_workbook`` raises."""
    return open_workbook(stream).records()


def open_workbook(stream: BinaryIO) -> Workbook:
    """The workbook in a seekable binary file, in memory as the reader gives it.

    Raises TooLarge, ForbiddenContent, and UnreadableFile where it is damaged, encrypted or has no table.
    """
    stream.seek(0)
    is_archive = stream.read(4) == _ZIP
    stream.seek(0)
    if is_archive:
        if _BINARY in _names(stream):
            raise UnreadableFile("This is a binary Excel workbook (XLSB), which is not read. Save it as XLSX or CSV.")
        stream.seek(0)
        with checked_archive(stream) as checked:
            return _best_sheet(checked)
    _refuse_old(stream)
    return _best_sheet(stream)


def _refuse_old(stream: BinaryIO) -> None:
    if stream.seek(0, 2) > OLD_SIZE_LIMIT:
        raise TooLarge(
            f"The old Excel file is larger than {OLD_SIZE_LIMIT >> 20} MB, the most that is read of this format. "
            "Save it as XLSX or CSV."
        )
    stream.seek(0)
    # The names of the streams of an OLE document are UTF-16; Office puts an encrypted workbook into one of this name.
    if "EncryptedPackage".encode("utf-16-le") in stream.read():
        raise UnreadableFile("The workbook is protected with a password. Save it without one and upload it again.")
    stream.seek(0)


def _best_sheet(stream: IO[bytes]) -> Workbook:
    try:
        with python_calamine.load_workbook(stream) as workbook:
            visible = [
                sheet.name
                for sheet in workbook.sheets_metadata
                if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            ]
            best: tuple[int, str, int, list[list[Cell]]] = (0, "", 1, [])
            for name in visible:
                first_line, rows = _rows_of(workbook.get_sheet_by_name(name))
                best = max(best, (_rows_of_a_table(rows), name, first_line, rows), key=lambda found: found[0])
    except python_calamine.PasswordError:
        raise UnreadableFile(
            "The workbook is protected with a password. Save it without one and upload it again."
        ) from None
    except UnreadableFile:
        raise
    except BaseException as error:
        # A panic of the reader, which is written in Rust, is no Exception and has no class that can be named.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile(
            f"The workbook cannot be read ({str(error)[:100]}). Save the sheet as CSV and upload that."
        ) from None
    score, name, first_line, rows = best
    if not score:
        raise UnreadableFile(
            "The workbook has no sheet with a table: no row has two filled cells. "
            "Upload the one that holds the transactions."
        )
    return Workbook(name, tuple(other for other in visible if other != name), first_line, rows)


def _rows_of(sheet: python_calamine.CalamineSheet) -> tuple[int, list[list[Cell]]]:
    """The 1-based number of the first row with a filled cell, and the rows from there on."""
    if sheet.height * sheet.width > CELL_LIMIT:
        raise TooLarge(too_many_cells(sheet.name))
    return (sheet.start or (0, 0))[0] + 1, sheet.to_python(skip_empty_area=True)


def _rows_of_a_table(rows: list[list[Cell]]) -> int:
    """Rows of two filled cells or more whose number of filled cells is, give or take two, the usual one."""
    widths = [sum(1 for cell in row if cell not in ("", None)) for row in rows[:_EXAMINED_ROWS]]
    usual = Counter(width for width in widths if width > 1).most_common(1)
    if not usual:
        return 0
    fitting = sum(1 for width in widths if width > 1 and abs(width - usual[0][0]) <= 2)
    return fitting + max(0, len(rows) - _EXAMINED_ROWS)


def cell_text(cell: Cell) -> str:
    """A cell as a CSV would have it: ``2026-04-03``, ``-12.5``, ``TRUE``; the time of a day is left away.

    A float is the shortest decimal that is the same float, with four decimals at most; a text stays as it is, also
    one that begins with "=".
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return str(cell)


def _number(value: float) -> str:
    number = Decimal(repr(value))
    if not number.is_finite():
        return str(value)
    if number.as_tuple().exponent < -4:  # type: ignore[operator]  # finite, so it is a number
        number = number.quantize(_FRACTION)
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text
