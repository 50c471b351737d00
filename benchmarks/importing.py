"""An import by a worker, and a bare COPY of what it booked."""

import datetime
import json
import subprocess
import sys
from typing import Any

from psycopg import sql

from apps.households.models import Household
from apps.imports.models import ImportFile
from apps.ledger.models import Account, Changeset
from apps.operations.servers import GIVEN
from apps.tenancy.context import household_context
from benchmarks.database import administrator, end_statements
from benchmarks.measuring import BenchmarkFailed, Stopwatch, median

ROW_COUNT = 50_000
PAIRS = 3
PATIENCE_SECONDS = 60
DAYS = 425
FIRST = datetime.date(2025, 9, 1)
_COLUMNS = (
    "date, amount, description, merchant, card_member, notes, reference, bank_id, status, is_transfer, source_line, "
    "needs_review, created_at"
)


def import_by_worker(
    household: Household, file: ImportFile, *, row_count: int = ROW_COUNT, patience: int = PATIENCE_SECONDS
) -> dict[str, Any]:
    """The worker's figures. Raises BenchmarkFailed if the file is not in the ledger within `patience` seconds."""
    command = [sys.executable, "-m", "benchmarks.worker", str(household.pk), str(file.pk)]
    try:
        done = subprocess.run(command, env=dict(GIVEN), capture_output=True, text=True, check=False, timeout=patience)
    except subprocess.TimeoutExpired:
        end_statements()
        raise BenchmarkFailed(f"The import was not done after {patience} seconds.") from None
    if done.returncode:
        raise BenchmarkFailed(f"The worker failed:\n{done.stderr[-4000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if figures["state"] != "booked" or figures["row_count"] != row_count:
        raise BenchmarkFailed(f"The import went wrong: {figures}")
    return figures


def booked_rows(household: Household, file: ImportFile) -> bytes:
    """What the import brought, as the text of a COPY: every column that the table does not make itself."""
    with administrator() as admin, admin.cursor() as cursor:
        table = sql.Identifier(household.schema_name, "ledger_transaction")
        query = sql.SQL("COPY (SELECT {} FROM {} WHERE changeset_id = {} ORDER BY id) TO STDOUT").format(
            sql.SQL(_COLUMNS), table, sql.Literal(file.changeset_id)
        )
        with cursor.copy(query) as copy:
            return b"".join(bytes(part) for part in copy)


def bare_copy(household: Household, account: Account, rows: bytes) -> tuple[float, Changeset]:
    """Seconds of COPY and COMMIT of the rows into the household's table, and the changeset that they belong to."""
    with household_context(household):
        changeset = Changeset.objects.create(kind=Changeset.Kind.IMPORT, note="bare copy")
    ends = f"\t{account.pk}\t{changeset.pk}\n".encode()
    text = b"".join(line + ends for line in rows.splitlines())
    watch = Stopwatch()
    with administrator() as admin:
        admin.autocommit = False
        admin.execute(sql.SQL("SET LOCAL search_path = {}, extensions").format(sql.Identifier(household.schema_name)))
        copy_in = sql.SQL("COPY ledger_transaction ({}, account_id, changeset_id) FROM STDIN").format(sql.SQL(_COLUMNS))
        with watch.running():
            with admin.cursor().copy(copy_in) as copy:
                copy.write(text)
            admin.commit()
    return watch.seconds, changeset


def summed_up(imports: list[dict[str, Any]], copies: list[float]) -> dict[str, float]:
    """Medians of the pairs. `ratio` is the median of each pair's own ratio, as both ran in the same minute."""
    totals = [one["read_seconds"] + one["book_seconds"] for one in imports]
    return {
        "seconds": median(totals),
        "copy_seconds": median(copies),
        "ratio": median([total / copy for total, copy in zip(totals, copies, strict=True)]),
        "peak_mb": max(one["peak_mb"] for one in imports),
        "read_seconds": median([one["read_seconds"] for one in imports]),
        "book_seconds": median([one["book_seconds"] for one in imports]),
        "idle_mb": median([one["idle_mb"] for one in imports]),
    }
