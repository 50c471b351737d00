"""From the stored file to rows with verdicts: all of it in one transaction, nothing of it in the ledger."""

from collections.abc import Iterator
from typing import BinaryIO

from psycopg.types.json import Jsonb

from apps.categorization.inference import LAST_CHOICES_TABLE, Guess, guess_for, last_choices
from apps.categorization.merchants import Namer, namer
from apps.imports import balances, formats, progress, scanning, uploads
from apps.imports.dedupe import give_verdicts
from apps.imports.errors import NotNow, StoredCopyExpired
from apps.imports.models import ImportFile, ImportRow, LandedRow, Verdict
from apps.imports.parsers import (
    AmbiguousFile,
    LeftOutRow,
    ParsedRow,
    Row,
    StatedBalance,
    UnknownFormat,
    UnreadableFile,
)
from apps.imports.statements import compare, forget_parts, split
from apps.imports.states import State, lock, move
from apps.ledger.models import Account
from apps.tenancy.context import HouseholdLike, household_context, joining_many_rows
from apps.tenancy.copying import copy_rows
from apps.tenancy.statements import run

ROWS_A_NOTE = 2000
_FIELDS = (
    *("file_id", "position", "line", "verdict", "reason", "date", "amount", "description", "merchant"),
    *("reference", "bank_id", "account_hint", "card_member", "running_balance", "currency", "splits"),
    *("bucket_source", "bucket"),
)
# The household's own last choice for a merchant goes over the guess.
_TAKE_IN = f"""
    WITH {LAST_CHOICES_TABLE}, landed AS (
        DELETE FROM imports_landedrow WHERE file_id = %(file)s RETURNING *
    )
    INSERT INTO imports_importrow ({", ".join(_FIELDS)})
    SELECT {", ".join(f"landed.{name}" for name in _FIELDS[:-2])},
           CASE WHEN chosen.value IS NULL THEN landed.bucket_source ELSE 'history' END,
           coalesce(chosen.value, landed.bucket)
      FROM landed
      LEFT JOIN chosen ON chosen.merchant = landed.merchant AND chosen.is_in = (landed.amount > 0)
"""  # noqa: S608


def read_file(household: HouseholdLike, file_id: int, *, person_id: int | None = None) -> None:
    """Reads an uploaded file and leaves it ready to check, asking how it is to be read, or failed with a sentence.

    Does nothing if the file is not waiting to be read, or is being read by another job: delivered twice is read once.
    """
    try:
        with household_context(household, person_id=person_id):
            file = lock(file_id, State.UPLOADED)
            if file is None:
                return
            with uploads.opened(file) as content:
                scanning.scan(content)
                stage(household, file, content)
    except (UnknownFormat, AmbiguousFile) as question:
        _settle(household, file_id, State.NEEDS_COLUMNS, str(question))
    except scanning.Infected as found:
        uploads.discard(file)
        _settle(household, file_id, State.FAILED, str(found))
    except (UnreadableFile, StoredCopyExpired, NotNow) as refusal:
        _settle(household, file_id, State.FAILED, str(refusal))


def stage(
    household: HouseholdLike,
    file: ImportFile,
    content: BinaryIO,
    *,
    format_key: str | None = None,
    is_one_account: bool = False,
) -> None:
    """Reads `content` into rows, and leaves each statement that the file holds ready to check or to be asked about.

    With `is_one_account` all rows are taken for one statement, whatever accounts the file names.

    Call it inside the household, with the file locked. Raises UnreadableFile for a file that is not a statement.
    """
    forget_parts(file)
    statement = formats.open_file(file, content, format_key=format_key)
    ImportRow.objects.of_file(file).delete()
    file.stated_balances = []
    guess = guess_for(file.account.kind if file.account else Account.Kind.CHECKING)
    rows = _staged(household, file, statement.rows(), guess, namer(), content)
    row_count = copy_rows(LandedRow, _FIELDS, rows)
    chosen = last_choices(table=LandedRow._meta.db_table, column="file_id", key=file.pk)
    with joining_many_rows(row_count):
        run(_TAKE_IN, file=file.pk, **vars(chosen))
    file.format, file.format_name, file.error = statement.format, statement.format_name, ""
    file.dialect = " · ".join(part for part in (statement.dialect, statement.encoding) if part)[:160]
    file.save(update_fields=["format", "format_name", "dialect", "error", "saved_format"])
    for part in [file] if is_one_account else split(file):
        compare(part, row_count=row_count)


def compare_file(household: HouseholdLike, file_id: int, *, person_id: int | None = None) -> None:
    """Gives a statement whose account was chosen its verdicts."""
    with household_context(household, person_id=person_id):
        file = lock(file_id, State.COMPARING)
        if file is not None:
            compare(file, row_count=file.row_count + file.left_out_count)


def refresh_file(household: HouseholdLike, file_id: int, *, person_id: int | None = None) -> None:
    """Compares a file that waits to be checked with the ledger as it is now."""
    with household_context(household, person_id=person_id):
        file = lock(file_id, State.READ)
        if file is not None:
            give_verdicts(file, row_count=file.row_count + file.left_out_count)


def _staged(
    household: HouseholdLike,
    file: ImportFile,
    rows: Iterator[Row],
    guess: Guess,
    names: Namer | None,
    content: BinaryIO,
) -> Iterator[tuple[object, ...]]:
    """The rows in the order of `_FIELDS`."""
    for position, row in enumerate(rows, start=1):
        if position % ROWS_A_NOTE == 0:
            percent = min(99, 100 * content.tell() // file.size_bytes) if file.size_bytes else None
            progress.note(household, file, progress.Progress(position, percent))
        if isinstance(row, ParsedRow):
            merchant = (names.name_of(row.description) if names else "") or row.merchant
            bucket, source = guess(merchant, row.description, is_money_in=row.amount > 0, category=row.bank_category)
            yield (
                *(file.pk, position, row.line, Verdict.NEW.value, "", row.date, row.amount),
                *(
                    _clean(row.description),
                    _clean(merchant, 200),
                    _clean(row.reference, 200),
                    _clean(row.bank_id, 200),
                ),
                *(_clean(row.account_hint, 120), _clean(row.card_member, 120), row.running_balance, row.currency),
                *(_splits(row), source, bucket),
            )
        else:
            hint = ""
            if isinstance(row, StatedBalance):
                hint = _clean(row.account_hint, 120)
                verdict, reason = Verdict.LEFT_OUT, f"The {row.kind} balance of the statement: no transaction."
                file.stated_balances.append(balances.as_stored(row))
            else:
                verdict = Verdict.LEFT_OUT if isinstance(row, LeftOutRow) else Verdict.UNREADABLE
                reason = row.reason[:500]
            yield (
                *(file.pk, position, row.line, verdict.value, reason, None, None),
                *(_clean(row.text), "", "", "", hint, "", None, "", None, "", ""),
            )


def _splits(row: ParsedRow) -> Jsonb | None:
    if not row.splits:
        return None
    parts = row.splits
    return Jsonb([{"amount": f"{part.amount:f}", "category": part.category, "memo": part.memo} for part in parts])


def _clean(text: str, limit: int | None = None) -> str:
    """Text as PostgreSQL can hold it."""
    return (text.replace("\x00", "") if "\x00" in text else text)[:limit]


def _settle(household: HouseholdLike, file_id: int, state: State, sentence: str) -> None:
    """Keeps the reason in a transaction of its own, so that it outlives the one that was rolled back."""
    with household_context(household):
        file = lock(file_id, State.UPLOADED)
        if file is not None:
            move(file, State.UPLOADED, state, error=sentence[:500])
