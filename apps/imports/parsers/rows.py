"""What reading a statement gives: one value for every record of the file, in the order of the file."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

TEXT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class SplitPart:
    """One part of a transaction that the file itself splits; the amounts of all parts sum to the transaction's."""

    amount: Decimal
    category: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One transaction.

    ``line`` is the 1-based physical line on which the record begins. ``amount`` is exact and seen from the
    account: positive is money in. ``reference`` is what the single-user app stored, made-up values included;
    ``bank_id`` is the bank's own unique id and empty where the file has none. ``account_hint`` is what the file
    calls the account; a file of several accounts has several. ``currency`` is an ISO 4217 code, empty where the
    file names none. ``running_balance`` is the account's balance right after this transaction.
    """

    line: int
    date: dt.date
    amount: Decimal
    description: str
    merchant: str = ""
    reference: str = ""
    bank_id: str = ""
    account_hint: str = ""
    card_member: str = ""
    bank_category: str = ""
    running_balance: Decimal | None = None
    currency: str = ""
    splits: tuple[SplitPart, ...] = ()


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A record that should be a transaction and cannot be read. ``text`` is its raw beginning."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """A record that is no transaction on purpose: a balance, a payment that never happened, a footer."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class StatedBalance:
    """A balance that the bank states for an account: before the first, or after the last of the rows of a statement.

    ``date`` is the day as the file writes it; ``amount`` is positive where the account holds money.
    """

    line: int
    text: str
    kind: Literal["opening", "closing"]
    date: dt.date
    amount: Decimal
    account_hint: str = ""
    currency: str = ""


Row = ParsedRow | UnreadableRow | LeftOutRow | StatedBalance


class CannotRead(Exception):
    """Raised while one record is read; becomes an :class:`UnreadableRow` with this sentence."""


class NotATransaction(Exception):
    """Raised while one record is read; becomes a :class:`LeftOutRow` with this sentence."""


def quoted(text: str) -> str:
    """The text in quotation marks, short enough for a sentence."""
    return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'


def unreadable(line: int, text: str, reason: object) -> UnreadableRow:
    return UnreadableRow(line, text.strip()[:TEXT_LIMIT], str(reason))


def left_out(line: int, text: str, reason: object) -> LeftOutRow:
    return LeftOutRow(line, text.strip()[:TEXT_LIMIT], str(reason))
