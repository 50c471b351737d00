"""From checked rows to the ledger: one transaction, done once however often it is asked for."""

import datetime
from decimal import Decimal

from django.utils import timezone

from apps.categorization import rule_runs
from apps.households import dead_letters
from apps.households.rights import NoLongerAllowed, check_may_write
from apps.imports import accounts, allowing, balances, formats
from apps.imports.dedupe import give_verdicts
from apps.imports.errors import NotNow
from apps.imports.models import ImportFile, ImportRow, Verdict
from apps.imports.states import State, lock, lock_writable, move
from apps.ledger.models import Account, Changeset, Revision, Transaction
from apps.plans.entitlements import NotInPlan
from apps.tenancy.context import HouseholdLike, household_context, joining_many_rows
from apps.tenancy.statements import fetch

# The single-user app made references up where the bank gave none; those are shown in a preview and not kept. A row
# that the file splits is split where every part names a bucket of the household; its parts are in the notes anyway.
#
# A bucket that nobody chose, for this row or for an earlier one of its merchant, waits for a look, and so does a row
# without one. Only young rows do: of those that a first import brings, the last weeks are worth a look, not the years.
REVIEWED_DAYS = 60
_BOOK = """
    WITH picked AS (
        SELECT nextval(pg_get_serial_sequence('ledger_transaction', 'id')) AS id, r.*
          FROM (SELECT staged.*, tag.id AS bucket_id,
                       CASE WHEN tag.id IS NULL THEN '' ELSE staged.bucket_source END AS source
                  FROM imports_importrow staged
                  LEFT JOIN ledger_tag tag ON tag.namespace = 'bucket' AND tag.value = staged.bucket
                 WHERE staged.file_id = %(file)s AND staged.comes_in ORDER BY staged.position) r
    ), part AS (
        SELECT picked.id, s.amount, tag.id AS tag_id
          FROM picked
          CROSS JOIN LATERAL jsonb_to_recordset(picked.splits) AS s (category text, amount numeric)
          LEFT JOIN LATERAL (
               SELECT id FROM ledger_tag WHERE namespace = 'bucket'
                  AND lower(name) IN (lower(s.category), lower(regexp_replace(s.category, '^.*:', '')))
                ORDER BY id LIMIT 1) tag ON true
         WHERE picked.splits IS NOT NULL
    ), split AS (
        SELECT id FROM part GROUP BY id HAVING bool_and(tag_id IS NOT NULL)
    ), booked AS (
        INSERT INTO ledger_transaction
               (id, account_id, changeset_id, date, amount, description, merchant, card_member, notes, reference,
                bank_id, running_balance, status, is_transfer, source_line, needs_review, created_at)
        SELECT id, %(account)s, %(changeset)s, date, amount, description, merchant, card_member,
               CASE WHEN splits IS NULL THEN '' ELSE 'Split in the file: ' || (
                   SELECT string_agg(concat_ws(' ', nullif(s.category, ''), s.amount, nullif(s.memo, '')), '; ')
                     FROM jsonb_to_recordset(splits) AS s (category text, memo text, amount numeric)) END,
               CASE WHEN bank_id = '' THEN '' ELSE reference END, bank_id, running_balance, 'unreconciled', false,
               line, source IN ('', 'words') AND date >= %(review_since)s AND id NOT IN (SELECT id FROM split), %(now)s
          FROM picked
     RETURNING amount
    ), bucketed AS (
        INSERT INTO ledger_transactiontag (transaction_id, tag_id, source)
        SELECT id, bucket_id, source FROM picked WHERE bucket_id IS NOT NULL AND id NOT IN (SELECT id FROM split)
     RETURNING 1
    ), parted AS (
        INSERT INTO ledger_transactiontag (transaction_id, tag_id, amount, source)
        SELECT id, tag_id, sum(amount), 'bank' FROM part WHERE id IN (SELECT id FROM split) GROUP BY id, tag_id
    )
    SELECT (SELECT count(*) FROM booked), (SELECT coalesce(sum(amount), 0) FROM booked),
           (SELECT count(*) FROM bucketed) + (SELECT count(*) FROM split)
"""


def confirm(file: ImportFile, *, actor_id: int | None = None) -> None:
    """Orders the import, and takes its rows of the household's plan. The second of two clicks raises NotNow.

    Raises ClosedAccount, RowLimitReached or NotInPlan: the caller takes back what this did, and the file stays read.
    """
    move(file, State.READ, State.CONFIRMED, error="", ordered_by_id=actor_id)
    if file.account is not None:
        allowing.refuse_closed(file.account)
    allowing.take(file)


