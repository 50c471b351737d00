"""Short ways to read bytes and samples in the tests of the parsers."""

import io
from pathlib import Path
from typing import Any

from apps.imports.parsers import LeftOutRow, ParsedRow, Row, StatedBalance, Statement, UnreadableRow, open_statement

SAMPLES = Path(__file__).parents[2] / "samples" / "bank"

BOFA = "Date,Description,Amount,Running Bal.\n"
BOFA_CC = "Posted Date,Reference Number,Payee,Address,Amount\n"


def opened(content: str | bytes, **options: Any) -> Statement:
    data = content.encode() if isinstance(content, str) else content
    return open_statement(io.BytesIO(data), **options)


def rows_of(content: str | bytes, **options: Any) -> list[Row]:
    return list(opened(content, **options).rows())


def sample(name: str, **options: Any) -> list[Row]:
    return rows_of((SAMPLES / name).read_bytes(), **options)


def parsed(rows: list[Row]) -> list[ParsedRow]:
    return [row for row in rows if isinstance(row, ParsedRow)]


def unread(rows: list[Row]) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in rows if isinstance(row, UnreadableRow)]


def left_out(rows: list[Row]) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in rows if isinstance(row, LeftOutRow)]


def balances(rows: list[Row]) -> list[StatedBalance]:
    return [row for row in rows if isinstance(row, StatedBalance)]


def own_sample(name: str, **options: Any) -> list[Row]:
    """The rows of a file beside these tests."""
    return rows_of((Path(__file__).parent / "samples" / name).read_bytes(), **options)
