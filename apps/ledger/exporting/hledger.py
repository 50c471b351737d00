"""A journal for hledger (plain-text accounting). It declares every account and commodity, so `check --strict` agrees.

Money of a bucket goes to `expenses:` or `income:`, of a linked transfer to the other account: one transaction for its
two rows, the second posting with a date of its own. A transfer whose other row is not in the file, or not known, goes
to `equity:transfers`. Every transaction balances to the last digit, and every account ends at the balance that the
product shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TextIO

from apps.ledger.exporting.chart import OPENINGS, TRANSFERS, Chart, chart_of, one_line, tag_line
from apps.ledger.exporting.openings import openings
from apps.ledger.exporting.rows import ExportedRow, plain, stream
from apps.ledger.models import Transaction, Transfer
from apps.ledger.models.transactions import TransactionQuerySet


@dataclass(frozen=True, slots=True)
class Posting:
    """A line of a transaction. `cost` is what it is worth in the other currency, `note` its comment."""

    account: str
    amount: Decimal
    currency: str
    cost: str = ""
    note: str = ""

    def __str__(self) -> str:
        line = f"    {self.account:<40}  {plain(self.amount):>14} {self.currency}{self.cost}"
        return f"{line}  ; {self.note}" if self.note else line


def write(rows: TransactionQuerySet, out: TextIO, *, is_whole: bool) -> None:
    chart = chart_of(rows)
    out.write("\n".join([*chart.declarations(), ""]))
    if is_whole:
        for opening in openings():
            postings = [
                Posting(chart.of_account(opening.account), opening.amount, opening.account.currency),
                Posting(OPENINGS, -opening.amount, opening.account.currency),
            ]
            out.write(_entry(f"{opening.date.isoformat()} Opening balance", [], postings))
    both_shown = set(
        Transfer.objects.filter(outgoing__in=rows.order_by(), incoming__in=rows.order_by()).values_list(
            "outgoing", flat=True
        )
    )
    out.writelines(_transaction(row, chart, both_shown) for row in stream(rows, "date", "pk"))


def _transaction(row: ExportedRow, chart: Chart, both_shown: set[int]) -> str:
    """The row as a transaction; nothing for a row whose partner has it in its own."""
    if _is_pair(row, both_shown):
        return "" if row.transaction.amount > 0 else _entry(_head(row), _comments(row), _pair(row, chart))
    return _entry(_head(row), _comments(row), list(_postings(row, chart)))


def _is_pair(row: ExportedRow, both_shown: set[int]) -> bool:
    """Whether both rows of the transfer are in the file, and still of opposite signs."""
    if row.partner is None or not {row.transaction.pk, row.partner.pk} & both_shown:
        return False
    return row.transaction.amount * row.partner.amount < 0


def _pair(row: ExportedRow, chart: Chart) -> list[Posting]:
    """From account to account. What a bank kept of the money on the way goes where open transfers go."""
    partner, amount, currency = row.partner, row.transaction.amount, row.account.currency
    assert partner is not None
    other = partner.account.currency
    note = f"date:{partner.date.isoformat()}" if partner.date != row.transaction.date else ""
    received = Posting(chart.of_account(partner.account), partner.amount, other, note=note)
    if other != currency:
        cost = f" @@ {plain(partner.amount)} {other}"
        return [Posting(chart.of_account(row.account), amount, currency, cost), received]
    rest = -amount - partner.amount
    lost = [Posting(TRANSFERS, rest, currency)] if rest else []
    return [Posting(chart.of_account(row.account), amount, currency), received, *lost]


def _postings(row: ExportedRow, chart: Chart) -> Iterator[Posting]:
    """The account, and against it the bucket, the parts of the split, or the transfers."""
    amount, currency = row.transaction.amount, row.account.currency
    yield Posting(chart.of_account(row.account), amount, currency)
    if row.partner or row.transaction.is_transfer:
        yield Posting(TRANSFERS, -amount, currency)
        return
    for part in row.parts:
        yield Posting(chart.of_bucket(part.bucket, part.amount), -part.amount, currency)
    rest = amount - sum(part.amount for part in row.parts)
    if rest or not row.parts:
        yield Posting(chart.of_bucket(row.bucket, rest), -rest, currency)


def _head(row: ExportedRow) -> str:
    """The row's id stands as its code; it also keeps a text that begins with a mark of hledger from being one."""
    mark = "* " if row.transaction.status == Transaction.Status.MATCHED else ""
    texts = dict.fromkeys(filter(None, (row.transaction.merchant, row.transaction.description)))
    title = " | ".join(one_line(text).replace(";", ",").replace("|", "/") for text in texts)
    return f"{row.transaction.date.isoformat()} {mark}({row.transaction.pk}) {title}".rstrip()


def _comments(row: ExportedRow) -> list[str]:
    """What hledger has no field for: the words of both rows of a transfer, tags, the status of an ignored row."""
    notes = [*row.transaction.notes.splitlines(), *(_words_of_partner(row))]
    tags = [tag_line(tag.namespace, tag.name) for tag in row.tags]
    if row.transaction.status == Transaction.Status.IGNORED:
        tags.append(tag_line("status", "ignored"))
    return [line for line in (*map(one_line, notes), *tags) if line]


def _words_of_partner(row: ExportedRow) -> list[str]:
    return [row.partner.description, *row.partner.notes.splitlines()] if row.partner else []


def _entry(head: str, comments: list[str], postings: list[Posting]) -> str:
    lines = [head, *(f"    ; {comment}" for comment in comments), *map(str, postings)]
    return "\n" + "\n".join(lines) + "\n"
