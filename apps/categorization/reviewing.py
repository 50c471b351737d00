"""The queue of rows whose bucket nobody has looked at yet, newest first; an answer is one deed with its undoing."""

from dataclasses import dataclass

from django.db.models import Q

from apps.core.errors import ExpectedError, Gone
from apps.core.paging import Cursor
from apps.ledger import bucketing, journal
from apps.ledger.journal import Deed
from apps.ledger.models import Changeset, Revision, Tag, Transaction
from apps.ledger.models.transactions import TransactionQuerySet
from apps.tenancy.context import HouseholdLike
from apps.tenancy.keys import cached
from apps.tenancy.statements import run

COUNT_SECONDS = 600
SHOWN_NEXT = 4
WHOSE = {"": "Everybody’s", "mine": "Mine", "nobody": "Nobody’s yet"}
# What was guessed and is left as it is has been chosen by whoever left it.
_ACCEPT = (
    """
    UPDATE ledger_transactiontag link SET source = 'person' FROM ledger_tag tag
     WHERE link.transaction_id = ANY(%(ids)s) AND tag.id = link.tag_id AND tag.namespace = 'bucket'
    """,
    "UPDATE ledger_transaction SET needs_review = false WHERE id = ANY(%(ids)s)",
)


class RowGone(Gone):
    """Another member deleted the row."""

    def __init__(self) -> None:
        super().__init__("This row is not there any more, and nothing was changed. Go on with the next one.")


class AlreadyReviewed(ExpectedError):
    """Another member was faster."""

    def __init__(self, row: Transaction) -> None:
        name = row.merchant or row.description or "That row"
        super().__init__(f"{name} was reviewed meanwhile. Nothing was changed; here is the next one.")


class OthersWaitNow(ExpectedError):
    """The rows that were to be left as they are, are not those that the person was asked about."""

    def __init__(self) -> None:
        super().__init__(
            "Some of these rows were changed, or came in, after you opened this page, and nothing was changed. Look "
            "again, and say it once more if it is still so."
        )


@dataclass(frozen=True)
class Answer:
    """What a person says about a row. No bucket: what it has is right. `notes` None leaves the notes as they are."""

    bucket: Tag | None = None
    occasion: Tag | None = None
    notes: str | None = None
    for_all_of_merchant: bool = False


@dataclass(frozen=True)
class Queue:
    """The row to look at, those behind it, and how many wait in all."""

    rows: list[Transaction]
    left_count: int
    older_count: int


def waiting(*, whose: str = "", person_id: int | None = None) -> TransactionQuerySet:
    """Rows that need a review, and may be given it: everybody's, those assigned to the person (`mine`), or to
    `nobody`."""
    rows = Transaction.objects.writable().filter(needs_review=True)
    match whose:
        case "mine":
            return rows.filter(assigned_to_id=person_id)
        case "nobody":
            return rows.filter(assigned_to_id=None)
    return rows


def waiting_count(household: HouseholdLike) -> int:
    """How many rows of the household wait, for the navigation; counted once for each version of the data."""
    return cached(household, "waiting", Revision.current(), seconds=COUNT_SECONDS, make=lambda: waiting().count())


def queue(rows: TransactionQuerySet, after: Cursor | None) -> Queue:
    """The queue from the row behind the cursor on; from its beginning if there is none behind it."""
    left_count = rows.count()
    older = rows if after is None else older_than(rows, after)
    shown = list(older.newest_first().select_related("account")[: SHOWN_NEXT + 1])
    if not shown and after is not None and left_count:
        return queue(rows, None)
    older_count = older_than(rows, cursor_at(shown[0])).count() if shown else 0
    return Queue(shown, left_count, older_count)


def older_than(rows: TransactionQuerySet, cursor: Cursor) -> TransactionQuerySet:
    return rows.filter(date__lte=cursor.date).filter(Q(date__lt=cursor.date) | Q(pk__lt=cursor.pk))


def cursor_at(row: Transaction) -> Cursor:
    return Cursor(row.date, row.pk)


def same_merchant(row: Transaction) -> TransactionQuerySet:
    """The other waiting rows of the row's merchant."""
    return waiting().filter(merchant=row.merchant).exclude(merchant="").exclude(pk=row.pk)


def existing(row_id: int, *, is_held: bool = False) -> Transaction:
    """The row, locked if it is to be held. Raises RowGone."""
    rows = Transaction.objects.select_for_update(of=("self",)) if is_held else Transaction.objects.all()
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise RowGone
    return row


def answer(row_id: int, said: Answer, *, actor_id: int, as_of: int | None) -> Changeset | None:
    """Does what the person said.

    Raises RowGone, AlreadyReviewed, or ChangedMeanwhile for a row that is not as it was shown.
    """
    row = existing(row_id, is_held=True)
    if not row.needs_review:
        raise AlreadyReviewed(row)
    journal.refuse_stale([row_id], as_of)
    only = Transaction.objects.filter(pk=row_id)
    rows = waiting().filter(Q(pk=row_id) | Q(merchant=row.merchant)) if _is_for_all(row, said) else only
    with journal.deed(Changeset.Kind.REVIEW, actor_id=actor_id, note=_note(row, said, rows)) as deed:
        if said.bucket is None:
            _accept(rows, deed)
        else:
            bucketing.set_bucket(rows, said.bucket, deed=deed)
        if said.occasion is not None:
            bucketing.add_tag(only, said.occasion, deed=deed)
        if said.notes is not None and said.notes != row.notes:
            deed.touch(only, "notes")
            only.update(notes=said.notes)
    return deed.changeset


def accept_from(
    rows: TransactionQuerySet, row: Transaction, *, actor_id: int, as_of: int | None, count: int | None
) -> Changeset | None:
    """Leaves the row and all older ones of `rows` as they are: nobody is to look at them any more.

    `count` is how many these were when the person was asked, in version `as_of` of the data. Raises OthersWaitNow.
    """
    older = rows.filter(date__lte=row.date).filter(Q(date__lt=row.date) | Q(pk__lte=row.pk))
    note = f"Reviewed as they are: {row.date:%-d %B %Y} and older"
    with journal.deed(Changeset.Kind.REVIEW, actor_id=actor_id, note=note) as deed:
        ids = _accept(older, deed)
        if len(ids) != count or as_of is None or journal.changed_since(ids, as_of):
            raise OthersWaitNow
    return deed.changeset


def assign(row: Transaction, person_id: int | None, *, name: str, actor_id: int) -> Changeset | None:
    """Gives the row to a member, who finds it among theirs; None to nobody."""
    note = f"{row.merchant or row.description} given to {name}"
    with journal.deed(Changeset.Kind.REVIEW, actor_id=actor_id, note=note) as deed:
        rows = Transaction.objects.filter(pk=row.pk)
        deed.touch(rows, "assigned_to_id")
        rows.update(assigned_to_id=person_id)
    return deed.changeset


def _accept(rows: TransactionQuerySet, deed: Deed) -> list[int]:
    ids = deed.touch(rows, "needs_review", "buckets")
    for statement in _ACCEPT:
        run(statement, ids=ids)
    return ids


def _is_for_all(row: Transaction, said: Answer) -> bool:
    return said.for_all_of_merchant and row.merchant != ""


def _note(row: Transaction, said: Answer, rows: TransactionQuerySet) -> str:
    name = row.merchant or row.description
    count = rows.count() if _is_for_all(row, said) else 1
    what = f"is {said.bucket.name}" if said.bucket else "reviewed as it is"
    return f"{name} {what}" + (f" on {count} rows" if count > 1 else "")
