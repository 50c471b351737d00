"""Importing 50,000 rows into an empty ledger, against a bare COPY of the same rows into another empty ledger."""

from typing import Any

from apps.tenancy import schemas
from apps.tenancy.context import household_context
from benchmarks.database import checkpoint
from benchmarks.households import add_account, new_household, upload
from benchmarks.importing import DAYS, FIRST, PAIRS, ROW_COUNT, bare_copy, booked_rows, import_by_worker, summed_up
from benchmarks.measuring import say
from benchmarks.statement import as_csv, entries


def measure() -> dict[str, Any]:
    """Pairs of an import and a COPY, each in a household of its own; the two take turns to go first."""
    content = as_csv(entries(first=FIRST, days=DAYS, count=ROW_COUNT))
    schemas.keep_spares(2 * PAIRS)
    imports, copies = [], []
    for number in range(PAIRS):
        household, other = new_household("Imports"), new_household("Copies")
        account, other_account = add_account(household, "Checking"), add_account(other, "Checking")
        file = upload(household, account, content)
        checkpoint()
        imports.append(import_by_worker(household, file))
        with household_context(household):
            file.refresh_from_db()
        rows = booked_rows(household, file)
        checkpoint()
        seconds, _ = bare_copy(other, other_account, rows)
        copies.append(seconds)
        say(f"import_50k {number + 1}/{PAIRS}: {imports[-1]} copy {seconds:.2f} s")
    return summed_up(imports, copies)
