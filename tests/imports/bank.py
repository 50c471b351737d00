"""Files as a bank would write them, and the ledger as it stands."""

import csv
import io
import uuid
from collections.abc import Iterable
from decimal import Decimal

from apps.households.models import Household
from apps.imports.booking import book
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.reading import stage
from apps.ledger.models import Account, Transaction

Line = tuple[str, str, str]
NOVEMBER: list[Line] = [
    ("11/01/2026", "RENT PAYMENT", "-2,150.00"),
    ("11/03/2026", "STARBUCKS", "-6.45"),
    ("99/99/2026", "ODD", "-1.00"),
]
"""Two rows that can be read and one that cannot."""


def checking(lines: Iterable[Line]) -> bytes:
    """Bank of America's checking layout: date as month/day/year, text, amount."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["Date", "Description", "Amount", "Running Bal."])
    for date, text, amount in lines:
        write([date, text, amount, "0.00"])
    return out.getvalue().encode()


def balanced(lines: Iterable[Line], *, opening: str = "100.00", is_newest_first: bool = False) -> bytes:
    """The same layout with true running balances; `lines` run from the oldest on."""
    balance, rows = Decimal(opening), []
    for date, text, amount in lines:
        balance += Decimal(amount.replace(",", ""))
        rows.append([date, text, amount, f"{balance:.2f}"])
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["Date", "Description", "Amount", "Running Bal."])
    write.writerows(reversed(rows) if is_newest_first else rows)
    return out.getvalue().encode()


def card(lines: Iterable[tuple[str, str, str, str]]) -> bytes:
    """Bank of America's card layout, whose rows have ids: date, id, text, amount."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["Posted Date", "Reference Number", "Payee", "Address", "Amount"])
    for date, bank_id, text, amount in lines:
        write([date, bank_id, text, "", amount])
    return out.getvalue().encode()


def read(
    household: Household,
    account: Account | None,
    content: bytes,
    name: str = "statement.csv",
    batch: ImportBatch | None = None,
) -> ImportFile:
    """The file with its verdicts, as the check page shows it."""
    file = ImportFile.objects.create(
        batch=batch or ImportBatch.objects.create(),
        account=account,
        name=name,
        size_bytes=len(content),
        storage_key=uuid.uuid4().hex,
    )
    stage(household, file, io.BytesIO(content))
    return file


def bring_in(household: Household, account: Account, content: bytes) -> ImportFile:
    """The file, read and booked."""
    file = read(household, account, content)
    book(file)
    return file


def verdicts(file: ImportFile) -> list[str]:
    return list(file.rows.order_by("position").values_list("verdict", flat=True))


def ledger(account: Account) -> list[tuple[str, str, Decimal]]:
    """Every row of the account, in an order that does not depend on how it came in."""
    rows = Transaction.objects.filter(account=account).values_list("date", "description", "amount")
    return sorted((date.isoformat(), description, amount) for date, description, amount in rows)
