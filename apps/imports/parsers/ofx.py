"""OFX and Quicken's QFX: statements of bank, card and the cash side of investment accounts.

Source: OFX 1.0.3 and 2.2, chapters 11 and 13. Read of each STMTTRN: DTPOSTED (else DTUSER, DTAVAIL), TRNAMT, FITID,
NAME or PAYEE, MEMO, CHECKNUM, TRNTYPE; of each trade the cash it moves (see ``ofx_trades``); of each statement
CURDEF and LEDGERBAL. A file may hold several statements, each with its own account.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from .amounts import decimal_mark, decimal_mark_votes, float_text, read_amount
from .bank_ids import trusted_ids
from .decimal_question import decimal_question
from .errors import AmbiguousFile, TruncatedFile
from .hints import AccountHints
from .ofx_tokens import Tag, ofx_date, tags_of, without_comments
from .ofx_trades import TRADES, read_trade, securities_of
from .questions import Answers
from .rows import TEXT_LIMIT, CannotRead, NotATransaction, ParsedRow, Row, StatedBalance, left_out, unreadable
from .text import Charset, whole_text

KEY = "qfx"
NAME = "OFX / QFX"
SIZE_LIMIT = 16 << 20
"""Bytes. The whole file is in memory while it is read, since banks may write it as a single line."""

_ROW = "STMTTRN"
_NO_ACCOUNT = "QFX-Unknown"
_ACCOUNTS = {"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"}
_STATEMENTS = {"STMTRS", "CCSTMTRS", "INVSTMTRS"}
_LISTS = {"BANKTRANLIST", "INVBANKTRAN", "INVTRANLIST", "OFX", *_STATEMENTS}
_OTHER_SIDE = {"BANKACCTTO", "CCACCTTO", "ORIGCURRENCY"}
"""Of a transaction: whose names and currency are not this account's."""
_PENDING = "STMTTRNP"
_BALANCE = "LEDGERBAL"
_RECORDS = {_ROW, _PENDING, _BALANCE, *TRADES}
_AMOUNT = re.compile(r"<(?:TRNAMT|BALAMT|TOTAL)>([^<\n]*)", re.IGNORECASE)


@dataclass(slots=True)
class _Open:
    """A transaction, trade or balance whose tags are being collected."""

    kind: str
    line: int
    start: int
    values: dict[str, str] = field(default_factory=dict)
    skipping: str = ""

    def add(self, tag: Tag) -> None:
        """Keep the first value of each element; the other side of a transfer is an account, not a payee."""
        if tag.name in _OTHER_SIDE:
            self.skipping = "" if tag.closes else tag.name
        elif not tag.closes and not self.skipping and tag.value:
            self.values.setdefault(tag.name, tag.value)


def looks_like_ofx(head: str) -> bool:
    """Whether the beginning of the file is OFX of any version, with or without its header."""
    upper = head.upper()
    return any(mark in upper for mark in ("<OFX>", "OFXHEADER", "<?OFX", "<STMTTRN>"))


def dialect(text: str) -> str:
    return "OFX 2 (XML)" if "<?" in text[:500] else "OFX 1 (SGML)"


def open_ofx(stream: BinaryIO, charset: Charset) -> str:
    """The text without comments. Raises TooLarge, ForbiddenContent, or TruncatedFile if nothing begins."""
    text = without_comments(whole_text(stream, charset, SIZE_LIMIT))
    upper = text.upper()
    if "<STMTTRN>" not in upper and "</OFX>" not in upper:
        raise TruncatedFile("The file ends before its first transaction: it was not saved completely.")
    return text


def decimal_mark_of(text: str, answers: Answers) -> str:
    """The decimal mark of the whole file. Raises AmbiguousFile where "1,000" may be one or a thousand.

    OFX knows no grouping, so a single point always is the decimal mark; some writers group by commas all the same.
    """
    amounts = _AMOUNT.findall(text)
    if answers.decimal:
        return answers.decimal
    votes = decimal_mark_votes(amounts)
    unclear = next((found.strip() for found in amounts if "," in found and not decimal_mark(found.strip())), "")
    if unclear and not any(votes.values()):
        raise AmbiguousFile((decimal_question(unclear),))
    return "," if votes[","] > votes["."] else "."


def read_ofx(text: str, decimal: str) -> Iterator[Row]:
    """One row for every transaction, trade and balance, and one that names the cut where the file ends early."""
    rows = list(_Reader(text, decimal).rows())
    return trusted_ids(lambda: iter(rows), repeats_are_copies=True)


