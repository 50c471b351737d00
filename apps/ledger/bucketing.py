"""Buckets, other tags and status of rows: set-based, inside a deed of the journal, on the rows that differ only.

All of them return the ids of the rows that they changed.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.ledger.journal import Deed
from apps.ledger.models import Tag, TransactionTag
from apps.ledger.models.transactions import TransactionQuerySet
from apps.tenancy.statements import run

Source = TransactionTag.Source
_DECIDED = frozenset({Source.PERSON, Source.RULE})

_TAKE_BUCKETS = """
    DELETE FROM ledger_transactiontag link USING ledger_tag tag
     WHERE link.transaction_id = ANY(%(ids)s) AND tag.id = link.tag_id AND tag.namespace = 'bucket'
"""
_GIVE_TAG = """
    INSERT INTO ledger_transactiontag (transaction_id, tag_id, source)
    SELECT unnest(%(ids)s::bigint[]), %(tag)s, %(source)s
"""
_TAKE_TAG = "DELETE FROM ledger_transactiontag WHERE transaction_id = ANY(%(ids)s) AND tag_id = %(tag)s"
# Only rows that wait are written: every write of a row costs all of its indexes.
_REVIEWED = "UPDATE ledger_transaction SET needs_review = false WHERE id = ANY(%(ids)s) AND needs_review"
_SET_STATUS = "UPDATE ledger_transaction SET status = %(status)s WHERE id = ANY(%(ids)s)"


def set_bucket(rows: TransactionQuerySet, tag: Tag | None, *, deed: Deed, source: str = Source.PERSON) -> list[int]:
    """Makes `tag` the one bucket of the rows, in place of the one they have or of their split; None leaves none.

    What a person says (even: none), or a rule of theirs, also takes the rows out of the review; a guess leaves them.
    """
    ids = take_buckets(_in_another_bucket(rows, tag, source), deed=deed, source=source)
    if tag is not None:
        _run(_GIVE_TAG, ids, tag=tag.pk, source=source)
    return ids


def take_buckets(rows: TransactionQuerySet, *, deed: Deed, source: str) -> list[int]:
    """Leaves the rows without bucket or split, for `source` to give them others; returns their ids."""
    ids = deed.touch(rows, "buckets", "needs_review")
    _run(_TAKE_BUCKETS, ids)
    if source in _DECIDED:
        _run(_REVIEWED, ids)
    return ids


def add_tag(rows: TransactionQuerySet, tag: Tag, *, deed: Deed) -> list[int]:
    """Adds an occasion or another word that is no bucket."""
    ids = deed.touch(rows.exclude(Exists(_link_of_row(tag=tag))), "tags")
    _run(_GIVE_TAG, ids, tag=tag.pk, source="")
    return ids


def remove_tag(rows: TransactionQuerySet, tag: Tag, *, deed: Deed) -> list[int]:
    """Takes an occasion or another word that is no bucket away."""
    ids = deed.touch(rows.filter(Exists(_link_of_row(tag=tag))), "tags")
    _run(_TAKE_TAG, ids, tag=tag.pk)
    return ids


def set_status(rows: TransactionQuerySet, status: str, *, deed: Deed) -> list[int]:
    """One of Transaction.Status. Raises journal.LockedRows for rows that a reconciliation holds."""
    ids = deed.touch(rows.exclude(status=status), "status")
    _run(_SET_STATUS, ids, status=status)
    return ids


def _in_another_bucket(rows: TransactionQuerySet, tag: Tag | None, source: str) -> TransactionQuerySet:
    """Rows that would change: in another bucket, split, or in this one without the word of a person or a rule."""
    buckets = _link_of_row(tag__namespace=Tag.Namespace.BUCKET)
    differs = Q(Exists(buckets)) if tag is None else ~Q(Exists(buckets.filter(tag=tag, amount=None)))
    if source in _DECIDED:
        differs |= Q(needs_review=True)
    if source == Source.PERSON and tag is not None:
        differs |= ~Q(Exists(buckets.filter(source=Source.PERSON)))
    return rows.filter(differs)


def _link_of_row(**fields: Any) -> QuerySet[TransactionTag]:
    return TransactionTag.objects.filter(transaction_id=OuterRef("pk"), **fields)


def _run(statement: str, ids: list[int], **values: Any) -> None:
    if ids:
        run(statement, ids=ids, **values)
