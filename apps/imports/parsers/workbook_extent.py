"""How much room the cells of a sheet take, found out before the workbook reader makes that room.

The reader holds the whole rectangle around the filled cells, so that two cells in opposite corners of a sheet would
take seventeen thousand million of them. The parts are looked at as bytes, chunk by chunk, and no cell is kept.
"""

import re

CELL_LIMIT = 3_000_000
"""Cells of the rectangle around all filled cells of a sheet: 100,000 rows of 30 columns."""

_TAIL = 1 << 16
_ATTRIBUTES = rb"(?:[^<>\"']|\"[^\"]{0,2000}\"|'[^']{0,2000}'){0,2000}?"
_XLSX = re.compile(rb"<(?:\w{1,20}:)?(row|c)(?=[\s/>])|\br\s*=\s*[\"']([A-Za-z]{0,3})([0-9]{1,7})[\"']")
_ODS = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)(?=[\s/>])(" + _ATTRIBUTES + rb")(/?)>")
_REPEATED = re.compile(rb"number-(?:rows|columns)-repeated\s*=\s*[\"']([0-9]{1,9})[\"']")


def too_many_cells(name: str) -> str:
    """The sentence for a sheet that is too large."""
    return (
        f'The filled cells of "{name}" lie in a rectangle of more than {CELL_LIMIT:,} cells. '
        "Delete the cells that stand far from the table, or save the table as CSV."
    )


class SheetExtent:
    """The rectangle of one worksheet of an XLSX. Cells say where they stand, or else stand beside the one before."""

    def __init__(self) -> None:
        self._rest = b""
        self._row = self._column = 0
        self._left = self._top = 1 << 30
        self._right = self._bottom = 0

    def see(self, chunk: bytes) -> None:
        data = self._rest + chunk
        # What begins in the last tag may end in the next chunk.
        end = max(data.rfind(b"<"), len(data) - _TAIL) if data else 0
        for match in _XLSX.finditer(data, 0, end):
            self._take(match)
        self._rest = data[end:]

    def _take(self, match: re.Match[bytes]) -> None:
        if match[1] == b"row":
            self._row, self._column = self._row + 1, 0
            return
        if match[1]:
            self._column += 1
        else:
            self._row = int(match[3])
            if not match[2]:
                return
            self._column = _number_of(match[2])
        self._left, self._right = min(self._left, self._column), max(self._right, self._column)
        self._top, self._bottom = min(self._top, self._row), max(self._bottom, self._row)

    def cells(self) -> int:
        """Of the rectangle. To be called at the end of the part."""
        for match in _XLSX.finditer(self._rest):
            self._take(match)
        self._rest = b""
        return max(0, self._right - self._left + 1) * max(0, self._bottom - self._top + 1)


def _number_of(letters: bytes) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return column


class TableExtent:
    """The cells of the tables of an OpenDocument file, in which one element may stand for a million.

    Empty cells at the end of a row or a table are not counted: every program writes those, and the reader leaves
    them away.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._cells = 0
        self._row_times = 1
        self._row_cells = self._empty_cells = self._empty_rows = self._widest = 0

    def see(self, chunk: bytes) -> None:
        data, end = self._rest + chunk, 0
        for match in _ODS.finditer(data):
            end = match.end()
            self._take(match)
        self._rest = data[max(end, len(data) - _TAIL) :]

    def _take(self, match: re.Match[bytes]) -> None:
        count = _REPEATED.search(match[2])
        times = int(count[1]) if count else 1
        if match[1] in {b"table-row", b"table"}:
            self._end_row()
            self._row_times = times
            if match[1] == b"table":
                self._empty_rows = self._widest = 0
        elif match[3]:
            self._empty_cells += times
        else:
            self._row_cells += self._empty_cells + times
            self._empty_cells = 0

    def _end_row(self) -> None:
        if self._row_cells:
            self._widest = max(self._widest, self._row_cells)
            self._cells += self._row_cells * self._row_times + self._empty_rows * self._widest
            self._empty_rows = 0
        else:
            self._empty_rows += self._row_times
        self._row_cells = self._empty_cells = 0

    def cells(self) -> int:
        """Of all tables together. To be called at the end of the part."""
        self._end_row()
        return self._cells
