"""One row: entered by hand, edited, deleted. Every deed is journalled and can be undone."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from apps.core.errors import ExpectedError
from apps.ledger import bucketing, journal
from apps.ledger.models import Account, Changeset, Tag, Transaction, TransactionTag, Transfer


class SplitDoesNotSum(ExpectedError):
    """The amount of a split row was changed, and its parts were not."""

    def __init__(self) -> None:
        super().__init__(
            "This row is split, and its parts would no longer sum to the amount. Take the split away, change the "
            "amount, and split it again."
        )


class TransferDoesNotFit(ExpectedError):
    """One side of a linked transfer was changed so that the two are no movement between two accounts any more."""


def enter(
    *, actor_id: int, bucket: Tag | None = None, tags: Collection[Tag] = (), **values: Any
) -> tuple[Transaction, Changeset]:
    """A row that a person entered: `values` are its columns, the amount signed."""
    name = values.get("merchant") or values.get("description", "")
    with journal.deed(Changeset.Kind.MANUAL, actor_id=actor_id, note=f"Entered {name}"[:300]) as deed:
        row = Transaction.objects.create(changeset=deed.changeset, status=Transaction.Status.MANUALLY_ENTERED, **values)
        TransactionTag.objects.bulk_create(
            TransactionTag(transaction=row, tag=tag) for tag in ({bucket, *tags} if bucket else tags)
        )
        deed.made(Transaction, [row.pk])
    return row, deed.changeset


def edit(
    row: Transaction,
    *,
    actor_id: int,
    as_of: int,
    values: dict[str, Any],
    tags: Collection[Tag],
    bucket: Tag | None,
) -> Changeset | None:
    """Makes the row say this, in one deed; None if it said so already. The bucket of a split row stays its split.

    Raises journal.ChangedMeanwhile, journal.LockedRows, SplitDoesNotSum or TransferDoesNotFit, and then does nothing.
    """
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if "account" in changed:
        changed["running_balance"] = None  # The bank stated it of the other account.
    with journal.deed(
        Changeset.Kind.EDIT, actor_id=actor_id, note=f"Edited {row.merchant or row.description}"[:300]
    ) as deed:
        journal.refuse_stale([row.pk], as_of)
        _refuse_misfit(row, **{name: changed[name] for name in ("amount", "account") if name in changed})
        _set_values(row, changed, deed)
        _set_tags(row, bucket=bucket, tags=tags, deed=deed)
    return deed.changeset


def delete(row: Transaction, *, actor_id: int) -> Changeset | None:
    """Deletes the row; the other side of its transfer stays, unlinked."""
    note = f"Deleted {row.merchant or row.description}"[:300]
    with journal.deed(Changeset.Kind.DELETE, actor_id=actor_id, note=note) as deed:
        deed.take_out(Transaction.objects.filter(pk=row.pk))
    return deed.changeset


def other_side(row: Transaction) -> Transaction | None:
    """The row at the other end of its linked transfer."""
    linked = Q(sent_transfers__incoming=row) | Q(received_transfers__outgoing=row)
    return Transaction.objects.select_related("account").filter(linked).first()


def split_sum(row: Transaction) -> Decimal | None:
    """What the parts of the row sum to; None if it is not split."""
    total: Decimal | None = TransactionTag.objects.filter(transaction=row).aggregate(total=Sum("amount"))["total"]
    return total


def _set_values(row: Transaction, changed: dict[str, Any], deed: journal.Deed) -> None:
    if changed:
        columns = [Transaction._meta.get_field(name).attname for name in changed]
        deed.touch(Transaction.objects.filter(pk=row.pk), *columns)
        Transaction.objects.filter(pk=row.pk).update(**changed)


def _set_tags(row: Transaction, *, bucket: Tag | None, tags: Collection[Tag], deed: journal.Deed) -> None:
    rows = Transaction.objects.filter(pk=row.pk)
    now = set(Tag.objects.filter(transaction_tags__transaction=row, transaction_tags__amount=None))
    buckets = {tag for tag in now if tag.namespace == Tag.Namespace.BUCKET}
    if split_sum(row) is None and buckets != ({bucket} if bucket else set()):
        bucketing.set_bucket(rows, bucket, deed=deed)
    for tag in set(tags) - now:
        bucketing.add_tag(rows, tag, deed=deed)
    for tag in now - buckets - set(tags):
        bucketing.remove_tag(rows, tag, deed=deed)


def _refuse_misfit(row: Transaction, *, amount: Decimal | None = None, account: Account | None = None) -> None:
    if amount is not None and split_sum(row) not in {None, amount}:
        raise SplitDoesNotSum
    if (amount is None and account is None) or (other := other_side(row)) is None:
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
