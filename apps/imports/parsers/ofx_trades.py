"""Trades of an OFX investment account: the cash that they move, so that the cash account adds up.

Source: OFX 2.2, chapter 13.9. TOTAL is the effect on cash: below nought for buying, above for selling and income.
A trade whose TOTAL is given becomes a row of the account; one that moves securities only is left out.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .amounts import float_text, read_amount, turned
from .ofx_tokens import ofx_date, tags_of
from .rows import CannotRead, NotATransaction, ParsedRow

_WITH_CASH = {
    **dict.fromkeys(("BUYDEBT", "BUYMF", "BUYOPT", "BUYOTHER", "BUYSTOCK"), "Bought"),
    **dict.fromkeys(("SELLDEBT", "SELLMF", "SELLOPT", "SELLOTHER", "SELLSTOCK"), "Sold"),
    "INCOME": "Income",
    "INVEXPENSE": "Expense",
    "MARGININTEREST": "Margin interest",
    "RETOFCAP": "Return of capital",
}
_WITHOUT_CASH = {
    "REINVEST": "A trade of securities that moves no cash: income that bought the same security again.",
    "JRNLFUND": "A move of cash within the account, which changes nothing of its sum.",
    **dict.fromkeys(
        ("CLOSUREOPT", "JRNLSEC", "SPLIT", "TRANSFER"),
        "A trade of securities that moves no cash.",
    ),
}
TRADES = frozenset(_WITH_CASH) | frozenset(_WITHOUT_CASH)

_INCOME = {"DIV": "Dividend", "INTEREST": "Interest", "CGLONG": "Capital gain", "CGSHORT": "Capital gain"}
_COSTS = {"Bought", "Expense", "Margin interest"}


@dataclass(frozen=True, slots=True)
class Trade:
    """The cash side of one trade; ``amount`` is seen from the cash."""

    date: dt.date
    amount: Decimal
    description: str
    security: str
    bank_id: str

    def row(self, line: int, account: str, currency: str) -> ParsedRow:
        made_up = f"qfx_{self.date}_{float_text(self.amount)}"
        return ParsedRow(
            line=line,
            date=self.date,
            amount=self.amount,
            description=self.description,
            merchant=self.security[:50],
            reference=f"qfx_{self.bank_id}" if self.bank_id else made_up,
            bank_id=self.bank_id,
            account_hint=account,
            currency=currency,
        )


def securities_of(text: str) -> dict[str, str]:
    """The names of the securities by their id, from the list that stands at the end of the file."""
    names: dict[str, str] = {}
    if "<SECINFO>" not in text.upper():
        return names
    current = ""
    for tag in tags_of(text):
        if tag.name == "SECINFO":
            current = ""
        elif tag.name == "UNIQUEID" and tag.value:
            current = tag.value
        elif tag.name == "SECNAME" and current and tag.value:
            names[current] = tag.value
    return names


def read_trade(kind: str, values: Mapping[str, str], securities: Mapping[str, str], decimal: str) -> Trade:
    """The cash that a trade moves, on the day of settlement. Raises NotATransaction and CannotRead."""
    if kind in _WITHOUT_CASH:
        raise NotATransaction(_WITHOUT_CASH[kind])
    total = values.get("TOTAL", "")
    if not total:
        raise NotATransaction("A trade of securities whose file does not say what cash it moved (TOTAL).")
    what = _WITH_CASH[kind]
    amount = read_amount(total, decimal)
    if amount > 0 and what in _COSTS and not _is_cancelled(values, decimal):
        # Some brokers write the price of a purchase without its sign.
        amount = turned(amount)
    security = securities.get(values.get("UNIQUEID", ""), "") or values.get("UNIQUEID", "")
    if what == "Income":
        what = _INCOME.get(values.get("INCOMETYPE", ""), what)
    description = f"{what}: {security}" if security else what
    memo = values.get("MEMO", "")
    return Trade(
        date=ofx_date(values.get("DTSETTLE") or values.get("DTTRADE") or ""),
        amount=amount,
        description=f"{description} - {memo}" if memo else description,
        security=security,
        bank_id=values.get("FITID", ""),
    )


def _is_cancelled(values: Mapping[str, str], decimal: str) -> bool:
    """A purchase of a number below nought takes an earlier one back, and its cash comes in."""
    try:
        return read_amount(values.get("UNITS", ""), decimal) < 0
    except CannotRead:
        return False
