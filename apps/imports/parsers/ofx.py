"""OFX and Quicken's QFX: statements of bank, card and the cash side of investment accounts.

Source: OFX 1.0.3 and 2.2, chapter 11. Read of each STMTTRN: DTPOSTED (else DTUSER, DTAVAIL), TRNAMT, FITID,
NAME or PAYEE, MEMO, CHECKNUM, TRNTYPE. A file may hold several statements, each with its own account.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from .amounts import decimal_mark_votes, float_text, read_amount
from .dates import real_date
from .errors import TruncatedFile
from .ofx_tokens import Tag, tags_of, without_comments
from .rows import CannotRead, ParsedRow, Row, left_out, quoted, unreadable
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
_OTHER_SIDE = {"BANKACCTTO", "CCACCTTO"}
_NOT_READ = {
    "STMTTRNP": "A pending transaction: it is read once the bank has booked it.",
    **dict.fromkeys(
        ("BUYDEBT", "BUYMF", "BUYOPT", "BUYOTHER", "BUYSTOCK", "CLOSUREOPT", "INCOME", "INVEXPENSE",
         "JRNLFUND", "JRNLSEC", "MARGININTEREST", "REINVEST", "RETOFCAP", "SELLDEBT", "SELLMF", "SELLOPT",
         "SELLOTHER", "SELLSTOCK", "SPLIT", "TRANSFER"),
        "A trade of an investment account: only its cash transactions are read.",
    ),
}  # fmt: skip
_DAY = "year month day in eight digits"
_AMOUNT = re.compile(r"<TRNAMT>([^<\n]*)", re.IGNORECASE)
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[^0-9].*|[0-9]{2}.*)?", re.DOTALL)


@dataclass(slots=True)
class _Open:
    """A transaction whose tags are being collected, or one of a kind that is not read."""

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


def read_ofx(text: str) -> Iterator[Row]:
    """One row for every transaction, and one that names the cut where the file ends early."""
    votes = decimal_mark_votes(_AMOUNT.findall(text))
    reader = _Reader(text, "," if votes[","] > votes["."] else ".")
    rows = list(reader.rows())
    reused = _reused_ids(rows)
    for row in rows:
        if isinstance(row, ParsedRow) and (row.account_hint, row.bank_id) in reused:
            yield replace(row, bank_id="")
        else:
            yield row


def _reused_ids(rows: list[Row]) -> set[tuple[str, str]]:
    """Ids that one statement gives to different transactions: some banks number each day from 1.

    An id that comes back with the same day and amount is the same transaction written twice.
    """
    different = {(row.account_hint, row.bank_id, row.date, row.amount) for row in rows if isinstance(row, ParsedRow)}
    uses = Counter((hint, bank_id) for hint, bank_id, _, _ in different)
    return {key for key, count in uses.items() if count > 1}


class _Reader:
    """Walks through the tags: which account they are under, and which transaction is open."""

    def __init__(self, text: str, decimal: str) -> None:
        self._text = text
        self._decimal = decimal
        self._account = _NO_ACCOUNT
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
            yield unreadable(self._open.line, cut, "The file ends in the middle of this transaction.")
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
            self._account = _NO_ACCOUNT
        elif tag.name == _ROW or tag.name in _NOT_READ:
            self._open = _Open(tag.name, tag.line, tag.start)
        elif self._in_account and tag.value:
            self._account = _hint(tag, self._account)

    def _finished(self, current: _Open, end: int) -> Row:
        source = self._text[current.start : end]
        if current.kind in _NOT_READ:
            return left_out(current.line, source, _NOT_READ[current.kind])
        try:
            return _transaction(current, self._account, self._decimal)
        except CannotRead as reason:
            return unreadable(current.line, source, reason)


def _hint(tag: Tag, account: str) -> str:
    """From ACCTID, else from ACCTTYPE; as the single-user app, which hid all but four characters."""
    if tag.name == "ACCTID":
        return f"QFX-****{tag.value[-4:]}" if len(tag.value) > 4 else f"QFX-{tag.value}"
    return f"QFX-{tag.value}" if tag.name == "ACCTTYPE" and account == _NO_ACCOUNT else account


def _transaction(current: _Open, account: str, decimal: str) -> ParsedRow:
    values = current.values
    date = _date(values.get("DTPOSTED") or values.get("DTUSER") or values.get("DTAVAIL") or "")
    amount = read_amount(values.get("TRNAMT", ""), decimal)
    bank_id, name, memo = (
        values.get("FITID", ""),
        values.get("NAME") or values.get("PAYEE", ""),
        values.get("MEMO", ""),
    )
    parts = [name, memo if memo != name else ""]
    description = " - ".join(filter(None, parts)) or f"{values.get('TRNTYPE', 'Unknown')} Transaction"
    return ParsedRow(
        line=current.line,
        date=date,
        amount=amount,
        description=description,
        merchant=(name or description)[:50],
        reference=f"qfx_{bank_id}" if bank_id else f"qfx_{date}_{values.get('CHECKNUM') or float_text(amount)}",
        bank_id=bank_id,
        account_hint=account,
    )


def _date(text: str) -> dt.date:
    """The day as written: the bank's own day, whatever time zone stands behind it."""
    if not text:
        raise CannotRead("The date is missing.")
    match = _DATE.fullmatch(text)
    if match is None:
        raise CannotRead(f"The date {quoted(text)} cannot be read; {_DAY} is expected.")
    return real_date(int(match[1]), int(match[2]), int(match[3]), text, _DAY)
