"""Which format is it? Decided by what the first lines say, never by the name of the file."""

import itertools
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from .amex_cc import AMEX_CC
from .bank_csv import DETECTION_LINES, HEADER_SEARCH_LINES, BankCsv, FoundHeader, find_header
from .banks import built_in
from .bofa_bank import BOFA_BANK
from .bofa_cc import BOFA_CC
from .errors import UnknownFormat
from .inspira_hsa import INSPIRA_HSA
from .recipe import KEY, NAME, Recipe
from .sources import Source, TextSource
from .structured import STRUCTURED, StructuredFormat
from .venmo import VENMO

HEAD_LINES = 10
"""Lines, blank ones not counted, by which a format without a table is known."""


BANKS: tuple[BankCsv | Recipe, ...] = (BOFA_BANK, BOFA_CC, AMEX_CC, INSPIRA_HSA, VENMO, *built_in())
"""In order of precedence, should a file ever have the column names of two."""

FORMATS: Mapping[str, str] = MappingProxyType(
    {bank.key: bank.name for bank in BANKS} | {known.key: known.name for known in STRUCTURED} | {KEY: NAME}
)
"""Key to name for people."""

Found = tuple[BankCsv | Recipe, FoundHeader] | StructuredFormat


def detect(source: Source) -> Found:
    """The format by the beginning of the file. Raises UnknownFormat."""
    found = find_header(source, _with_names(BANKS), DETECTION_LINES) or _structured(source, STRUCTURED)
    found = found or _without_names(source, BANKS)
    if not found:
        raise UnknownFormat("No known bank writes files like this one. Choose which column holds what.")
    return found


def expect(key: str, source: Source) -> Found:
    """The named format, looked for further down than detection does. Raises UnknownFormat if it is not."""
    if key not in FORMATS:
        raise UnknownFormat(f'There is no format "{key}".')
    if key == KEY:
        raise UnknownFormat("Choose which column holds what: the file itself does not say.")
    banks = [bank for bank in BANKS if bank.key == key]
    found = _structured(source, [known for known in STRUCTURED if known.key == key])
    found = found or find_header(source, _with_names(banks), HEADER_SEARCH_LINES) or _without_names(source, banks)
    if not found:
        raise UnknownFormat(f"This is not a file of {FORMATS[key]}: what such a file begins with is not there.")
    return found


def _structured(source: Source, formats: Sequence[StructuredFormat]) -> Found | None:
    if not isinstance(source, TextSource):
        return None
    lines = (line.lstrip() for line in source.lines() if line.strip())
    head = list(itertools.islice(lines, HEAD_LINES))
    return next((known for known in formats if known.looks_like(head)), None)


def _with_names(banks: Sequence[BankCsv | Recipe]) -> list[BankCsv | Recipe]:
    return [bank for bank in banks if isinstance(bank, BankCsv) or bank.dialect.has_header]


def _without_names(source: Source, banks: Sequence[BankCsv | Recipe]) -> Found | None:
    """A recipe of a bank that writes no column names, known by the cells that all its rows have."""
    recipes = [bank for bank in banks if isinstance(bank, Recipe) and not bank.dialect.has_header]
    for separator in source.separators if recipes else ():
        records = list(itertools.islice(source.records(separator), HEAD_LINES))
        rows = [record.cells for record in records if not record.damage]
        recipe = next((recipe for recipe in recipes if recipe.is_like(rows)), None)
        if recipe is not None:
            return recipe, FoundHeader(0, separator)
    return None
