"""The same file onto an account with a history of 500,000 rows, of which the file holds the last three weeks again."""

import datetime
from typing import Any

from psycopg import sql

from apps.households.models import Household
from apps.imports.models import ImportFile
from apps.imports.rolling_back import order_roll_back, roll_back_file
from apps.ledger.models import Changeset
from apps.tenancy.context import household_context
from benchmarks.database import administrator, checkpoint, settle
from benchmarks.households import LEDGER_TABLES, add_account, add_history, new_household, upload
from benchmarks.importing import DAYS, FIRST, PAIRS, ROW_COUNT, bare_copy, booked_rows, import_by_worker, summed_up
from benchmarks.measuring import say
from benchmarks.statement import Entry, as_csv, entries

HISTORY_COUNT = 500_000
OTHERS_COUNT = 20_000
OVERLAP_DAYS = 21


def measure(onto_nothing: dict[str, Any]) -> dict[str, Any]:
    """Import and COPY in turn into one household; each is taken out again and the tables are vacuumed.

    `onto_nothing` is what `import_50k` measured in this run: `per_row_ratio` compares with it.
    """
    history, content = _timeline()
    household = new_household("Long history")
    account = add_account(household, "Checking")
    others = [add_account(household, name) for name in ("Savings", "Joint")]
    say("import_50k_onto_500k: loading the history")
    elsewhere = [as_csv(entries(first=history[0].date, days=4000, count=OTHERS_COUNT, seed=seed)) for seed in (1, 2)]
    add_history(household, {account: as_csv(history), **dict(zip(others, elsewhere, strict=True))})
    imports, copies = [], []
    for number in range(PAIRS):
        file = upload(household, account, content)
        checkpoint()
        imports.append(import_by_worker(household, file))
        rows = _take_out_import(household, file)
        checkpoint()
        seconds, changeset = bare_copy(household, account, rows)
        copies.append(seconds)
        _take_out_copy(household, changeset)
        say(f"import_50k_onto_500k {number + 1}/{PAIRS}: {imports[-1]} copy {seconds:.2f} s")
    figures = summed_up(imports, copies)
    # Both files have as many rows.
    return figures | {"per_row_ratio": round(figures["seconds"] / onto_nothing["seconds"], 3)}


def _timeline() -> tuple[list[Entry], bytes]:
    """One stream of entries, so that where history and file meet they hold the same rows."""
    overlap_count = ROW_COUNT * OVERLAP_DAYS // DAYS
    count = HISTORY_COUNT + ROW_COUNT - overlap_count
    days = DAYS * count // ROW_COUNT
    first = FIRST + datetime.timedelta(days=DAYS - days)
    everything = entries(first=first, days=days, count=count)
    return everything[:HISTORY_COUNT], as_csv(everything[-ROW_COUNT:])


def _take_out_import(household: Household, file: ImportFile) -> bytes:
    with household_context(household):
        file.refresh_from_db()
    rows = booked_rows(household, file)
    with household_context(household):
        order_roll_back(file)
    roll_back_file(household, file.pk)
    settle(household.schema_name, *LEDGER_TABLES)
    return rows


def _take_out_copy(household: Household, changeset: Changeset) -> None:
    with administrator() as admin:
        table = sql.Identifier(household.schema_name, "ledger_transaction")
        admin.execute(sql.SQL("DELETE FROM {} WHERE changeset_id = {}").format(table, sql.Literal(changeset.pk)))
    settle(household.schema_name, *LEDGER_TABLES)
