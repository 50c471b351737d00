"""What a post of the mapper says of the file, read before its form is made: the form depends on it."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from apps.core.numbers import whole_number
from apps.imports.parsers import ROLES, Cut, Guess, Roles
from apps.imports.parsers.checks import MAX_COLUMN
from apps.imports.parsers.delimited import SEPARATORS
from apps.imports.parsers.text import CHARSETS

SIGNED, PAIR, INDICATOR = "signed", "pair", "indicator"
MONEY = {
    SIGNED: ("One column, with signs", ("amount",)),
    PAIR: ("One column out, one column in", ("debit", "credit")),
    INDICATOR: ("One column, and a word that says out or in", ("amount", "indicator")),
}

MORE = {
    "merchant": "Merchant", "reference": "Reference", "bank_id": "Bank’s own id",
    "category": "Category", "balance": "Balance after the row", "currency": "Currency", "fee": "Fee",
    "account": "Account", "card_member": "Card holder",
}  # fmt: skip

_WORDS = re.compile(r"[^\W\d_]{3,}")


def cut_of(data: Mapping[str, Any]) -> Cut:
    """How the person says that the file is cut into columns; what makes no sense is left to the file."""
    line = whole_number(data.get("header_line", ""), most=10_000)
    return Cut(
        separator=next((mark for mark, name in SEPARATORS.items() if name == data.get("separator")), ""),
        charset=data.get("charset", "") if data.get("charset") in CHARSETS else "",
        header_line=line or None,
        has_header={"yes": True, "no": False}.get(data.get("has_header", "")),
    )


def chosen_of(data: Any) -> Roles:
    """The columns as the person gave them."""
    _, of_money = MONEY.get(data.get("money", ""), ("", ("amount",)))
    left_out = {"amount", "debit", "credit", "indicator"} - set(of_money)
    given = {role: _column(data.get(role, "")) for role in ROLES if role not in left_out}
    described = map(_column, data.getlist("description"))
    return Roles(
        at={role: at for role, at in given.items() if at is not None},
        descriptions=tuple(at for at in described if at is not None),
        out_values=words(data.get("out_values", "")),
        in_values=words(data.get("in_values", "")),
    )


def _column(text: str) -> int | None:
    return whole_number(text, most=MAX_COLUMN - 1)


def digest(guess: Guess) -> str:
    """Of the columns: a form made for others is of no use."""
    return hashlib.sha256("\x1f".join(guess.headers).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def suggested_name(file_name: str) -> str:
    """The words of the file's name, without dates and numbers: kontoumsaetze-2026-10.csv → Kontoumsaetze."""
    words = _WORDS.findall(file_name.rpartition(".")[0] or file_name)
    return " ".join(words)[:80].strip().capitalize() or "My bank"


def words(text: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())
