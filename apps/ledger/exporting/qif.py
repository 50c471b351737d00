"""QIF, the Quicken Interchange Format: a register for each account, oldest row first.

Dates are month/day/year, as Quicken writes them; amounts have a decimal point. A transfer names the other account as
its category: `L[Savings]`. `C*` is a row that was matched, `CX` one that a reconciliation has locked.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import TextIO

from apps.ledger.exporting.rows import ExportedRow, Part, plain, stream
from apps.ledger.models import Account, Transaction
from apps.ledger.models.transactions import TransactionQuerySet

_TYPES = {
    Account.Kind.CREDIT_CARD: "CCard",
    Account.Kind.CASH: "Cash",
    Account.Kind.LOAN: "Oth L",
    # `Invst` holds shares and their prices, which we do not keep; the money of it is another asset.
    Account.Kind.INVESTMENT: "Oth A",
    Account.Kind.HSA: "Oth A",
}
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BRACKETS = str.maketrans("[]", "()")


def write(rows: TransactionQuerySet, out: TextIO, *, is_whole: bool) -> None:  # noqa: ARG001 (as every kind)
    found = stream(rows, "account__sort_order", "account__name", "account_id", "date", "pk")
    for _, register in groupby(found, key=lambda row: row.account.pk):
        for number, row in enumerate(register):
            if number == 0:
                out.write(_head(row.account))
            out.write("\n".join([*_fields(row), "^\n"]))


def _head(account: Account) -> str:
    kind = _TYPES.get(Account.Kind(account.kind), "Bank")
    return f"!Account\nN{_line(account.name)}\nT{kind}\n^\n!Type:{kind}\n"


def _fields(row: ExportedRow) -> Iterator[str]:
    """The lines of a record; a field that would be empty has none."""
    transaction = row.transaction
    yield f"D{transaction.date:%m/%d/}{transaction.date.year:04}"
    yield f"T{plain(transaction.amount)}"
    details = [transaction.description if transaction.merchant else "", transaction.notes]
    written = {
        "C": _cleared(transaction),
        "N": transaction.reference,
        "P": row.title,
        "M": " / ".join(filter(None, details)),
        "L": _category(row),
    }
    yield from (f"{code}{line}" for code, text in written.items() if (line := _line(text)))
    for part in row.parts:
        yield from _part(part)


def _part(part: Part) -> tuple[str, str]:
    return f"S{_bucket(part.bucket.name)}", f"${plain(part.amount)}"


def _cleared(transaction: Transaction) -> str:
    if transaction.reconciliation_id is not None:
        return "X"
    return "*" if transaction.status == Transaction.Status.MATCHED else ""


def _category(row: ExportedRow) -> str:
    if row.partner:
        return f"[{row.partner.account.name.translate(_BRACKETS)}]"
    return _bucket(row.bucket.name) if row.bucket else ""


def _bucket(name: str) -> str:
    """In brackets it would be an account, and what follows a slash is a class."""
    return _line(name.translate(_BRACKETS).replace("/", "-"))


def _line(text: str) -> str:
    """On one line, whatever a bank or a person put into it."""
    return _UNSPEAKABLE.sub(" ", text).strip()
