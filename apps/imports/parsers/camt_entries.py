"""The entries of a CAMT message: what an ``Ntry`` and its ``TxDtls`` say, as rows.

Where versions differ: the status is a text to 001.07 and an element ``Cd`` from 001.08 on; the name of a party stands
in ``Cdtr/Nm`` to 001.07 and in ``Cdtr/Pty/Nm`` later; a transaction's amount in ``AmtDtls/TxAmt/Amt`` or in ``Amt``.

The indicator of an entry (CRDT, DBIT) says how the entry itself moves the account, also where it reverses another one:
a reversed debit is written CRDT with RvslInd true. RvslInd therefore never turns a sign; it tells who the
counterparty is, since the parties of a reversal are those of the original payment.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from .amounts import read_amount, turned
from .dates import iso_date
from .hints import AccountHints
from .rows import TEXT_LIMIT, CannotRead, ParsedRow, Row, left_out, quoted, unreadable
from .xml_trees import Tree

_NUMBER = re.compile(r"\+?[0-9]{1,18}(?:\.[0-9]{0,5})?|\+?\.[0-9]{1,5}")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[TZ+-].*)?")
_NO_ID = {"", "NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF"}
_NOT_BOOKED = {
    "PDNG": "Not booked yet (status PDNG, pending): it is read once the bank has booked it.",
    "FUTR": "Not booked yet (status FUTR, in the future): it is read once the bank has booked it.",
    "INFO": "For information only (status INFO): it moves no money on this account.",
}


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a statement: its hint and currency, both empty where the file names none."""

    hint: str = ""
    currency: str = ""

    @classmethod
    def of(cls, tree: Tree, hints: AccountHints) -> "Account":
        number = tree.value("Id", "IBAN") or tree.value("Id", "Othr", "Id") or tree.value("Id", "PrtryAcct", "Id")
        return cls(hints.of_bank(number), tree.value("Ccy"))


def read_entry(entry: Tree, account: Account) -> Iterator[Row]:
    """One row for the entry, or one for each of its transactions where their amounts sum to the entry's exactly."""
    status = entry.value("Sts", "Cd") or entry.value("Sts", "Prtry") or entry.value("Sts") or "BOOK"
    if status in _NOT_BOOKED:
        yield left_out(entry.line, entry.source(TEXT_LIMIT), _NOT_BOOKED[status])
        return
    if status != "BOOK":
        sentence = f"The status {quoted(status)} is not known; BOOK, PDNG, INFO or FUTR is expected."
        yield unreadable(entry.line, entry.source(TEXT_LIMIT), sentence)
        return
    try:
        whole = _whole(entry, account)
    except CannotRead as reason:
        yield unreadable(entry.line, entry.source(TEXT_LIMIT), reason)
        return
    details = list(entry.all("NtryDtls", "TxDtls"))
    parts = _parts(entry, details, whole) if len(details) > 1 and not entry.is_cut else []
    yield from parts or [whole]


def read_balance(tree: Tree, account: Account) -> tuple[dt.date, Decimal, str]:
    """Day, signed amount and currency of a ``Bal``. Raises CannotRead."""
    return _date(tree, "Dt"), _amount(tree.value("Amt"), tree.value("CdtDbtInd")), _currency(tree) or account.currency


def _whole(entry: Tree, account: Account) -> ParsedRow:
    details = list(entry.all("NtryDtls", "TxDtls"))
    only = details[0] if len(details) == 1 else None
    amount = _amount(entry.value("Amt"), entry.value("CdtDbtInd"))
    merchant = _counterparty(only, entry) if only else ""
    bank_id = _id(entry.value("AcctSvcrRef")) or (_own_id(only) if only else "")
    end_to_end = _id(only.value("Refs", "EndToEndId")) if only else ""
    return ParsedRow(
        line=entry.line,
        date=_date(entry, "BookgDt", "ValDt"),
        amount=amount,
        description=_description(merchant, only, entry) or _batch(len(details)),
        merchant=merchant,
        reference=end_to_end or bank_id or _id(entry.value("NtryRef")),
        bank_id=bank_id,
        account_hint=account.hint,
        currency=_currency(entry) or account.currency,
    )


