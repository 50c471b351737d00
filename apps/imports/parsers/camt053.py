"""CAMT.053, the statement of ISO 20022, and its siblings .052 (report) and .054 (notification), any version.

Source: ISO 20022 message definitions camt.052/.053/.054, versions 001.02 to 001.13. They differ in where the status
and the names of the parties stand (see ``camt_entries``); namespaces and prefixes do not matter. The file is read as
a stream, twice: once to learn which ids repeat, once for the rows.
"""

import codecs
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from .bank_ids import trusted_ids
from .camt_entries import Account, read_balance, read_entry
from .errors import TruncatedFile, UnknownFormat
from .hints import AccountHints
from .rows import TEXT_LIMIT, CannotRead, Row, StatedBalance, left_out, unreadable
from .text import Charset, lines_of
from .xml_trees import Boundary, Broken, Tree, read_trees

KEY = "camt053"
NAME = "CAMT.053"

_PIECE = 1 << 16
_MESSAGES = {"BkToCstmrStmt": "CAMT.053", "BkToCstmrAcctRpt": "CAMT.052", "BkToCstmrDbtCdtNtfctn": "CAMT.054"}
_STATEMENTS = {"Stmt", "Rpt", "Ntfctn"}
_WANTED = {"Acct", "Bal", "Ntry"}
_BEGINNING = re.compile(r"camt\.05[234]\.001|<(?:[\w.-]+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)\b")
_DECLARED = re.compile(rb"<\?xml[^>]{0,100}encoding=[\"']([A-Za-z0-9._-]{1,40})[\"']")


def looks_like_camt(head: str) -> bool:
    """Whether the beginning of the file is one of the three messages, in any namespace."""
    return _BEGINNING.search(head) is not None


def declared_charset(stream: BinaryIO, charset: Charset) -> Charset:
    """The character set, by the XML declaration where the bytes alone only say that it is not Unicode."""
    if charset.codec != "cp1252":
        return charset
    stream.seek(0)
    declared = _DECLARED.match(stream.read(200).lstrip())
    try:
        codec = codecs.lookup(declared[1].decode()).name if declared else ""
    except LookupError:
        return charset
    # Windows-1252 holds all of ISO 8859-1, so only the other sets of one byte a character are another reading.
    if codec.startswith(("iso8859-", "cp125", "koi8")) and codec != "iso8859-1":
        return Charset(codec, codec.replace("iso8859", "ISO-8859"), charset.longest_line)
    return charset


def message_of(stream: BinaryIO, charset: Charset) -> str:
    """ "CAMT.053", "CAMT.052" or "CAMT.054", once the file is known to begin as one.

    Raises ForbiddenContent, UnknownFormat for other XML, and TruncatedFile where the file ends before that.
    """
    for event in _events(stream, charset):
        if isinstance(event, Broken):
            if event.is_cut:
                raise TruncatedFile(
                    f"Line {event.line}: the file ends before its first statement; it was not saved completely. "
                    "Download it again."
                )
            raise UnknownFormat(
                f"Line {event.line}: this is not well-formed XML ({event.problem}), so it cannot be read as CAMT. "
                "Download the file from the bank again."
            )
        if isinstance(event, Boundary) and event.name in _MESSAGES:
            return _MESSAGES[event.name]
    raise UnknownFormat(
        "The file is XML, but holds no CAMT.052, .053 or .054 message. Choose CAMT.053 where the bank offers downloads."
    )


def read_camt(stream: BinaryIO, charset: Charset) -> Iterator[Row]:
    """One row for every entry (or each transaction of a batch) and balance, and one that names where a file breaks.

    Memory holds one entry, and a hash of every id. Raises ForbiddenContent.
    """
    return trusted_ids(partial(_rows, stream, charset), repeats_are_copies=False)


def _rows(stream: BinaryIO, charset: Charset) -> Iterator[Row]:
    hints = AccountHints()
    account = Account()
    opening: list[Tree] = []
    for event in _events(stream, charset):
        if isinstance(event, Broken):
            yield from _opening_balance(opening, account)
            yield _break(event)
        elif isinstance(event, Boundary):
            if event.name in _STATEMENTS:
                yield from _opening_balance(opening, account)
                opening, account = [], Account()
        elif event.name == "Acct":
            account = Account.of(event, hints)
        elif event.name == "Ntry":
            yield from _opening_balance(opening, account)
            opening = []
            yield from read_entry(event, account)
        elif _kind(event) in {"OPBD", "PRCD"}:
            opening.append(event)
        elif _kind(event) == "CLBD":
            yield _balance(event, "closing", account)


def _opening_balance(found: list[Tree], account: Account) -> Iterator[Row]:
    """The opening balance; the closing one of the period before only where the bank states no other."""
    stated = [tree for tree in found if _kind(tree) == "OPBD"] or found
    for tree in stated[:1]:
        yield _balance(tree, "opening", account)
    for tree in stated[1:]:
        yield left_out(tree.line, tree.source(TEXT_LIMIT), "A second opening balance of the same statement.")


def _balance(tree: Tree, kind: str, account: Account) -> Row:
    try:
        date, amount, currency = read_balance(tree, account)
    except CannotRead as reason:
        return unreadable(tree.line, tree.source(TEXT_LIMIT), reason)
    return StatedBalance(
        line=tree.line,
        text=tree.source(TEXT_LIMIT),
        kind="opening" if kind == "opening" else "closing",
        date=date,
        amount=amount,
        account_hint=account.hint,
        currency=currency,
    )


def _kind(balance: Tree) -> str:
    return balance.value("Tp", "CdOrPrtry", "Cd")


def _break(event: Broken) -> Row:
    """A record that was open is named by its own line, so that no entry that began is missing from the rows."""
    line, text = (event.tree.line, event.tree.source(TEXT_LIMIT)) if event.tree else (event.line, "")
    if event.is_cut:
        what = {"Ntry": "entry", "Bal": "balance", "Acct": "account"}.get(event.tree.name if event.tree else "", "")
        where = f"in the middle of this {what}" if what else "here, before its end mark </Document>"
        return unreadable(line, text, f"The file ends {where}: it was not saved completely. Download it again.")
    sentence = f"From line {event.line} on the file is not well-formed XML ({event.problem}); what follows is not read."
    return unreadable(line, text, sentence)


def _events(stream: BinaryIO, charset: Charset) -> Iterator[Boundary | Tree | Broken]:
    return read_trees(_pieces(lines_of(stream, charset)), _WANTED)


def _pieces(lines: Iterator[str]) -> Iterator[str]:
    """Lines put together to pieces of some size: handing them to the XML reader one by one takes longer."""
    piece: list[str] = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size > _PIECE:
            yield "".join(piece)
            piece, size = [], 0
    yield "".join(piece)
