"""From checked rows to the ledger, and back: each is one transaction, done once however often it is asked for."""

from django.db import connections
from django.db.models import BooleanField, Case, Q, When
from django.utils import timezone

from apps.imports.dedupe import give_verdicts
from apps.imports.errors import NotNow
from apps.imports.models import ImportFile, ImportRow, Verdict
from apps.imports.states import State, lock, move
from apps.ledger.models import Account, Changeset, Revision, Transaction, TransactionTag
from apps.tenancy.context import HouseholdLike, household_context
from apps.tenancy.planes import LEDGER

# The single-user app made references up where the bank gave none; those are shown in a preview and not kept.
_BOOK = """
    WITH picked AS (
        SELECT nextval(pg_get_serial_sequence('ledger_transaction', 'id')) AS id, r.*
          FROM (SELECT * FROM imports_importrow WHERE file_id = %(file)s AND comes_in ORDER BY position) r
    ), booked AS (
        INSERT INTO ledger_transaction
               (id, account_id, changeset_id, date, amount, description, merchant, card_member, notes, reference,
                bank_id, status, is_transfer, created_at)
        SELECT id, %(account)s, %(changeset)s, date, amount, description, merchant, card_member, '',
               CASE WHEN bank_id = '' THEN '' ELSE reference END, bank_id, 'unreconciled', false, %(now)s
          FROM picked
     RETURNING amount
    ), bucketed AS (
        INSERT INTO ledger_transactiontag (transaction_id, tag_id)
        SELECT picked.id, tag.id
          FROM picked JOIN ledger_tag tag ON tag.namespace = 'bucket' AND tag.value = picked.bucket
     RETURNING 1
    )
    SELECT (SELECT count(*) FROM booked), (SELECT coalesce(sum(amount), 0) FROM booked), (SELECT count(*) FROM bucketed)
"""


def confirm(file: ImportFile) -> None:
    """Orders the import. The second of two clicks raises NotNow."""
    move(file, State.READ, State.CONFIRMED)


def book_file(household: HouseholdLike, *, file_id: int) -> None:
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
    Account.objects.select_for_update().get(pk=file.account_id)
    give_verdicts(file, row_count=file.row_count + file.left_out_count)
    changeset = Changeset.objects.create(kind=Changeset.Kind.IMPORT, actor_id=file.uploaded_by_id, note=file.name)
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(
            _BOOK,
            {"file": file.pk, "account": file.account_id, "changeset": changeset.pk, "now": timezone.now()},
        )
        booked_count, booked_total, bucketed_count = cursor.fetchone()
    _remember_hint(file)
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


def _remember_hint(file: ImportFile) -> None:
    """What the bank's file calls the account finds it again next time."""
    hint = (
        ImportRow.objects.of_file(file)
        .coming_in()
        .exclude(account_hint="")
        .values_list("account_hint", flat=True)
        .first()
    )
    if hint:
        Account.objects.filter(pk=file.account_id, bank_hint="").update(bank_hint=hint)


def order_roll_back(file: ImportFile) -> None:
    """Orders that the import be rolled back. Only an import that is in the ledger can be."""
    move(file, State.BOOKED, State.UNDOING)


def roll_back_file(household: HouseholdLike, *, file_id: int) -> None:
    """Takes out of the ledger exactly the rows that the import brought; rows that it only matched stay."""
    with household_context(household):
        file = lock(file_id, State.UNDOING)
        if file is None:
            return
        brought = Transaction.objects.filter(changeset=file.changeset)
        TransactionTag.objects.filter(transaction__in=brought).delete()
        brought.delete()
        Changeset.objects.filter(import_file=file).update(undone_at=timezone.now())
        Revision.go_up()
        move(file, State.UNDOING, State.ROLLED_BACK)


def cancel(file: ImportFile) -> None:
    """Drops a file that was not imported, with what was read of it."""
    move(file, (State.UPLOADED, State.NEEDS_COLUMNS, State.READ, State.FAILED), State.CANCELLED)
    ImportRow.objects.of_file(file).delete()


def decide(file: ImportFile, *, shown: set[int], ticked: set[int]) -> None:
    """Keeps the person's ticks on the rows shown (by position): a tick that agrees with the verdict is no decision."""
    if file.state != State.READ:
        raise NotNow("This file has been imported or cancelled by now; nothing was changed.")
    rows = ImportRow.objects.of_file(file).filter(position__in=shown, date__isnull=False)
    is_ticked = Case(When(position__in=ticked, then=True), default=False, output_field=BooleanField())
    is_new = Case(When(verdict=Verdict.NEW, then=True), default=False, output_field=BooleanField())
    rows.annotate(is_ticked=is_ticked).update(
        decision=Case(When(Q(is_ticked=is_new), then=None), default=is_ticked, output_field=BooleanField(null=True))
    )
