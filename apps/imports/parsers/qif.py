"""QIF, the Quicken Interchange Format: one field a line, its code in front, ``^`` after each record.

Read are D date, T (or U) amount, P payee, M memo, L category, N number. Splits (S, E, $) are not read: their
sum is T. The format does not say in which order dates are written or which decimal mark is used, so both are
decided once for the whole file, from all of it.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from .amounts import decimal_mark, float_text, read_amount
from .dates import real_date
from .rows import TEXT_LIMIT, CannotRead, NotATransaction, ParsedRow, Row, left_out, quoted, unreadable

KEY = "qif"
NAME = "Quicken QIF"

_CODES = "DTUPMLN"
_DATE = re.compile(r" ?([0-9]{1,2}) ?([/.-]) ?([0-9]{1,2}) ?([/.'-]) ?([0-9]{4}|[0-9]{1,2})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_REGISTERS = {"bank", "cash", "ccard", "oth a", "oth l", ""}
_NO_REGISTER = {
    "account": "The name of an account, not a transaction.",
    "invst": "A record of an investment account: only bank, cash and card accounts are read.",
}


@dataclass(slots=True)
class _Record:
    """One record as it is collected: its section, the account it belongs to, its fields and its beginning."""

    line: int
    section: str
    account: str
    fields: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def add(self, line: str) -> None:
        code, value = line[0], line[1:].strip()
        if code in _CODES:
            self.fields[code] = value
        if len(self.text) < TEXT_LIMIT:
            self.text += line + "\n"


def looks_like_qif(head: list[str]) -> bool:
    """Whether the first lines have a section header of QIF."""
    return any(line.casefold().startswith(("!type:", "!account", "!option:")) for line in head)


def _records(lines: Iterator[str]) -> Iterator[_Record]:
    """The records one by one. A section header ends a record that has no ``^``, as does the end."""
    section, account, record = "", "", None
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line:
            continue
        if line.startswith("!") or line == "^":
            if record:
                yield record
            record = None
            if line.startswith("!"):
                section = _section(line, section)
            continue
        if section.casefold() == "account" and line.startswith("N"):
            account = line[1:].strip()
        record = record or _Record(number, section, account)
        record.add(line)
    if record:
        yield record


def _section(line: str, current: str) -> str:
    """``!Type:Bank`` opens the section "Bank", ``!Account`` the list of accounts; options open nothing."""
    name = line[1:].strip()
    if name.casefold().startswith("type:"):
        return name[5:].strip()
    return "Account" if name.casefold() == "account" else current


@dataclass(frozen=True, slots=True)
class QifDialect:
    """What the whole file says about itself. ``day_first`` None: no date decides, month/day is assumed."""

    day_first: bool | None
    decimal: str
    shared_types: frozenset[str]

    @property
    def text(self) -> str:
        order = "day/month/year" if self.day_first else "month/day/year"
        assumed = " (assumed: no date in the file shows the order)" if self.day_first is None else ""
        return f"QIF · {order}{assumed}" + (" · decimal comma" if self.decimal == "," else "")


def survey(lines: Iterator[str]) -> QifDialect:
    """Read the file once to settle the order of dates, the decimal mark and how accounts are told apart."""
    orders: Counter[bool] = Counter()
    marks: Counter[str] = Counter()
    accounts: set[tuple[str, str]] = set()
    for record in _records(lines):
        if record.section.casefold() not in _REGISTERS:
            continue
        accounts.add((record.section, record.account))
        day_first = _order(record.fields.get("D", ""))
        if day_first is not None:
            orders[day_first] += 1
        marks[decimal_mark(record.fields.get("T", ""))] += 1
    types = Counter(section for section, _ in accounts)
    return QifDialect(
        day_first=orders[True] > orders[False] if orders else None,
        decimal="," if marks[","] > marks["."] else ".",
        shared_types=frozenset(section for section, count in types.items() if count > 1),
    )


def _order(text: str) -> bool | None:
    """True if only day first can be meant, False if only month first, None if both or neither can."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    if match[2] == "." or (12 < first <= 31 and second <= 12):
        return True
    return False if 12 < second <= 31 and first <= 12 else None


def read_qif(lines: Iterator[str], dialect: QifDialect) -> Iterator[Row]:
    """One row for every record of the file."""
    for record in _records(lines):
        try:
            yield _transaction(record, dialect)
        except NotATransaction as reason:
            yield left_out(record.line, record.text, reason)
        except CannotRead as reason:
            yield unreadable(record.line, record.text, reason)


def _transaction(record: _Record, dialect: QifDialect) -> ParsedRow:
    section = record.section.casefold()
    if section not in _REGISTERS:
        raise NotATransaction(_NO_REGISTER.get(section, "A record of a list, not a transaction."))
    values = record.fields
    date = _date(values.get("D", ""), day_first=bool(dialect.day_first))
    amount = read_amount(values.get("T") or values.get("U") or "", dialect.decimal)
    payee, memo = values.get("P", ""), values.get("M", "")
    description = " - ".join(filter(None, (payee, memo))) or "Unknown"
    return ParsedRow(
        line=record.line,
        date=date,
        amount=amount,
        description=description,
        merchant=(payee or description)[:50],
        reference=f"qif_{date}_{values.get('N') or float_text(amount)}",
        account_hint=_hint(record, dialect),
        bank_category=values.get("L", ""),
    )


def _hint(record: _Record, dialect: QifDialect) -> str:
    """By the type alone, as the single-user app; with the name where two accounts are of one type."""
    hint = f"QIF-{record.section or 'Unknown'}"
    return f"{hint}-{record.account}" if record.section in dialect.shared_types and record.account else hint


def _date(text: str, *, day_first: bool) -> dt.date:
    """Years of two digits turn at 1969; Quicken writes an apostrophe where it means this century."""
    expected = "day/month/year" if day_first else "month/day/year"
    if iso := _ISO.fullmatch(text):
        return real_date(int(iso[1]), int(iso[2]), int(iso[3]), text, "year-month-day")
    match = _DATE.fullmatch(text)
    if match is None:
        if not text:
            raise CannotRead("The date is missing.")
        raise CannotRead(f"The date {quoted(text)} cannot be read; {expected} is expected.")
    first, second, year = int(match[1]), int(match[3]), int(match[5])
    if len(match[5]) <= 2:
        year += 2000 if match[4] == "'" or year < 69 else 1900
    month, day = (second, first) if day_first else (first, second)
    return real_date(year, month, day, text, expected)
