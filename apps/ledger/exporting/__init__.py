"""Rows of the ledger as files for other programs, written row by row: memory does not grow with them."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.ledger.exporting import csv, hledger, json, qif


@dataclass(frozen=True)
class Kind:
    """A kind of file. `write(rows, out, is_whole=…)`; the whole ledger has more to tell than a part of it."""

    suffix: str
    content_type: str
    write: Callable[..., None]
    label: str
    note: str


KINDS = {
    "csv": Kind("csv", "text/csv; charset=utf-8", csv.write, "CSV", "for Excel and other spreadsheets"),
    "json": Kind("json", "application/json", json.write, "JSON", "every field, for programs"),
    "qif": Kind("qif", "application/qif; charset=utf-8", qif.write, "QIF", "for Quicken, GnuCash, Banktivity"),
    "hledger": Kind("journal", "text/plain; charset=utf-8", hledger.write, "Journal", "for hledger and ledger"),
}

__all__ = ["KINDS", "Kind"]
