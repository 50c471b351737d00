"""MT940, SWIFT's statement: one or more statements, each with an account, balances and transactions.

The mt-940 library reads a single transaction (fields ``:61:`` and ``:86:``). Cutting the file into fields is done in
``mt940_fields``, since the library drops what it cannot read, and an amount it gives is held against the written one.
"""

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import mt940

from .amounts import read_amount, turned
from .bank_ids import trusted_ids
from .dates import real_date
from .hints import AccountHints
from .mt940_details import read_details, with_question_marks
from .mt940_fields import Field, fields_of
from .rows import CannotRead, ParsedRow, Row, StatedBalance, left_out, quoted, unreadable

KEY = "mt940"
NAME = "MT940"

# It logs every text it cannot read, and those are people's payments.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)

SHORTEST_ID = 8
"""Characters. Shorter references of banks are numbers that begin anew each day."""

_OPTIONS = mt940.Options.all()
_TAGS: dict[int | str, mt940.tags.Tag] = {61: mt940.tags.StatementGLS()}
_WITHOUT_ROW = {"20", "21", "28", "28C", "13", "13D", "34F", "64", "65", "90C", "90D"}
_LINE = re.compile(
    r"[0-9]{6}(?:[0-9]{4}| {4})?(?P<mark>R?[DC])[A-Z]?[\n ]?(?P<amount>[0-9.,]+)(?=[A-Z/\n]|$)", re.IGNORECASE
)
_BALANCE = re.compile(r"([DC])([0-9]{2})([0-9]{2})([0-9]{2})([A-Z]{3}) ?([0-9.,]+)", re.IGNORECASE)
_AMOUNT = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{0,4})?")
_TRAILING_CURRENCY = re.compile(r"(?<=[0-9])[A-Z]{3}$")
_NO_REFERENCE = {"", "NONREF", "NOREF", "NOTPROVIDED"}
_EXPECTED = "date, C or D, amount with a decimal comma, as in :61:2601020102D12,34NTRF, is expected"


def looks_like_mt940(head: list[str]) -> bool:
    """Whether the first lines have the fields that begin a statement, wrapped in SWIFT's blocks or not."""
    tags = {field.tag for field in fields_of(iter(head))}
    return "20" in tags and not tags.isdisjoint({"25", "25P", "28", "28C", "60F", "60M"})


def read_mt940(lines: Callable[[], Iterator[str]]) -> Iterator[Row]:
    """One row for every transaction and balance, and for every line that is neither and has no field of its own.

    ``lines`` starts anew each time it is called; it is called twice. Memory holds one field, and a hash of every id.
    """
    return trusted_ids(lambda: _Reader().rows(fields_of(lines())), repeats_are_copies=False)


class _Reader:
    """Walks through the fields: which statement they are in, and which transaction is open."""

    def __init__(self) -> None:
        self._hints = AccountHints()
        self._account = ""
        self._currency = ""
        self._open: list[Field] = []
        self._is_in_statement = False

    def rows(self, fields: Iterator[Field]) -> Iterator[Row]:
        last: Field | None = None
        for last in fields:
            if last.tag == "86" and self._open:
                self._open.append(last)
                continue
            yield from self._finished()
            yield from self._take(last)
        if self._open:
            sentence = "The file ends in the middle of this transaction, before the closing balance (:62F:)."
            yield unreadable(self._open[0].line, _source(self._open), f"{sentence} Download it again.")
        elif last and self._is_in_statement:
            sentence = "The file ends in the middle of a statement, before its closing balance (:62F:)."
            yield unreadable(last.line, last.source, f"{sentence} Download it again.")

    def _take(self, field: Field) -> Iterator[Row]:
        tag = field.tag
        if tag == "61":
            self._open = [field]
        elif tag in {"20", "25", "25P"}:
            self._begin(field)
        elif tag in {"60F", "60M", "62F", "62M"}:
            self._is_in_statement = tag.startswith("60")
            yield self._balance(field)
        elif tag == "?":
            yield unreadable(field.line, field.source, f"The line begins like a transaction (:61:); {_EXPECTED}.")
        elif tag == "86":
            yield left_out(field.line, field.source, "A note on the whole statement, not a transaction.")
        elif not tag:
            yield left_out(field.line, field.source, "The line stands outside the statement.")
        elif tag not in _WITHOUT_ROW:
            yield left_out(
                field.line, field.source, f"The field :{tag}: is an addition of the bank, not a transaction."
            )
        if tag in {"90C", "90D"}:
            self._is_in_statement = False

    def _begin(self, field: Field) -> None:
        self._is_in_statement = True
        self._currency = ""
        if field.tag == "20":
            self._account = ""
        else:
            written = "".join(field.text.split()).upper()
            # Banks glue the currency to the account number: DE89370400440532013000EUR.
            number = _TRAILING_CURRENCY.sub("", written)
            self._account = self._hints.of_bank(number)

    def _balance(self, field: Field) -> Row:
        try:
            date, amount, currency = _read_balance(field)
        except CannotRead as reason:
            return unreadable(field.line, field.source, reason)
        self._currency = currency
        return StatedBalance(
            line=field.line,
            text=field.source,
            kind="opening" if field.tag.startswith("60") else "closing",
            date=date,
            amount=amount,
            account_hint=self._account,
            currency=currency,
        )

    def _finished(self) -> Iterator[Row]:
        fields, self._open = self._open, []
        if fields:
            try:
                yield _transaction(fields, self._account, self._currency)
            except CannotRead as reason:
                yield unreadable(fields[0].line, _source(fields), reason)


