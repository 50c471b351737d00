"""Bank of America, checking and savings: Online Banking › Download › Microsoft Excel Format (CSV).

A block of totals, a blank line, then ``Date,Description,Amount,Running Bal.``; dates month/day/year, money
out with a minus. The file has no id of its own for a row.
"""

from collections.abc import Sequence
from decimal import Decimal

from .amounts import float_text, read_amount
from .bank_csv import BankCsv, Columns, header_of, required
from .dates import month_day_year
from .delimited import ReadCells
from .rows import CannotRead, NotATransaction, ParsedRow

_DETAILS = ("DES:", "ID:", "/", "XXXXX")
"""A second word with one of these is a detail of the booking, not part of the merchant's name."""


def _reader(columns: Columns) -> ReadCells:
    date_at, description_at = columns.at("date"), columns.at("description")
    amount_at, balance_at = columns.at("amount"), columns.at("running bal.")

    def read(line: int, cells: Sequence[str]) -> ParsedRow:
        date_text, amount_text = cells[date_at].strip(), cells[amount_at].strip()
        balance_text = cells[balance_at].strip()
        if "balance" in date_text.casefold() or (balance_text and not amount_text):
            raise NotATransaction("A balance, not a transaction: it has no amount.")
        required(date_text, "date")
        amount = read_amount(required(amount_text, "amount"))
        description = cells[description_at].strip()
        return ParsedRow(
            line=line,
            date=month_day_year(date_text),
            amount=amount,
            description=description,
            merchant=_merchant(description),
            reference=f"bofa_{date_text}_{float_text(amount)}",
            account_hint="BOFA-Unknown",
            running_balance=_balance(balance_text),
        )

    return read


def _balance(text: str) -> Decimal | None:
    """The balance is a help for checking, so one that cannot be read does not cost the transaction."""
    try:
        return read_amount(text)
    except CannotRead:
        return None


def _merchant(description: str) -> str:
    words = description.split()[:2]
    if len(words) == 2 and any(detail in words[1] for detail in _DETAILS):
        del words[1]
    return " ".join(words)


BOFA_BANK = BankCsv(
    key="bofa_bank",
    name="Bank of America Bank",
    dates="month/day/year",
    header=header_of("date", "description", "amount", "running bal."),
    reader=_reader,
)
