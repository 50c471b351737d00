"""Taking an import back: afterwards the ledger is as if that file had never been imported.

Rows that another imported file lists, too, stay, and belong to that file from then on. Rows that somebody changed since
are conflicts: they stay unless the person said that they go as well.
"""

from collections import Counter
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Sum
from django.utils import timezone
from psycopg.errors import ForeignKeyViolation

from apps.households.rights import NoLongerAllowed, check_may_write
from apps.imports import allowing
from apps.imports.errors import NotNow
from apps.imports.models import AccountHint, ImportFile, ImportRow
from apps.imports.states import State, lock, lock_writable, move
from apps.ledger.models import Account, Change, Changeset, Revision, StatedBalance, Transaction
from apps.ledger.models.transactions import TransactionQuerySet
from apps.tenancy.context import HouseholdLike, check_references, current_narrowing, household_context
from apps.tenancy.planes import LEDGER
from apps.tenancy.statements import fetch, run

# Of several imports that have the row, the first one inherits it.
_HAND_OVER = """
    UPDATE ledger_transaction t SET changeset_id = heir.changeset_id
      FROM (SELECT DISTINCT ON (r.resembles_id) r.resembles_id, f.changeset_id
              FROM imports_importrow r JOIN imports_importfile f ON f.id = r.file_id
             WHERE f.state = 'booked' AND f.id <> %(file)s AND r.verdict IN ('existing', 'similar') AND NOT r.comes_in
               AND r.resembles_id IS NOT NULL
             ORDER BY r.resembles_id, f.id) heir
     WHERE t.changeset_id = %(changeset)s AND t.id = heir.resembles_id
 RETURNING heir.changeset_id
"""


_LOCK = """
    SELECT count(*) FROM (SELECT FROM ledger_transaction WHERE changeset_id = %(changeset)s ORDER BY id FOR UPDATE)
           locked
"""
_TAKE_OUT = """
    WITH going AS MATERIALIZED (
        SELECT t.id FROM ledger_transaction t
         WHERE t.changeset_id = %(changeset)s
           AND t.reconciliation_id IS NULL
           AND (t.id = ANY(%(all_the_same)s)
                OR NOT EXISTS (SELECT FROM ledger_change c JOIN ledger_changeset s ON s.id = c.changeset_id
                                WHERE c."table" = 'ledger.transaction' AND c.row_id = t.id AND s.kind <> 'undo'
                                  AND (s.undone_at IS NULL
                                       OR NOT EXISTS (SELECT FROM ledger_changeset u JOIN ledger_change k
                                                          ON k.changeset_id = u.id AND k."table" = c."table"
                                                             AND k.row_id = c.row_id
                                                       WHERE u.undoes_id = s.id AND u.undone_at IS NULL))))
    ), tags AS (
        DELETE FROM ledger_transactiontag g USING going WHERE g.transaction_id = going.id
    ), transfers AS (
        DELETE FROM ledger_transfer x USING going WHERE going.id IN (x.outgoing_id, x.incoming_id)
    )
    DELETE FROM ledger_transaction t USING going WHERE t.id = going.id
"""

LINKED = (
    "Nothing was rolled back: a row of this import is linked to one of an account that you may not change. Ask the "
    "owner of that account to unlink the two first."
)


def brought(file: ImportFile) -> TransactionQuerySet:
    """The rows that the import brought and that are still there."""
    return Transaction.objects.filter(changeset=file.changeset_id)


def conflicts(file: ImportFile) -> TransactionQuerySet:
    """Those of them that somebody has changed since."""
    since = Change.objects.filter(table="ledger.transaction", row_id=OuterRef("pk")).in_force()
    return brought(file).filter(Exists(since))


def shared(file: ImportFile) -> TransactionQuerySet:
    """Those of them that another imported file lists, too."""
    claims = file.rows.model.objects.filter(
        resembles_id=OuterRef("pk"), verdict__in=["existing", "similar"], comes_in=False, file__state=State.BOOKED
    ).exclude(file=file.pk)
    return brought(file).filter(Exists(claims))


def order_roll_back(file: ImportFile, *, take_out: Collection[int] = (), actor_id: int | None = None) -> None:
    """Orders that the import be rolled back, with those of the changed rows that are to go all the same (their ids)."""
    move(file, State.BOOKED, State.UNDOING, error="", taken_out_ids=sorted(take_out), ordered_by_id=actor_id)


def roll_back_file(household: HouseholdLike, file_id: int, *, person_id: int | None = None) -> None:
    """Does what was ordered, in one transaction, once; unless who ordered it may do so no longer."""
    try:
        with household_context(household, person_id=person_id):
            file = lock_writable(file_id, State.UNDOING)
            if file is not None:
                check_may_write(household, file.ordered_by_id)
                _roll_back_or_tell(file)
    except (NoLongerAllowed, NotNow) as refused:
        with household_context(household):
            file = lock(file_id, State.UNDOING)
            if file is not None:
                move(file, State.UNDOING, State.BOOKED, error=str(refused))


def _roll_back_or_tell(file: ImportFile) -> None:
    """Leaves the import as it is, with a sentence, where a row of it is linked to one that must not be touched."""
    try:
        with transaction.atomic(using=LEDGER):
            _roll_back(file)
            check_references()
    except IntegrityError as error:
        if current_narrowing() is None or not isinstance(error.__cause__, ForeignKeyViolation):
            raise
        move(file, State.UNDOING, State.BOOKED, error=LINKED)


def _roll_back(file: ImportFile) -> None:
    Account.objects.select_for_update(of=("self",), no_key=True).get(import_files=file)
    # An undoing that brings deleted rows of the import again waits, or is waited for.
    Changeset.objects.select_for_update(of=("self",), no_key=True).get(import_file=file)
    # Locked first, as deeds do it, so that the next statements see every change that was committed until then.
    run(_LOCK, changeset=file.changeset_id)
    handed_over = _hand_over(file)
    run(_TAKE_OUT, changeset=file.changeset_id, all_the_same=file.taken_out_ids)
    _forget_names(file)
    StatedBalance.objects.filter(changeset=file.changeset_id).delete()
    Changeset.objects.filter(import_file=file).update(undone_at=timezone.now())
    Revision.go_up()
    kept_count = brought(file).count()
    move(file, State.UNDOING, State.ROLLED_BACK, kept_count=kept_count)
    allowing.settle_later(file, row_count=kept_count, handed_over=handed_over)


def _forget_names(file: ImportFile) -> None:
    """The account is known by a name only as long as an import that is there shows it."""
    others = ImportFile.objects.filter(state=State.BOOKED, account=file.account_id).exclude(pk=file.pk)
    shown = {other.account_hint for other in others if other.shape == file.shape}
    of_file = ImportRow.objects.of_file(file).values("account_hint")
    hints = AccountHint.objects.filter(account=file.account_id, format=file.shape, hint__in=of_file)
    hints.exclude(hint__in=shown).delete()


def _hand_over(file: ImportFile) -> dict[ImportFile, int]:
    """Which others inherit rows, and how many."""
    found = fetch(_HAND_OVER, file=file.pk, changeset=file.changeset_id)
    counts = Counter(changeset for (changeset,) in found)
    heirs = {heir: counts[heir.changeset_id] for heir in ImportFile.objects.filter(changeset__in=counts)}
    for heir in heirs:
        held = brought(heir).aggregate(count=Count("pk"), total=Sum("amount"))
        ImportFile.objects.filter(pk=heir.pk).update(booked_count=held["count"], booked_total=held["total"])
    return heirs
