"""Whether the balances of a file fit its rows, and what they say of the account at the end of each day."""

import json
from decimal import Decimal
from typing import Any

from apps.imports.models import ImportFile
from apps.imports.parsers import StatedBalance
from apps.ledger.models import Changeset
from apps.tenancy.statements import fetch, run

MOSTLY = Decimal("0.9")
"""The part of neighbouring rows whose balances must follow from each other, or the column is not one of balances."""

# A file runs down from the oldest row to the newest, or up.
_FOLLOW = """
    WITH row AS (
        SELECT amount, running_balance, lag(amount) OVER w AS amount_above, lag(running_balance) OVER w AS above
          FROM imports_importrow
         WHERE file_id = %(file)s AND running_balance IS NOT NULL
        WINDOW w AS (ORDER BY position)
    )
    SELECT count(*), count(*) FILTER (WHERE above IS NOT NULL),
           count(*) FILTER (WHERE above + amount = running_balance),
           count(*) FILTER (WHERE running_balance + amount_above = above)
      FROM row
"""
_FORGET = "UPDATE imports_importrow SET running_balance = NULL WHERE file_id = %(file)s AND running_balance IS NOT NULL"

_STATE = """
    INSERT INTO ledger_statedbalance (account_id, changeset_id, date, amount)
    SELECT DISTINCT ON (date) %(account)s, %(changeset)s, date, amount
      FROM (SELECT DISTINCT ON (date) date, running_balance AS amount, 2 AS place
              FROM imports_importrow
             WHERE file_id = %(file)s AND running_balance IS NOT NULL
             ORDER BY date, CASE WHEN %(runs_down)s THEN -position ELSE position END) last_of_day
      FULL JOIN (SELECT date, amount, 1 AS place
                   FROM jsonb_to_recordset(%(closing)s::jsonb) AS c (date date, amount numeric)) closing
           USING (date, amount, place)
     ORDER BY date, place
"""


def direction(file: ImportFile) -> str:
    """“down” or “up”, or empty if the running balances do not follow from the rows; then they are forgotten.

    Call it after the rows were staged. One row alone shows nothing.
    """
    ((count, pairs, down, up),) = fetch(_FOLLOW, file=file.pk)
    if not count:
        return ""
    if not pairs or max(down, up) < pairs * MOSTLY:
        run(_FORGET, file=file.pk)
        return ""
    return "down" if down >= up else "up"


def state(file: ImportFile, changeset: Changeset) -> None:
    """Keeps what the file states for the end of each day. Rows that are in the ledger already speak, too."""
    # Of two statements that close on one day the later one counts.
    last = {stated["date"]: stated["amount"] for stated in file.stated_balances if stated["kind"] == "closing"}
    closing = [{"date": date, "amount": amount} for date, amount in last.items()]
    run(
        _STATE,
        file=file.pk,
        account=file.account_id,
        changeset=changeset.pk,
        runs_down=file.balances_run == "down",
        closing=json.dumps(closing),
    )


def gaps(file: ImportFile) -> list[dict[str, Any]]:
    """Statements of the file whose rows do not lead from the opening to the closing balance: `expected` and `stated`.

    Only where the file states exactly one opening and one closing balance is that certain.
    """
    kinds = {stated["kind"]: stated for stated in file.stated_balances}
    if len(file.stated_balances) != 2 or set(kinds) != {"opening", "closing"}:
        return []
    total = _total(file)
    expected = Decimal(kinds["opening"]["amount"]) + total
    stated = Decimal(kinds["closing"]["amount"])
    return [] if expected == stated else [{"expected": expected, "stated": stated}]


def _total(file: ImportFile) -> Decimal:
    ((total,),) = fetch("SELECT coalesce(sum(amount), 0) FROM imports_importrow WHERE file_id = %(file)s", file=file.pk)
    return Decimal(total)


def as_stored(stated: StatedBalance) -> dict[str, str]:
    """A stated balance as the file's row keeps it."""
    return {
        "kind": stated.kind,
        "date": stated.date.isoformat(),
        "amount": f"{stated.amount:f}",
        "account_hint": stated.account_hint,
    }
