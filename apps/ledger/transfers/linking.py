"""Linking two rows as one transfer, taking them apart again, and marking rows whose other end is not in the ledger."""

from collections.abc import Collection, Sequence

from django.db import IntegrityError
from django.db.models import F, Q, QuerySet, TextChoices

from apps.core.money import plain
from apps.ledger import journal
from apps.ledger.models import Account, Change, Changeset, Transaction, Transfer, TransferRejection
from apps.ledger.models.transactions import TransactionQuerySet
from apps.ledger.transfers.errors import CannotLink, CannotUnmark


class After(TextChoices):
    """What two rows are when they are taken apart."""

    AS_BEFORE = "as-before", "What they were before they were linked"
    TRANSFERS = "transfers", "Transfers without a partner, left out of spending"
    ORDINARY = "ordinary", "Ordinary rows, counted in spending and income"


def link(pairs: Sequence[tuple[int, int]], *, as_of: int | None, actor_id: int | None) -> Changeset | None:
    """Makes one transfer of the two rows of every pair, in whatever order they stand; all of them or none.

    Raises CannotLink, or ChangedMeanwhile if a row was changed after version `as_of` of the data. A pair that was
    rejected once is not any more.
    """
    ids = [pk for pair in pairs for pk in pair]
    try:
        with journal.deed(Changeset.Kind.TRANSFER, actor_id=actor_id) as deed:
            deed.touch(Transaction.objects.filter(pk__one_of=ids), "is_transfer")
            rows = Transaction.objects.select_related("account").in_bulk(ids)
            ends = [_ends(rows, pair) for pair in pairs]
            # The database refuses a row that is in two transfers, also when another tab made the other one just now.
            made = Transfer.objects.bulk_create([Transfer(outgoing=sent, incoming=got) for sent, got in ends])
            journal.refuse_stale(ids, as_of)
            deed.made(Transfer, [transfer.pk for transfer in made])
            Transaction.objects.filter(pk__one_of=ids).update(is_transfer=True)
            _forget_rejections(ends)
            _note(deed, _told(ends))
    except IntegrityError:
        raise CannotLink(
            "One of these rows is part of another transfer already. Unlink that one first, or choose another row."
        ) from None
    return deed.changeset


def _ends(rows: dict[int, Transaction], pair: tuple[int, int]) -> tuple[Transaction, Transaction]:
    """The row that sent and the row that received. Raises CannotLink."""
    if pair[0] == pair[1]:
        raise CannotLink("A row cannot be linked to itself. Choose the row of the other account.")
    if not rows.keys() >= {*pair}:
        raise CannotLink("One of these rows is not there any more. Look at what is there now.")
    sent, received = sorted((rows[pair[0]], rows[pair[1]]), key=lambda row: row.amount)
    if sent.account_id == received.account_id:
        raise CannotLink(f"Both rows are of the account {sent.account.name}. A transfer is between two accounts.")
    if not sent.amount < 0 < received.amount:
        raise CannotLink(
            "A transfer takes money out of one account and puts it into the other: choose one row of each."
        )
    return sent, received


def _forget_rejections(ends: list[tuple[Transaction, Transaction]]) -> None:
    rejected = Q()
    for sent, received in ends:
        rejected |= Q(outgoing_id=sent.pk, incoming_id=received.pk)
    TransferRejection.objects.filter(rejected).delete()


def _told(ends: list[tuple[Transaction, Transaction]]) -> str:
    if len(ends) > 1:
        return f"Linked {len(ends)} transfers"
    ((sent, received),) = ends
    return f"Linked {plain(-sent.amount, sent.account.currency)} from {sent.account.name} to {received.account.name}"


def unlink(transfer: Transfer, *, after: After, actor_id: int | None) -> Changeset | None:
    """Takes the two rows apart."""
    ids = [transfer.outgoing_id, transfer.incoming_id]
    rows = Transaction.objects.filter(pk__one_of=ids)
    were = marks_before(transfer)
    stay = {
        After.AS_BEFORE: [pk for pk in ids if were.get(pk, False)],
        After.TRANSFERS: ids,
        After.ORDINARY: [],
    }[after]
    with journal.deed(Changeset.Kind.TRANSFER, actor_id=actor_id, note="Unlinked a transfer") as deed:
        deed.touch(rows, "is_transfer")
        deed.take_out(Transfer.objects.filter(pk=transfer.pk))
        rows.filter(pk__one_of=stay).update(is_transfer=True)
        rows.exclude(pk__one_of=stay).update(is_transfer=False)
    return deed.changeset


def marks_before(transfer: Transfer) -> dict[int, bool]:
    """Whether each of the two rows was marked as a transfer before they were linked; empty if that is not known."""
    makings = Change.objects.filter(table="ledger.transfer", row_id=transfer.pk, before__isnull=True)
    made = makings.order_by("-pk").first()
    if made is None:
        return {}
    ids = (transfer.outgoing_id, transfer.incoming_id)
    images = Change.objects.filter(changeset=made.changeset_id, table="ledger.transaction", row_id__one_of=ids)
    known = dict(images.values_list("row_id", "before"))
    # A row that the deed did not change was a transfer before as well.
    return {pk: (known.get(pk) or {}).get("is_transfer", True) for pk in ids}


def mark(ids: Collection[int], *, as_of: int | None, actor_id: int | None) -> Changeset | None:
    """Counts the rows as transfers whose other end is not in the ledger: they leave spending and income."""
    return _set_mark(ids, is_transfer=True, as_of=as_of, actor_id=actor_id)


def unmark(ids: Collection[int], *, as_of: int | None, actor_id: int | None) -> Changeset | None:
    """Counts the rows as spending and income again. Raises CannotUnmark if one is linked."""
    return _set_mark(ids, is_transfer=False, as_of=as_of, actor_id=actor_id)


def _set_mark(ids: Collection[int], *, is_transfer: bool, as_of: int | None, actor_id: int | None) -> Changeset | None:
    with journal.deed(Changeset.Kind.TRANSFER, actor_id=actor_id) as deed:
        changed = len(set_mark(Transaction.objects.filter(pk__one_of=ids), is_transfer=is_transfer, deed=deed))
        journal.refuse_stale(ids, as_of)
        rows = "1 row" if changed == 1 else f"{changed} rows"
        _note(deed, f"{rows} marked as transfers" if is_transfer else f"{rows} not transfers any more")
    return deed.changeset


def set_mark(rows: TransactionQuerySet, *, is_transfer: bool, deed: journal.Deed) -> list[int]:
    """Returns the ids of the rows that changed. Raises CannotUnmark if one that is linked would lose its mark."""
    ids = deed.touch(rows.exclude(is_transfer=is_transfer), "is_transfer")
    if not is_transfer and Transfer.objects.of_rows(ids).exists():
        raise CannotUnmark("A row that is linked to its partner stays a transfer. Unlink the two first.")
    Transaction.objects.filter(pk__one_of=ids).update(is_transfer=is_transfer)
    return ids


def within_one_account() -> QuerySet[Transfer]:
    """Transfers that are none: both rows stand in one account. Ask it after rows were moved."""
    return Transfer.objects.filter(outgoing__account=F("incoming__account"))


def transfers_between(one: Account, other: Account) -> QuerySet[Transfer]:
    """Those that link a row of the one with a row of the other."""
    there = Q(outgoing__account=one, incoming__account=other)
    return Transfer.objects.filter(there | Q(outgoing__account=other, incoming__account=one))


def _note(deed: journal.Deed, words: str) -> None:
    assert deed.changeset is not None
    Changeset.objects.filter(pk=deed.changeset.pk).update(note=words[:300])
