"""Which rows of a file the ledger already has. Set-based: every pass is one statement over the whole file.

The rule (I6): the bank's own id decides where there is one, then the running balance; otherwise account, date, amount
and normalised text, and the count of equals: of three equal rows in a file, of which the ledger has two, one is new.
What only resembles a row of the ledger, and what was deleted from it, is asked about: never dropped, never doubled
silently. Earlier files of the same upload count as if they were in the ledger.
"""

from collections.abc import Iterator
from typing import Any

from apps.imports import dedupe_sql as passes
from apps.imports.models import ImportFile
from apps.tenancy.context import joining_many_rows
from apps.tenancy.statements import fetch, run

State = ImportFile.State


def give_verdicts(file: ImportFile, *, row_count: int, is_booking: bool = False) -> None:
    """Compares every read row of the file with the ledger's account, as it is now, and counts the verdicts.

    A decision of the person is kept while the verdict is the one that it answers. Run it again before booking: another
    file may have been booked since. Then files of the same upload that are not in the ledger no longer count, except
    for rows that a person left out.
    """
    siblings = [State.BOOKED] if is_booking else [State.READ, State.CONFIRMED, State.BOOKED]
    parameters: dict[str, Any] = {
        "file": file.pk,
        "account": file.account_id,
        "batch": file.batch_id,
        "siblings": [state.value for state in siblings],
        "storage_key": file.storage_key or "-",
        # Rows that another part of the same file brought are other rows, however equal.
        "own": _booked_parts(file),
        "family": _parted_with(file),
    }
    with joining_many_rows(row_count):
        run(passes.FORGET, **parameters)
        ((first, last, *has),) = fetch(passes.SPAN, **parameters)
        parameters |= {"first": first, "last": last}
        for statement in _passes(*has):
            run(statement, **parameters)
    file.refresh_from_db()


def _booked_parts(file: ImportFile) -> list[int]:
    if not file.storage_key:
        return []
    parts = ImportFile.objects.filter(storage_key=file.storage_key, changeset__undone_at=None).exclude(pk=file.pk)
    return [changeset for changeset in parts.values_list("changeset", flat=True) if changeset is not None]


def _parted_with(file: ImportFile) -> list[int]:
    """The file and what `fitting` has set apart from it, or it from."""
    first = file
    while first.rest_of is not None:
        first = first.rest_of
    found, parts = [], [first.pk]
    while parts:
        found += parts
        parts = list(ImportFile.objects.filter(rest_of__in=parts).values_list("pk", flat=True))
    if len(found) == 1:
        return found
    return list(ImportFile.objects.filter(pk__in=found, account=file.account_id).values_list("pk", flat=True))


def count_rows(file: ImportFile) -> None:
    """Counts the rows of a statement by the verdicts that they have, without comparing them."""
    run(passes.COUNTS, file=file.pk)
    file.refresh_from_db()


def _passes(
    has_rows: bool, has_ids: bool, has_balances: bool, has_siblings: bool, has_changes: bool, has_others: bool
) -> Iterator[str]:
    """What decides comes before what only asks."""
    if has_ids:
        yield passes.REPEATED_IN_FILE
    if has_rows and has_ids:
        yield from (passes.SAME_ID_AND_TEXT, passes.SAME_ID, passes.OTHER_ROW_OF_ID, passes.SAME_TEXT_OF_IDS)
    if has_rows and has_balances:
        yield from (passes.SAME_BALANCE, passes.SAME_TEXT_AT_EDGES)
    if has_rows:
        yield passes.SAME_TEXT
    if has_siblings and has_ids:
        yield passes.SAME_ID_IN_BATCH
    if has_siblings:
        yield passes.SAME_TEXT_IN_BATCH
    if has_rows and has_balances:
        yield passes.OTHER_BALANCE
    if has_changes and has_ids:
        yield passes.GONE_BY_ID
    if has_changes:
        yield passes.GONE_BY_TEXT
    if has_rows:
        yield passes.RESEMBLING
    if has_others:
        yield passes.ELSEWHERE
    yield from (passes.DROP_OLD_DECISIONS, passes.COUNTS)
