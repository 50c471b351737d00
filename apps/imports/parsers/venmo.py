"""Venmo: Statements › Download CSV.

Two lines of title, the column names, a line with the opening balance, the rows, a line with the closing
balance. Dates are ISO 8601, amounts carry sign, blank and currency: ``+ $1,020.00``. ``ID`` is Venmo's own.
"""

from collections.abc import Sequence

from .amounts import read_amount
from .bank_csv import BankCsv, Columns, header_of, required
from .dates import iso_date
from .delimited import ReadCells
from .rows import NotATransaction, ParsedRow


def _reader(columns: Columns) -> ReadCells:
    id_at, date_at, type_at = columns.at("id"), columns.at("datetime"), columns.at("type")
    status_at, note_at = columns.at("status"), columns.at("note")
    from_at, to_at = columns.at("from"), columns.at("to")
    amount_at = columns.at("amount (total)", "amount")

    def read(line: int, cells: Sequence[str]) -> ParsedRow:
        bank_id, date_text = cells[id_at].strip(), cells[date_at].strip()
        amount_text, status = cells[amount_at].strip(), cells[status_at].strip()
        if not (bank_id or date_text or amount_text) and any(cells):
            raise NotATransaction("A balance or a notice, not a transaction: it has neither id nor amount.")
        if status and status.casefold() != "complete":
            raise NotATransaction(f'Not complete: Venmo calls its status "{status}".')
        amount = read_amount(required(amount_text, "amount"))
        sender, receiver = cells[from_at].strip(), cells[to_at].strip()
        return ParsedRow(
            line=line,
            date=iso_date(required(date_text, "date")),
            amount=amount,
            description=cells[note_at].strip() or f"{cells[type_at].strip()}: {sender} -> {receiver}",
            merchant=(sender if amount_text.startswith("+") else receiver) or "Venmo",
            reference=required(bank_id, "ID"),
            bank_id=bank_id,
            account_hint="Venmo",
        )

    return read


VENMO = BankCsv(
    key="venmo",
    name="Venmo",
    dates="year-month-day",
    header=header_of("id", "datetime", "type", "from", "to", ("amount (total)", "amount")),
    reader=_reader,
)
