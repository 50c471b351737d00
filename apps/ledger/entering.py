"""One row: entered by hand, edited, deleted. Every deed is journalled and can be undone."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Exists, OuterRef, Q

from apps.core.errors import ExpectedError
from apps.households.opened import opened_household
from apps.ledger import bucketing, journal
from apps.ledger.models import Account, Changeset, Tag, Transaction, TransactionTag, Transfer
from apps.ledger.models.transactions import TransactionQuerySet
from apps.ledger.sharing import refuse_to_hide
from apps.ledger.splitting import refuse_unbalanced_split
from apps.plans import metering
from apps.tenancy.context import check_references

MOST_NOTES = 5000


class NotesTooLong(ExpectedError):
    def __init__(self, length: int) -> None:
        super().__init__(
            f"Notes have at most {MOST_NOTES:,} signs, and these have {length:,}. Nothing was saved; make them shorter."
        )


class TransferDoesNotFit(ExpectedError):
    """One side of a linked transfer was changed so that the two are no movement between two accounts any more."""


def enter(
    *,
    actor_id: int,
    bucket: Tag | None = None,
    tags: Collection[Tag] = (),
    form_key: UUID | None = None,
    **values: Any,
) -> tuple[Transaction, Changeset]:
    """A row that a person entered: `values` are its columns, the amount signed.

    It counts among the rows that came in, also if it is deleted later. Raises RowLimitReached. A row that is there
    already by the same `form_key` is a UniqueViolation; `entered_by` finds it.
    """
    with (
        _one_row_taken(),
        journal.deed(Changeset.Kind.MANUAL, actor_id=actor_id, note=f"Entered {_name(values)}") as deed,
    ):
        changeset = deed.changeset
        assert changeset is not None  # a deed that makes a row changes something
        if form_key is not None:
            _take_key(changeset, form_key)
        row = Transaction(changeset=changeset, **values)
        row.status = Transaction.Status.MANUALLY_ENTERED
        row.save()
        links = [TransactionTag(transaction=row, tag=tag) for tag in tags]
        if bucket:
            links.append(TransactionTag(transaction=row, tag=bucket, source=TransactionTag.Source.PERSON))
        TransactionTag.objects.bulk_create(links)
        deed.made(Transaction, [row.pk])
        check_references()
    return row, changeset


@contextmanager
def _one_row_taken() -> Iterator[None]:
    """One row of what the plan has left; given back if nothing was entered after all."""
    household, key = opened_household(), f"row {uuid4()}"
    metering.take(household.entitlements, household.zone, key=key, row_count=1)
    try:
        yield
    except BaseException:
        metering.give_back(household.pk, key=key)
        raise


def _take_key(changeset: Changeset, form_key: UUID) -> None:
    """What was entered and is gone since may be entered again."""
    same = Changeset.objects.filter(form_key=form_key)
    same.exclude(Exists(Transaction.objects.filter(changeset=OuterRef("pk")))).update(form_key=None)
    Changeset.objects.filter(pk=changeset.pk).update(form_key=form_key)


def entered_by(form_key: UUID | None) -> Transaction | None:
    """The row that the form brought when it was sent before."""
    sent = Transaction.objects.filter(changeset__form_key=form_key)
    return sent.first() if form_key is not None else None


def edit(
    row: Transaction,
    *,
    actor_id: int,
    as_of: int | None,
    values: dict[str, Any],
    tags: Collection[Tag],
    bucket: Tag | None,
) -> Changeset | None:
    """Makes the row say this, in one deed; None if it said so already. A row that is split stays split.

    Raises journal.ChangedMeanwhile, journal.LockedRows, BadSplit, WouldVanish or TransferDoesNotFit, and then does
    nothing.
    """
    with journal.deed(Changeset.Kind.EDIT, actor_id=actor_id, note=f"Edited {_name(vars(row))}") as deed:
        row = _lock(row, as_of)
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if "account" in changed:
            refuse_to_hide(Transaction.objects.filter(pk=row.pk), changed["account"])
        _refuse_misfit(row, **{name: changed[name] for name in ("amount", "account") if name in changed})
        _set_values(row, changed, deed)
        refuse_unbalanced_split([row.pk])
        _set_tags(row, bucket=bucket, tags=tags, deed=deed)
    return deed.changeset


def delete(row: Transaction, *, actor_id: int, as_of: int | None) -> Changeset | None:
    """Deletes the row; the other side of its transfer stays, unlinked. Raises ChangedMeanwhile or LockedRows."""
    with journal.deed(Changeset.Kind.DELETE, actor_id=actor_id, note=f"Deleted {_name(vars(row))}") as deed:
        _lock(row, as_of)
        deed.take_out(Transaction.objects.filter(pk=row.pk))
    return deed.changeset


def clean_notes(text: str) -> str:
    """What a person typed, without what PostgreSQL cannot keep. Raises NotesTooLong."""
    notes = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(notes) > MOST_NOTES:
        raise NotesTooLong(len(notes))
    return notes


def set_notes(rows: TransactionQuerySet, notes: str, *, deed: journal.Deed) -> list[int]:
    """The notes of the rows; returns the ids of those that had others."""
    ids = deed.touch(rows.exclude(notes=notes), "notes")
    Transaction.objects.filter(pk__one_of=ids).update(notes=notes)
    return ids


def other_side(row: Transaction) -> Transaction | None:
    """The row at the other end of its linked transfer."""
    linked = Q(sent_transfers__incoming=row) | Q(received_transfers__outgoing=row)
    return Transaction.objects.select_related("account").filter(linked).first()


def is_linked(row: Transaction) -> bool:
    """Whether it is part of a transfer, also of one whose other side the person does not see."""
    return Transfer.objects.of_rows([row.pk]).exists()


def is_split(row: Transaction) -> bool:
    return TransactionTag.objects.filter(transaction=row, amount__isnull=False).exists()


def _name(values: Mapping[str, Any]) -> str:
    return values.get("merchant") or values.get("description") or "a row without text"


def _lock(row: Transaction, as_of: int | None) -> Transaction:
    """The row as it stands, and as it stays until the deed is done."""
    found = Transaction.objects.filter(pk=row.pk).select_for_update(of=("self",)).first()
    journal.refuse_stale([row.pk], as_of)
    if found is None:
        raise journal.ChangedMeanwhile(1)
    return found


def _set_values(row: Transaction, changed: dict[str, Any], deed: journal.Deed) -> None:
    if "account" in changed:
        changed = {**changed, "running_balance": None}  # The bank stated it of the other account.
    if changed:
        columns = ["account_id" if name == "account" else name for name in changed]
        deed.touch(Transaction.objects.filter(pk=row.pk), *columns)
        Transaction.objects.filter(pk=row.pk).update(**changed)


def _set_tags(row: Transaction, *, bucket: Tag | None, tags: Collection[Tag], deed: journal.Deed) -> None:
    rows = Transaction.objects.filter(pk=row.pk)
    now = set(Tag.objects.filter(transaction_tags__transaction=row, transaction_tags__amount=None))
    buckets = {tag for tag in now if tag.namespace == Tag.Namespace.BUCKET}
    if not is_split(row) and buckets != ({bucket} if bucket else set()):
        bucketing.set_bucket(rows, bucket, deed=deed)
    for tag in set(tags) - now:
        bucketing.add_tag(rows, tag, deed=deed)
    for tag in now - buckets - set(tags):
        bucketing.remove_tag(rows, tag, deed=deed)


def _refuse_misfit(row: Transaction, *, amount: Decimal | None = None, account: Account | None = None) -> None:
    if amount is None and account is None:
        return
    other = other_side(row)
    if other is None:
        if amount is not None and amount * row.amount <= 0 and is_linked(row):
            raise TransferDoesNotFit(
                "This row is one side of a transfer whose other side you do not see. Keep its direction, or ask who "
                "sees both to unlink the two first."
            )
        return
    if amount is not None and amount * other.amount >= 0:
        direction = "in" if other.amount > 0 else "out"
        raise TransferDoesNotFit(
            f"The other side of this transfer, in {other.account.name}, is money {direction}, too. Unlink the two "
            "first, or keep the direction."
        )
    if account is not None and account == other.account:
        raise TransferDoesNotFit(
            f"The other side of this transfer stands in {account.name} already. Unlink the two first, or choose "
            "another account."
        )
