"""American Express cards: Statements & Activity › Download › CSV, with or without "all details".

``Date,Description,Card Member,Account #,Amount`` and, with all details, ten columns more, of which some hold
line breaks. Dates are month/day/year. A charge is positive in the file, so the sign is turned.
"""

import re
from collections.abc import Sequence

from .amounts import float_text, read_amount, turned
from .bank_csv import BankCsv, Columns, header_of, required
from .dates import month_day_year
from .delimited import ReadCells
from .rows import NotATransaction, ParsedRow

_PAYMENTS = ("AUTOPAY PAYMENT", "THANK YOU")
_WIDE_GAP = re.compile(r"\s{2,}")


def _reader(columns: Columns) -> ReadCells:
    date_at, description_at, amount_at = columns.at("date"), columns.at("description"), columns.at("amount")
    member_at, account_at = columns.at("card member"), columns.at("account #")
    reference_at, category_at = columns.at("reference"), columns.at("category")

    def read(line: int, cells: Sequence[str]) -> ParsedRow:
        description, date_text = cells[description_at].strip(), cells[date_at].strip()
        if date_text and any(words in description for words in _PAYMENTS):
            raise NotATransaction("A payment of the card's bill: it is in the paying account's statement.")
        date = month_day_year(required(date_text, "date"))
        amount = turned(read_amount(required(cells[amount_at].strip(), "amount")))
        reference = cells[reference_at].strip()
        return ParsedRow(
            line=line,
            date=date,
            amount=amount,
            description=description,
            merchant=_WIDE_GAP.split(description, maxsplit=1)[0],
            reference=reference or f"amex_cc_{date}_{float_text(amount)}",
            bank_id=reference.strip("'"),
            account_hint=f"AMEX{cells[account_at].strip()}",
            card_member=cells[member_at].strip(),
            bank_category=cells[category_at].strip(),
        )

    return read


AMEX_CC = BankCsv(
    key="amex_cc",
    name="American Express",
    dates="month/day/year",
    header=header_of("date", "description", "card member", "account #", "amount"),
    reader=_reader,
)