class _Reader:
    """Walks through the tags: which account they are under, and which transaction is open."""

    def __init__(self, text: str, decimal: str) -> None:
        self._text = text
        self._decimal = decimal
        self._account = _NO_ACCOUNT
        self._currency = ""
        self._hints = AccountHints()
        self._securities = securities_of(text)
        self._in_account = False
        self._open: _Open | None = None

    def rows(self) -> Iterator[Row]:
        begun = ended = False
        last: Tag | None = None
        for last in tags_of(self._text):
            if last.name == "OFX":
                begun, ended = True, last.closes
            if self._open and (last.name == self._open.kind or (last.closes and last.name in _LISTS)):
                yield self._finished(self._open, last.start)
                self._open = None
            self._take(last)
        if self._open:
            cut = self._text[self._open.start :]
            what = "balance" if self._open.kind == _BALANCE else "transaction"
            yield unreadable(self._open.line, cut[:TEXT_LIMIT], f"The file ends in the middle of this {what}.")
        elif last and begun and not ended:
            cut = self._text[last.start :]
            yield unreadable(last.line, cut, "The file ends here, before its end mark </OFX>.")

    def _take(self, tag: Tag) -> None:
        if self._open:
            self._open.add(tag)
        elif tag.name in _ACCOUNTS:
            self._in_account = not tag.closes
        elif tag.closes:
            return
        elif tag.name in _STATEMENTS:
            self._account, self._currency = _NO_ACCOUNT, ""
        elif tag.name in _RECORDS:
            self._open = _Open(tag.name, tag.line, tag.start)
        elif tag.name == "CURDEF":
            self._currency = tag.value.upper()
        elif self._in_account and tag.value:
            self._account = self._hint(tag)

    def _hint(self, tag: Tag) -> str:
        """From ACCTID, else from ACCTTYPE; as the single-user app, which hid all but four characters."""
        if tag.name == "ACCTID":
            return self._hints.hint("QFX", tag.value)
        return f"QFX-{tag.value}" if tag.name == "ACCTTYPE" and self._account == _NO_ACCOUNT else self._account

    def _finished(self, current: _Open, end: int) -> Row:
        source = self._text[current.start : min(end, current.start + TEXT_LIMIT)]
        # Within CURRENCY a record names the currency of its own amounts.
        currency = current.values.get("CURSYM", self._currency).upper()
        if current.kind == _PENDING:
            return left_out(current.line, source, "A pending transaction: it is read once the bank has booked it.")
        try:
            if current.kind == _BALANCE:
                return self._balance(current, source)
            if current.kind == _ROW:
                return _transaction(current, self._account, currency, self._decimal)
            trade = read_trade(current.kind, current.values, self._securities, self._decimal)
        except NotATransaction as reason:
            return left_out(current.line, source, reason)
        except CannotRead as reason:
            return unreadable(current.line, source, reason)
        return trade.row(current.line, self._account, currency)

    def _balance(self, current: _Open, source: str) -> StatedBalance:
        return StatedBalance(
            line=current.line,
            text=source.strip(),
            kind="closing",
            date=ofx_date(current.values.get("DTASOF", "")),
            amount=read_amount(current.values.get("BALAMT", ""), self._decimal),
            account_hint=self._account,
            currency=self._currency,
        )


def _transaction(current: _Open, account: str, currency: str, decimal: str) -> ParsedRow:
    values = current.values
    date = ofx_date(values.get("DTPOSTED") or values.get("DTUSER") or values.get("DTAVAIL") or "")
    amount = read_amount(values.get("TRNAMT", ""), decimal)
    bank_id, name = values.get("FITID", ""), values.get("NAME") or values.get("PAYEE", "")
    description = _description(values, name)
    return ParsedRow(
        line=current.line,
        date=date,
        amount=amount,
        description=description,
        merchant=(name or description)[:50],
        reference=f"qfx_{bank_id}" if bank_id else f"qfx_{date}_{values.get('CHECKNUM') or float_text(amount)}",
        bank_id=bank_id,
        account_hint=account,
        currency=currency,
    )


def _description(values: Mapping[str, str], name: str) -> str:
    memo = values.get("MEMO", "")
    parts = [name, memo if memo != name else ""]
    return " - ".join(filter(None, parts)) or f"{values.get('TRNTYPE', 'Unknown')} Transaction"
