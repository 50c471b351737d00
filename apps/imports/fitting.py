"""A file that brings more rows than the plan has room for: its newest rows come in, and the others wait.

What waits is a file of its own in the same upload, checked as it was: nothing is uploaded, read or decided twice.
Either part is imported, cancelled and rolled back without the other.
"""

from typing import Any

from django.db.models import Max

from apps.core.errors import ExpectedError
from apps.imports import allowing, booking
from apps.imports.dedupe import count_rows
from apps.imports.models import ImportFile, ImportRow
from apps.imports.states import State, lock_writable
from apps.tenancy.context import joining_many_rows
from apps.tenancy.statements import fetch, run

MARK = " · older rows"
"""What the name of a file says that holds the rows which waited."""

# The oldest of the newest rows, and whether the file runs from the newest to the oldest: then so does a day in it.
_EDGE = """
    WITH dated AS (
        SELECT position, date, comes_in, first_value(date) OVER w > last_value(date) OVER w AS runs_back
          FROM imports_importrow WHERE file_id = %(file)s AND date IS NOT NULL
        WINDOW w AS (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    )
    SELECT date, position, runs_back FROM dated WHERE comes_in
     ORDER BY date DESC, CASE WHEN runs_back THEN position ELSE -position END
     OFFSET %(room)s - 1 LIMIT 1
"""
_SET_APART = """
    UPDATE imports_importrow SET file_id = %(rest)s
     WHERE file_id = %(file)s AND date IS NOT NULL
       AND (date < %(date)s
            OR date = %(date)s
               AND CASE WHEN %(runs_back)s THEN position > %(position)s ELSE position < %(position)s END)
"""
# Equals are told from those in the ledger by counting them, and a row that the bank repeats under its id by looking at
# the whole file. Where the ledger has some of them, or the bank repeats itself, they stay together.
_SAME_TEXT = """
    UPDATE imports_importrow r SET file_id = %(rest)s
      FROM (SELECT date, amount, description_key FROM imports_importrow
             WHERE file_id IN (%(file)s, %(rest)s) AND date IS NOT NULL
             GROUP BY date, amount, description_key
            HAVING bool_or(file_id = %(rest)s) AND bool_or(verdict <> 'new')) same
     WHERE r.file_id = %(file)s AND r.date = same.date AND r.amount = same.amount
       AND r.description_key = same.description_key
"""


class NothingFits(ExpectedError):
    """There is no room for a single row, or for none that can come in without others."""

    def __init__(self) -> None:
        super().__init__(
            "Your plan has no room for the newest of these rows. They wait here: with a plan that has room, they come "
            "in without being uploaded again."
        )


def confirm_newest(file: ImportFile, *, actor_id: int | None = None) -> ImportFile | None:
    """Orders the import of the newest rows that the plan has room for; returns the file with the others, if any.

    Raises NothingFits and what `booking.confirm` raises; then the caller takes back what this did.
    """
    held = lock_writable(file.pk, State.READ)
    room = allowing.room().left
    coming_in = ImportRow.objects.of_file(file).coming_in()
    rest = None
    if held is not None and room is not None and coming_in.count() > room:
        if not room:
            raise NothingFits
        rest = _set_apart(file, room)
        if not coming_in.exists():
            raise NothingFits
    booking.confirm(file, actor_id=actor_id)
    return rest


def _set_apart(file: ImportFile, room: int) -> ImportFile:
    """All but the newest `room` of the rows that come in are another file's from now on; a few more, where rows of the
    edge belong together.
    """
    ((date, position, runs_back),) = fetch(_EDGE, file=file.pk, room=room)
    rest, row_count = _sibling(file), file.row_count + file.left_out_count
    both: dict[str, Any] = {"file": file.pk, "rest": rest.pk}
    with joining_many_rows(row_count):
        run(_SET_APART, date=date, position=position, runs_back=runs_back, **both)
        run(_SAME_TEXT, **both)
    _share_balances(file, rest, first_day=date.isoformat())
    # The verdicts go with their rows: booking compares again, and asks about what it then sees otherwise.
    for part in (file, rest):
        count_rows(part)
    return rest


def _sibling(file: ImportFile) -> ImportFile:
    rest = ImportFile.objects.get(pk=file.pk)
    parts = ImportFile.objects.filter(batch=file.batch_id, storage_key=file.storage_key)
    rest.pk, rest.rest_of = None, file
    rest.part = (parts.aggregate(last=Max("part"))["last"] or 0) + 1
    rest.name = file.name.removesuffix(MARK)[: 255 - len(MARK)] + MARK
    rest.error = ""
    rest.save(force_insert=True)
    return rest


def _share_balances(file: ImportFile, rest: ImportFile, *, first_day: str) -> None:
    """Each keeps what the bank states of its own days; the day on which they part ends in the newer one."""
    stated = file.stated_balances
    newer = [one for one in stated if (one["date"], one["kind"] == "closing") >= (first_day, True)]
    file.stated_balances, rest.stated_balances = newer, [one for one in stated if one not in newer]
    for part in (file, rest):
        part.save(update_fields=["stated_balances"])
