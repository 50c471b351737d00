"""From checked rows to the ledger: one transaction, done once however often it is asked for."""

from django.db import connections
from django.utils import timezone

from apps.categorization import rule_runs
from apps.households import dead_letters
from apps.imports import accounts, balances, formats
from apps.imports.dedupe import give_verdicts
from apps.imports.models import ImportFile, ImportRow, Verdict
from apps.imports.states import State, lock, move
from apps.ledger.models import Account, Changeset, Revision, Transaction
from apps.tenancy.context import HouseholdLike, household_context
from apps.tenancy.planes import LEDGER

# The single-user app made references up where the bank gave none; those are shown in a preview and not kept. A row
# that the file splits is split where every part names a bucket of the household; its parts are in the notes anyway.
_BOOK = """
    WITH picked AS (
        SELECT nextval(pg_get_serial_sequence('ledger_transaction', 'id')) AS id, r.*
          FROM (SELECT * FROM imports_importrow WHERE file_id = %(file)s AND comes_in ORDER BY position) r
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
                bank_id, running_balance, status, is_transfer, created_at)
        SELECT id, %(account)s, %(changeset)s, date, amount, description, merchant, card_member,
               CASE WHEN splits IS NULL THEN '' ELSE 'Split in the file: ' || (
                   SELECT string_agg(concat_ws(' ', nullif(s.category, ''), s.amount, nullif(s.memo, '')), '; ')
                     FROM jsonb_to_recordset(splits) AS s (category text, memo text, amount numeric)) END,
               CASE WHEN bank_id = '' THEN '' ELSE reference END, bank_id, running_balance, 'unreconciled', false,
               %(now)s
          FROM picked
     RETURNING amount
    ), bucketed AS (
        INSERT INTO ledger_transactiontag (transaction_id, tag_id)
        SELECT picked.id, tag.id
          FROM picked JOIN ledger_tag tag ON tag.namespace = 'bucket' AND tag.value = picked.bucket
         WHERE picked.id NOT IN (SELECT id FROM split)
     RETURNING 1
    ), parted AS (
        INSERT INTO ledger_transactiontag (transaction_id, tag_id, amount)
        SELECT id, tag_id, sum(amount) FROM part WHERE id IN (SELECT id FROM split) GROUP BY id, tag_id
    )
    SELECT (SELECT count(*) FROM booked), (SELECT coalesce(sum(amount), 0) FROM booked),
           (SELECT count(*) FROM bucketed) + (SELECT count(*) FROM split)
"""


def confirm(file: ImportFile) -> None:
    """Orders the import. The second of two clicks raises NotNow."""
    move(file, State.READ, State.CONFIRMED, error="")


def book_file(household: HouseholdLike, file_id: int) -> None:
    """Imports a confirmed file. Delivered twice, or again after a worker died, it books once."""
    with household_context(household):
        file = lock(file_id, State.CONFIRMED)
        if file is not None:
            book(file)


def book(file: ImportFile) -> None:
    """Takes into the ledger every row that comes in; call it inside the household, with the file locked.

    The account is locked first and the verdicts are given anew, so that of two files booked at once the second sees
    what the first brought.
    """
    Account.objects.select_for_update(of=("self",), no_key=True).get(import_files=file)
    asked = _asked(file)
    give_verdicts(file, row_count=file.row_count + file.left_out_count, is_booking=True)
    if new := _asked(file) - asked:
        _ask_again(file, len(new))
        return
    changeset = Changeset.objects.create(kind=Changeset.Kind.IMPORT, actor_id=file.uploaded_by_id, note=file.name)
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(
            _BOOK,
            {"file": file.pk, "account": file.account_id, "changeset": changeset.pk, "now": timezone.now()},
        )
        booked_count, booked_total, bucketed_count = cursor.fetchone()
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
    dead_letters.resolve(ids={"file_id": file.pk})
