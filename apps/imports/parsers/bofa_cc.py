"""Bank of America credit cards: Online Banking › Download › Microsoft Excel Format (CSV).

``Posted Date,Reference Number,Payee,Address,Amount``; dates month/day/year, a charge is negative. The
reference number is the bank's own id of the row.
"""

from collections.abc import Sequence

from .amounts import float_text, read_amount
from .bank_csv import BankCsv, Columns, header_of, required
from .dates import month_day_year
from .delimited import ReadCells
from .rows import ParsedRow


def _reader(columns: Columns) -> ReadCells:
    date_at, id_at = columns.at("posted date"), columns.at("reference number")
    payee_at, amount_at = columns.at("payee"), columns.at("amount")

    def read(line: int, cells: Sequence[str]) -> ParsedRow:
        date = month_day_year(required(cells[date_at].strip(), "date"))
        amount = read_amount(required(cells[amount_at].strip(), "amount"))
        payee, bank_id = cells[payee_at].strip(), cells[id_at].strip()
        return ParsedRow(
            line=line,
            date=date,
            amount=amount,
            description=payee,
            merchant=payee.partition(",")[0].strip(),
            reference=bank_id or f"bofa_cc_{date}_{float_text(amount)}",
            bank_id=bank_id,
            account_hint="BOFA-CC",
        )

    return read


BOFA_CC = BankCsv(
    key="bofa_cc",
    name="Bank of America Credit Card",
    dates="month/day/year",
    header=header_of("posted date", "reference number", "payee", "amount"),
    reader=_reader,
)