def _parts(entry: Tree, details: list[Tree], whole: ParsedRow) -> list[ParsedRow]:
    """A row for each transaction; none where one has no amount of the entry's currency or the sum differs."""
    amounts = []
    for detail in details:
        found = detail.first("Amt") or detail.first("AmtDtls", "TxAmt", "Amt")
        if found is None or found.attributes.get("Ccy", whole.currency) != whole.currency:
            return []
        try:
            amounts.append(_amount(found.text.strip(), detail.value("CdtDbtInd") or entry.value("CdtDbtInd")))
        except CannotRead:
            return []
    if sum(amounts) != whole.amount:
        return []
    return [_part(entry, detail, amount, whole) for detail, amount in zip(details, amounts, strict=True)]


def _part(entry: Tree, detail: Tree, amount: Decimal, whole: ParsedRow) -> ParsedRow:
    """The entry's own reference is that of the whole batch, so it is no id of a part."""
    merchant = _counterparty(detail, entry)
    bank_id = _own_id(detail)
    bank_id = "" if bank_id == whole.bank_id else bank_id
    return replace(
        whole,
        line=detail.line,
        amount=amount,
        description=_description(merchant, detail, entry) or "Unknown",
        merchant=merchant,
        reference=_id(detail.value("Refs", "EndToEndId")) or bank_id or whole.reference,
        bank_id=bank_id,
    )


def _own_id(detail: Tree) -> str:
    """What banks make unique: their own reference or the UETR. EndToEndId is the payer's, and standing orders
    repeat theirs every month, so it is never an id."""
    return _id(detail.value("Refs", "AcctSvcrRef")) or _id(detail.value("Refs", "UETR"))


def _id(text: str) -> str:
    return "" if text.upper() in _NO_ID or not text.strip("0") else text


def _counterparty(detail: Tree, entry: Tree) -> str:
    """Who got the money, or who sent it; the ultimate party where the nearer one has no name."""
    indicator = detail.value("CdtDbtInd") or entry.value("CdtDbtInd")
    is_credit = indicator == "CRDT"
    is_reversal = entry.value("RvslInd") in {"true", "1"}
    parties = ("Dbtr", "UltmtDbtr") if is_credit != is_reversal else ("Cdtr", "UltmtCdtr")
    for party in parties:
        name = detail.value("RltdPties", party, "Nm") or detail.value("RltdPties", party, "Pty", "Nm")
        if name:
            return name
    return ""


def _description(merchant: str, detail: Tree | None, entry: Tree) -> str:
    """Counterparty and purpose; else what the bank adds to the transaction or the entry."""
    purpose = ""
    if detail:
        lines = [" ".join(part.text.split()) for part in detail.all("RmtInf", "Ustrd")]
        purpose = " ".join(filter(None, lines)) or detail.value("RmtInf", "Strd", "CdtrRefInf", "Ref")
        purpose = purpose or detail.value("AddtlTxInf")
    if not purpose:
        purpose = entry.value("AddtlNtryInf")
    return " - ".join(filter(None, [merchant, purpose if purpose != merchant else ""]))


def _batch(count: int) -> str:
    return f"{count} payments in one entry" if count > 1 else "Unknown"


def _amount(text: str, indicator: str) -> Decimal:
    if not text:
        raise CannotRead("The amount (Amt) is missing.")
    if _NUMBER.fullmatch(text) is None:
        raise CannotRead(f"The amount {quoted(text)} cannot be read; digits with a decimal point are expected.")
    if indicator not in {"CRDT", "DBIT"}:
        raise CannotRead(f"The direction (CdtDbtInd) is {quoted(indicator)}; CRDT or DBIT is expected.")
    amount = read_amount(text)
    return amount if indicator == "CRDT" else turned(amount)


def _currency(tree: Tree) -> str:
    amount = tree.first("Amt")
    return amount.attributes.get("Ccy", "") if amount else ""


def _date(tree: Tree, *names: str) -> dt.date:
    """The first of these dates that is given, as written: no time zone moves the day."""
    for name in names:
        text = tree.value(name, "Dt") or tree.value(name, "DtTm")
        if text:
            match = _DAY.fullmatch(text)
            return iso_date(match[1] if match else text)
    raise CannotRead(f"The date ({' or '.join(names)}) is missing.")
