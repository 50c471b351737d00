"""CSV for spreadsheets: the columns of the single-user app in its order, then ours. One line a transaction.

UTF-8 with a byte order mark, without which Excel takes it for another character set; lines end in CRLF (RFC 4180).
`Category` is the bucket. A split has no bucket of its own: `Split` shares it, `Dining -10.00; Shopping -20.00`.
"""

import csv
import re
from typing import TextIO

from apps.ledger.exporting.rows import ExportedRow, plain, stream
from apps.ledger.models import Tag
from apps.ledger.models.transactions import TransactionQuerySet

_LEGACY = ("Date", "Amount", "Merchant", "Description", "Account", "Category", "Status", "Notes", "Is Transfer")
COLUMNS = (*_LEGACY, "Reference ID", "Currency", "Split", "Occasions", "Tags")

# Where a spreadsheet that parts the line at semicolons or tabs (as Excel does in half of Europe) begins a cell.
_BEGINS = r"(?:^|[;\t\r\n])"
_SKIPPED = r"[^\S\t\r\n]|[\"'\u200b-\u200f\u2060\ufeff]"
_RUNS = re.compile(rf"({_BEGINS})(?=(?:{_SKIPPED})*[=+\-@＝＋－＠])")
_CONTROLS = ("\t", "\r", "\n")


def write(rows: TransactionQuerySet, out: TextIO, *, is_whole: bool) -> None:  # noqa: ARG001 (as every kind)
    out.write("\ufeff")
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    lines.writerows(map(_line, stream(rows, "-date", "-pk")))


def defused(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet could take what follows for a formula."""
    shown = _RUNS.sub(r"\1'", text)
    return f"'{shown}" if shown.startswith(_CONTROLS) else shown


def _line(row: ExportedRow) -> list[str]:
    transaction = row.transaction
    # Dates, amounts, statuses and currencies are ours: a negative amount stays a number.
    return [
        transaction.date.isoformat(),
        plain(transaction.amount),
        *map(defused, (transaction.merchant, transaction.description, row.account.name)),
        defused(row.bucket.name if row.bucket else ""),
        transaction.status,
        defused(transaction.notes),
        "Yes" if transaction.is_transfer else "No",
        defused(transaction.reference),
        row.account.currency,
        defused("; ".join(f"{part.bucket.name} {plain(part.amount)}" for part in row.parts)),
        defused("; ".join(tag.name for tag in row.tags if tag.namespace == Tag.Namespace.OCCASION)),
        defused(
            "; ".join(f"{tag.namespace}:{tag.name}" for tag in row.tags if tag.namespace != Tag.Namespace.OCCASION)
        ),
    ]
