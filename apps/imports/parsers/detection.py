"""Which format is it? Decided by what the first lines say, never by the name of the file."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from . import camt053, columns, mt940, ofx, qif
from .amex_cc import AMEX_CC
from .bank_csv import DETECTION_LINES, HEADER_SEARCH_LINES, BankCsv, FoundHeader, find_header
from .bofa_bank import BOFA_BANK
from .bofa_cc import BOFA_CC
from .errors import UnknownFormat
from .inspira_hsa import INSPIRA_HSA
from .venmo import VENMO

BANKS: tuple[BankCsv, ...] = (BOFA_BANK, BOFA_CC, AMEX_CC, INSPIRA_HSA, VENMO)
"""In order of precedence, should a file ever have the column names of two."""

FORMATS: Mapping[str, str] = MappingProxyType(
    {bank.key: bank.name for bank in BANKS}
    | {qif.KEY: qif.NAME, ofx.KEY: ofx.NAME, camt053.KEY: camt053.NAME, mt940.KEY: mt940.NAME}
    | {columns.KEY: columns.NAME}
)
"""Key to name for people."""

Found = FoundHeader | str
"""The header of a bank's CSV, or the key of a format that has none."""


def detect(lines: Callable[[], Iterator[str]]) -> Found:
    """The format by the first ten lines that are not blank. ``lines`` starts anew each time it is called.

    Raises UnknownFormat.
    """
    found = find_header(lines(), BANKS, DETECTION_LINES)
    if found:
        return found
    head = _head(lines())
    if qif.looks_like_qif(head):
        return qif.KEY
    if ofx.looks_like_ofx("".join(head)):
        return ofx.KEY
    if camt053.looks_like_camt("".join(head)):
        return camt053.KEY
    if mt940.looks_like_mt940(head):
        return mt940.KEY
    raise UnknownFormat("No known bank writes files like this one. Choose which column holds what.")


def expect(key: str, lines: Callable[[], Iterator[str]]) -> Found:
    """The named format, looked for further down than detection does. Raises UnknownFormat if it is not."""
    if key not in FORMATS:
        raise UnknownFormat(f'There is no format "{key}".')
    if key == columns.KEY:
        raise UnknownFormat("Choose which column holds what: the file itself does not say.")
    head = _head(lines())
    if key == qif.KEY and qif.looks_like_qif(head):
        return key
    if key == ofx.KEY and ofx.looks_like_ofx("".join(head)):
        return key
    if key == camt053.KEY and camt053.looks_like_camt("".join(head)):
        return key
    if key == mt940.KEY and mt940.looks_like_mt940(head):
        return key
    found = find_header(lines(), [bank for bank in BANKS if bank.key == key], HEADER_SEARCH_LINES)
    if found is None:
        raise UnknownFormat(f"This is not a file of {FORMATS[key]}: what such a file begins with is not there.")
    return found


def _head(lines: Iterator[str]) -> list[str]:
    return list(itertools.islice((line.lstrip() for line in lines if line.strip()), DETECTION_LINES))
