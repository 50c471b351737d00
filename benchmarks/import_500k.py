"""A file of 500,000 rows into an empty ledger, against a bare COPY of them, while somebody else reads pages.

The visitor is there during both, so that both have the same share of the machine.
"""

import datetime
from typing import Any

from apps.households.models import Household
from apps.tenancy import schemas
from apps.tenancy.context import household_context
from benchmarks.database import checkpoint
from benchmarks.households import add_account, add_history, new_household, upload
from benchmarks.importing import DAYS, FIRST, ROW_COUNT, bare_copy, booked_rows, import_by_worker, summed_up
from benchmarks.measuring import percentile, say
from benchmarks.statement import as_csv, entries
from benchmarks.visiting import Site

MANY = 500_000
OTHERS_COUNT = 20_000
PATIENCE_SECONDS = 600


def measure() -> dict[str, Any]:
    days = DAYS * MANY // ROW_COUNT
    content = as_csv(entries(first=FIRST - datetime.timedelta(days=days - DAYS), days=days, count=MANY))
    schemas.keep_spares(3)
    household, other, neighbour = (new_household(name) for name in ("Imports", "Copies", "Neighbours"))
    account, other_account = add_account(household, "Checking"), add_account(other, "Checking")
    _fill(neighbour)
    file = upload(household, account, content)
    with Site(neighbour) as site:
        checkpoint()
        with site.visited() as taken:
            figures = import_by_worker(household, file, row_count=MANY, patience=PATIENCE_SECONDS)
        with household_context(household):
            file.refresh_from_db()
        rows = booked_rows(household, file)
        checkpoint()
        with site.visited():
            seconds, _ = bare_copy(other, other_account, rows)
    say(f"import_500k: {figures} copy {seconds:.2f} s")
    pages = {"p95_ms": percentile(taken, 95), "p50_ms": percentile(taken, 50), "count": len(taken)}
    return summed_up([figures], [seconds]) | {
        "file_mb": round(len(content) / 1024**2, 1),
        "pages_meanwhile": pages,
    }


def _fill(household: Household) -> None:
    account = add_account(household, "Checking")
    rows = entries(first=FIRST, days=DAYS, count=OTHERS_COUNT, seed=7)
    add_history(household, {account: as_csv(rows)})
