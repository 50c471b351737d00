"""Inspira health savings accounts: Transactions › Export (CSV, every cell quoted).

Dates are month/day/year, money out stands in parentheses: ``($29.44)``. The transaction id is the bank's own.
Where a card payment was cancelled, the word stands in place of the posting date.
"""

from collections.abc import Sequence

from .amounts import float_text, read_amount
from .bank_csv import BankCsv, Columns, header_of, required
from .dates import month_day_year
from .delimited import ReadCells
from .rows import NotATransaction, ParsedRow


def _reader(columns: Columns) -> ReadCells:
    id_at, type_at, amount_at = (
        columns.at("transaction id"),
        columns.at("transaction type"),
        columns.at("amount"),
    )
    posted_at, origin_at = columns.at("posted date"), columns.at("origination date")
    description_at, category_at = columns.at("description"), columns.at("expense category")

    def read(line: int, cells: Sequence[str]) -> ParsedRow:
        date_text = cells[posted_at].strip() or cells[origin_at].strip()
        if date_text.casefold() in {"cancelled", "canceled"}:
            raise NotATransaction("Cancelled before it was posted: no money moved.")
        date = month_day_year(required(date_text, "date"))
        amount = read_amount(required(cells[amount_at].strip(), "amount"))
        kind, bank_id = cells[type_at].strip(), cells[id_at].strip()
        description = cells[description_at].strip() or kind
        return ParsedRow(
            line=line,
            date=date,
            amount=amount,
            description=description,
            merchant=next(iter(description.split()), "HSA"),
            reference=bank_id or f"inspira_hsa_{date}_{float_text(amount)}",
            bank_id=bank_id,
            account_hint="Inspira-HSA",
            bank_category=cells[category_at].strip(),
        )

    return read


INSPIRA_HSA = BankCsv(
    key="inspira_hsa",
    name="Inspira HSA",
    dates="month/day/year",
    header=header_of("transaction id", "transaction type", "posted date", "amount", "expense category"),
    reader=_reader,
)
