"""The values of MT940's fields: a transaction (``:61:`` with its ``:86:``) and a balance (``:60F:``, ``:62F:``).

The mt-940 library reads a transaction; an amount it gives is held against the written one, since its pattern takes
the digits before a decimal point for the whole amount.
"""

import datetime as dt
import logging
import re
from decimal import Decimal
from typing import Any

import mt940

from .amounts import read_amount, turned
from .dates import real_date
from .mt940_details import read_details, with_question_marks
from .mt940_fields import Field
from .rows import CannotRead, ParsedRow, quoted

# It logs every text it cannot read, and those are people's payments.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)

SHORTEST_ID = 8
"""Characters. Shorter references of banks are numbers that begin anew each day."""

_OPTIONS = mt940.Options.all()
_TAGS: dict[int | str, mt940.tags.Tag] = {61: mt940.tags.StatementGLS()}
_LINE = re.compile(
    r"[0-9]{6}(?:[0-9]{4}| {4})?(?P<mark>R?[DC])[A-Z]?[\n ]?(?P<amount>[0-9.,]+)(?=[A-Z/\n]|$)", re.IGNORECASE
)
_BALANCE = re.compile(r"([DC])([0-9]{2})([0-9]{2})([0-9]{2})([A-Z]{3}) ?([0-9.,]+)", re.IGNORECASE)
_AMOUNT = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{0,4})?")
TRAILING_CURRENCY = re.compile(r"(?<=[0-9])[A-Z]{3}$")
_NO_REFERENCE = {"", "NONREF", "NOREF", "NOTPROVIDED"}
EXPECTED = "date, C or D, amount with a decimal comma, as in :61:2601020102D12,34NTRF, is expected"


def read_balance(field: Field) -> tuple[dt.date, Decimal, str]:
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


def read_transaction(fields: list[Field], account: str, currency: str) -> ParsedRow:
    line = fields[0]
    match = _LINE.match(line.text)
    if match is None:
        raise CannotRead(f"The transaction {quoted(line.lines[0])} cannot be read; {EXPECTED}.")
    amount = _exact(match["amount"])
    amount = turned(amount) if match["mark"].upper() in {"D", "RC"} else amount
    data = _library(fields, match)
    if data["amount"].amount != amount:
        raise CannotRead(f"The amount {quoted(match['amount'])} can be read in two ways; {EXPECTED}.")
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
        raise CannotRead(f"The transaction {quoted(fields[0].lines[0])} cannot be read; {EXPECTED}.") from None
    if len(found) != 1 or "amount" not in found[0].data:
        raise CannotRead(f"The transaction {quoted(fields[0].lines[0])} cannot be read; {EXPECTED}.")
    return found[0].data


def _day(data: dict[str, Any], line: Field) -> dt.date:
    """The day of booking; the value date where the bank writes no other. Its year is the library's to find."""
    day = data.get("entry_date") or data.get("date")
    if not isinstance(day, dt.date):
        raise CannotRead(f"The transaction {quoted(line.lines[0])} has no date; {EXPECTED}.")
    return dt.date(day.year, day.month, day.day)


def _reference(value: object) -> str:
    text = " ".join(str(value or "").split())
    return "" if text.upper() in _NO_REFERENCE else text