def book_file(household: HouseholdLike, file_id: int, *, person_id: int | None = None) -> None:
    """Imports a confirmed file. Delivered twice, or again after a worker died, it books once.

    Whose order it is must still be allowed to, and so must the import itself by the household's plan; else the file
    waits, with the sentence why, for somebody to confirm it again.
    """
    try:
        with household_context(household, person_id=person_id):
            file = lock_writable(file_id, State.CONFIRMED)
            if file is not None:
                check_may_write(household, file.ordered_by_id)
                book(file)
    except (NoLongerAllowed, NotInPlan, allowing.ClosedAccount, NotNow) as refused:
        _put_back(household, file_id, str(refused))


def _put_back(household: HouseholdLike, file_id: int, sentence: str) -> None:
    """In a transaction of its own, with nobody's eyes: who ordered it may no longer be allowed to change the file."""
    with household_context(household):
        file = lock(file_id, State.CONFIRMED)
        if file is not None:
            move(file, State.CONFIRMED, State.READ, error=sentence)
            allowing.give_back(file)


def book(file: ImportFile, *, today: datetime.date | None = None) -> None:
    """Takes into the ledger every row that comes in; call it inside the household, with the file locked.

    Rows of the `REVIEWED_DAYS` before `today` whose bucket nobody chose wait for a review. The account is locked first
    and the verdicts are given anew, so that of two files booked at once the second sees what the first brought.

    Raises ClosedAccount, RowLimitReached or NotInPlan before any row has moved, whoever ordered it.
    """
    allowing.refuse_closed(Account.objects.select_for_update(of=("self",), no_key=True).get(import_files=file))
    asked = _asked(file)
    give_verdicts(file, row_count=file.row_count + file.left_out_count, is_booking=True)
    if new := _asked(file) - asked:
        _ask_again(file, len(new))
        allowing.give_back(file)
        return
    allowing.take(file)
    changeset = Changeset.objects.create(
        kind=Changeset.Kind.IMPORT, actor_id=file.uploaded_by_id, note=file.name, account_id=file.account_id
    )
    booked_count, booked_total, bucketed_count = _take_in(file, changeset, today or timezone.now().date())
    accounts.remember(file)
    formats.count_use(file)
    rule_runs.apply_to_import(changeset, Transaction.objects.filter(changeset=changeset))
    balances.state(file, changeset)
    Revision.go_up()
    move(
        file,
        (State.CONFIRMED, State.READ),
        State.BOOKED,
        changeset=changeset,
        booked_count=booked_count,
        booked_total=booked_total,
        bucketed_count=bucketed_count,
    )


def _take_in(file: ImportFile, changeset: Changeset, today: datetime.date) -> tuple[int, Decimal, int]:
    """How many rows were booked, their sum, and how many of them have a bucket."""
    parameters = {
        "file": file.pk,
        "account": file.account_id,
        "changeset": changeset.pk,
        "review_since": today - datetime.timedelta(days=REVIEWED_DAYS),
        "now": timezone.now(),
    }
    with joining_many_rows(file.row_count):
        ((row_count, total, waiting_count),) = fetch(_BOOK, **parameters)
    return row_count, total, waiting_count


def _asked(file: ImportFile) -> set[int]:
    """Positions of the rows that are perhaps in the ledger and wait for the person's word."""
    rows = ImportRow.objects.of_file(file).filter(verdict=Verdict.SIMILAR, decision=None)
    return set(rows.values_list("position", flat=True))


def _ask_again(file: ImportFile, count: int) -> None:
    """Nothing is left out that the person was told would come in: what came up meanwhile is asked first."""
    move(
        file,
        (State.CONFIRMED, State.READ),
        State.READ,
        error=f"Since you looked, another import brought rows that {count} of these rows may be the same as. "
        "Nothing of this file has come in yet: please look at those that are “perhaps the same”, and import again.",
    )


def cancel(file: ImportFile) -> None:
    """Drops a file that was not imported, with what was read of it."""
    before = [*ImportFile.OPEN, State.FAILED]
    # A booking that failed was rolled back whole: nothing of the file is in the ledger.
    if file.stalled_in in {*ImportFile.OPEN, State.CONFIRMED}:
        before.append(State.STALLED)
    move(file, tuple(before), State.CANCELLED, stalled_in="")
    ImportRow.objects.of_file(file).delete()
    allowing.give_back(file)
    dead_letters.resolve(ids={"file_id": file.pk})