def _source(fields: list[Field]) -> str:
    return "\n".join(field.source for field in fields)


def _read_balance(field: Field) -> tuple[dt.date, Decimal, str]:
    match = _BALANCE.fullmatch(field.text.strip())
    if match is None:
        expected = "C or D, date, currency and amount, as in C260131EUR12,34, are expected"
        raise CannotRead(f"The balance {quoted(field.text)} cannot be read; {expected}.")
    if not field.is_whole and not re.search(r",[0-9]{2}$", match[6]):
        raise CannotRead("The file ends in the middle of this balance. Download it again.")
    day = match[2] + match[3] + match[4]
    date = real_date(2000 + int(match[2]), int(match[3]), int(match[4]), day, "two digits each of year, month and day")
    amount = _exact(match[6])
    return date, amount if match[1].upper() == "C" else turned(amount), match[5].upper()


def _exact(text: str) -> Decimal:
    if _AMOUNT.fullmatch(text) is None:
        raise CannotRead(f"The amount {quoted(text)} cannot be read; digits with a decimal comma are expected.")
    return read_amount(text.replace(".", ","), ",")


def _transaction(fields: list[Field], account: str, currency: str) -> ParsedRow:
    line = fields[0]
    match = _LINE.match(line.text)
    if match is None:
        raise CannotRead(f"The transaction {quoted(line.lines[0])} cannot be read; {_EXPECTED}.")
    amount = _exact(match["amount"])
    amount = turned(amount) if match["mark"].upper() in {"D", "RC"} else amount
    data = _library(fields, match)
    if data["amount"].amount != amount:
        raise CannotRead(f"The amount {quoted(match['amount'])} can be read in two ways; {_EXPECTED}.")
    details = read_details(data)
    customer, bank = (_reference(data.get(name)) for name in ("customer_reference", "bank_reference"))
    supplement = " ".join(str(data.get("extra_details") or "").split())
    purpose = details.purpose or supplement or ("" if details.merchant else customer)
    return ParsedRow(
        line=line.line,
        date=_day(data, line),
        amount=amount,
        description=" - ".join(filter(None, [details.merchant, purpose])) or "Unknown",
        merchant=details.merchant,
        reference=bank or customer or details.reference,
        bank_id=bank if len(bank.lstrip("0")) >= SHORTEST_ID else "",
        account_hint=account,
        currency=currency,
    )


def _library(fields: list[Field], match: re.Match[str]) -> dict[str, Any]:
    """What the library makes of one transaction. Raises CannotRead where it gives up."""
    first = fields[0].text
    comma = match["amount"].replace(".", ",")
    head = f":61:{first[: match.start('amount')]}{comma}{first[match.end('amount') :]}"
    details = "\n".join(field.text for field in fields[1:])
    text = f"{head}\n:86:{with_question_marks(details)}" if details.strip() else head
    try:
        found = mt940.models.Transactions(tags=_TAGS, options=_OPTIONS).parse(text)
    except (RuntimeError, ValueError, ArithmeticError):
        raise CannotRead(f"The transaction {quoted(fields[0].lines[0])} cannot be read; {_EXPECTED}.") from None
    if len(found) != 1 or "amount" not in found[0].data:
        raise CannotRead(f"The transaction {quoted(fields[0].lines[0])} cannot be read; {_EXPECTED}.")
    return found[0].data


def _day(data: dict[str, Any], line: Field) -> dt.date:
    """The day of booking; the value date where the bank writes no other. Its year is the library's to find."""
    day = data.get("entry_date") or data.get("date")
    if not isinstance(day, dt.date):
        raise CannotRead(f"The transaction {quoted(line.lines[0])} has no date; {_EXPECTED}.")
    return dt.date(day.year, day.month, day.day)


def _reference(value: object) -> str:
    text = " ".join(str(value or "").split())
    return "" if text.upper() in _NO_REFERENCE else text
