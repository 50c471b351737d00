"""QIF, the Quicken Interchange Format.

Read are D date, T (or U) amount, P payee, M memo, L category, N number and the split (S category, E memo, $ amount,
% share). The format does not say in which order dates are written or which decimal mark is used, so both are decided
once for the whole file, from all of it; where nothing decides, AmbiguousFile asks.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from .amounts import decimal_mark, float_text, read_amount
from .dates import real_date
from .decimal_question import decimal_question
from .errors import AmbiguousFile
from .qif_records import Record, records_of
from .qif_splits import read_splits, told
from .questions import Answers, Question
from .rows import CannotRead, NotATransaction, ParsedRow, Row, left_out, quoted, unreadable

KEY = "qif"
NAME = "Quicken QIF"

_DATE = re.compile(r" ?([0-9]{1,2}) ?([/.-]) ?([0-9]{1,2}) ?([/.'-]) ?([0-9]{4}|[0-9]{1,2})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_NO_REGISTER = {
    "account": "The name of an account, not a transaction.",
    "invst": "A record of an investment account: only bank, cash and card accounts are read.",
}
_ORDERS = {True: "day/month/year", False: "month/day/year"}


def looks_like_qif(head: list[str]) -> bool:
    """Whether the first lines have a section header of QIF."""
    return any(line.casefold().startswith(("!type:", "!account", "!option:")) for line in head)


@dataclass(frozen=True, slots=True)
class QifDialect:
    """How the whole file is read: whether the day stands before the month, the decimal mark, and the types of which
    it has several accounts."""

    day_first: bool
    decimal: str
    shared_types: frozenset[str]

    @property
    def text(self) -> str:
        return f"QIF · {_ORDERS[self.day_first]}" + (" · decimal comma" if self.decimal == "," else "")


def survey(lines: Iterator[str], answers: Answers) -> QifDialect:
    """Read the file once to settle the order of dates, the decimal mark and how accounts are told apart.

    Answers stand above what the file shows. Raises AmbiguousFile with the questions that are open without them.
    """
    orders: Counter[bool] = Counter()
    marks: Counter[str] = Counter()
    accounts: set[tuple[str, str]] = set()
    unclear_date = unclear_amount = ""
    for record in records_of(lines):
        if not record.is_in_register:
            continue
        accounts.add((record.section, record.account))
        day, day_first = record.fields.get("D", ""), _order(record.fields.get("D", ""))
        if day_first is not None:
            orders[day_first] += 1
        elif not unclear_date and _reads_both_ways(day):
            unclear_date = day
        for amount in (record.fields.get("T") or record.fields.get("U", ""), *(p.get("$", "") for p in record.parts)):
            mark = decimal_mark(amount)
            marks[mark] += 1
            if not mark and not unclear_amount and _is_unclear(amount):
                unclear_amount = amount
    questions = []
    if unclear_date and not orders and answers.day_first is None:
        questions.append(_order_question(unclear_date))
    if unclear_amount and not (marks["."] or marks[","]) and answers.decimal is None:
        questions.append(decimal_question(unclear_amount))
    if questions:
        raise AmbiguousFile(tuple(questions))
    types = Counter(section for section, _ in accounts)
    return QifDialect(
        day_first=orders[True] > orders[False] if answers.day_first is None else answers.day_first,
        decimal=answers.decimal or ("," if marks[","] > marks["."] else "."),
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


def _reads_both_ways(text: str) -> bool:
    try:
        return read_date(text, day_first=True) != read_date(text, day_first=False)
    except CannotRead:
        return False


def _is_unclear(amount: str) -> bool:
    try:
        return read_amount(amount, ".") != read_amount(amount, ",")
    except CannotRead:
        return False


def _order_question(sample: str) -> Question:
    days = {order: read_date(sample, day_first=order == "day_first") for order in ("day_first", "month_first")}
    options = tuple((order, f"{day.day} {day:%B} {day.year}") for order, day in days.items())
    readings = " or ".join(reading for _, reading in options)
    sentence = f'The date "{sample}" can be read in two ways and no other decides. Does it mean {readings}?'
    return Question("date_order", sentence, sample, options)


def read_qif(lines: Iterator[str], dialect: QifDialect) -> Iterator[Row]:
    """One row for every record of the file."""
    for record in records_of(lines):
        try:
            yield _transaction(record, dialect)
        except NotATransaction as reason:
            yield left_out(record.line, record.text, reason)
        except CannotRead as reason:
            yield unreadable(record.line, record.text, reason)


def _transaction(record: Record, dialect: QifDialect) -> ParsedRow:
    if not record.is_in_register:
        raise NotATransaction(_NO_REGISTER.get(record.section.casefold(), "A record of a list, not a transaction."))
    if record.is_cut:
        raise CannotRead("The file ends in the middle of this transaction, before its end mark ^.")
    values = record.fields
    date = read_date(values.get("D", ""), day_first=dialect.day_first)
    amount = read_amount(values.get("T") or values.get("U") or "", dialect.decimal)
    payee, memo = values.get("P", ""), values.get("M", "")
    description = " - ".join(filter(None, (payee, memo))) or "Unknown"
    splits = read_splits(record.parts, amount, dialect.decimal)
    if record.parts and not splits:
        # The amount is certain and the parts are not, so the parts stay as words.
        description = f"{description} ({told(record.parts)})"
    return ParsedRow(
        line=record.line,
        date=date,
        amount=amount,
        description=description,
        merchant=(payee or description)[:50],
        reference=f"qif_{date}_{values.get('N') or float_text(amount)}",
        account_hint=_hint(record, dialect),
        bank_category=values.get("L", ""),
        splits=splits,
    )


def _hint(record: Record, dialect: QifDialect) -> str:
    """By the type alone, as the single-user app; with the name where two accounts are of one type."""
    hint = f"QIF-{record.section or 'Unknown'}"
    return f"{hint}-{record.account}" if record.section in dialect.shared_types and record.account else hint


def read_date(text: str, *, day_first: bool) -> dt.date:
    """Years of two digits turn at 1969; Quicken writes an apostrophe where it means this century."""
    if iso := _ISO.fullmatch(text):
        return real_date(int(iso[1]), int(iso[2]), int(iso[3]), text, "year-month-day")
    match = _DATE.fullmatch(text)
    if match is None:
        if not text:
            raise CannotRead("The date is missing.")
        raise CannotRead(f"The date {quoted(text)} cannot be read; {_ORDERS[day_first]} is expected.")
    first, second, year = int(match[1]), int(match[3]), int(match[5])
    if len(match[5]) <= 2:
        year += 2000 if match[4] == "'" or year < 69 else 1900
    month, day = (second, first) if day_first else (first, second)
    return real_date(year, month, day, text, _ORDERS[day_first])
