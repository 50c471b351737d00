"""Buckets, other tags and status of rows: set-based, inside a deed of the journal, on the rows that differ only.

What takes rows returns the ids of those that it changed.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.ledger.journal import Deed
from apps.ledger.models import Tag, Transaction, TransactionTag
from apps.ledger.models.transactions import TransactionQuerySet
from apps.tenancy.planes import LEDGER

PERSON = Transaction.BucketSource.PERSON
_DECIDED = frozenset({PERSON, Transaction.BucketSource.RULE})

_TAKE_BUCKETS = """
    DELETE FROM ledger_transactiontag link USING ledger_tag tag
     WHERE link.transaction_id = ANY(%(ids)s) AND tag.id = link.tag_id AND tag.namespace = 'bucket'
"""
_GIVE_TAG = """
    INSERT INTO ledger_transactiontag (transaction_id, tag_id) SELECT unnest(%(ids)s::bigint[]), %(tag)s
"""
_TAKE_TAG = "DELETE FROM ledger_transactiontag WHERE transaction_id = ANY(%(ids)s) AND tag_id = %(tag)s"
_SAY_SOURCE = """
    UPDATE ledger_transaction SET bucket_source = %(source)s, needs_review = needs_review AND NOT %(is_looked_at)s
     WHERE id = ANY(%(ids)s)
"""
_SET_STATUS = "UPDATE ledger_transaction SET status = %(status)s WHERE id = ANY(%(ids)s)"


def set_bucket(
    rows: TransactionQuerySet, tag: Tag | None, *, deed: Deed, source: str = Transaction.BucketSource.PERSON
) -> list[int]:
    """Makes `tag` the one bucket of the rows, in place of the one they have or of their split; None leaves none.

    What a person says (even: none), or a rule of theirs, also takes the rows out of the review; a guess leaves them.
    """
    ids = deed.touch(_in_another_bucket(rows, tag, source), "buckets", "bucket_source", "needs_review")
    take_buckets(ids)
    if tag is not None:
        _run(_GIVE_TAG, ids, tag=tag.pk)
    say_source(ids, source)
    return ids


def take_buckets(ids: Sequence[int]) -> None:
    """Leaves rows that a deed has touched without a bucket and without a split."""
    _run(_TAKE_BUCKETS, ids)


def say_source(ids: Sequence[int], source: str) -> None:
    """Says who gave rows that a deed has touched their buckets: a person's word and a rule's end the review."""
    _run(_SAY_SOURCE, ids, source=source, is_looked_at=source in _DECIDED)


def add_tag(rows: TransactionQuerySet, tag: Tag, *, deed: Deed) -> list[int]:
    """Adds an occasion or another word that is no bucket."""
    ids = deed.touch(rows.exclude(Exists(_link_of_row(tag=tag))), "tags")
    _run(_GIVE_TAG, ids, tag=tag.pk)
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
    if source == PERSON and tag is not None:
        differs |= ~Q(bucket_source=PERSON)
    return rows.filter(differs)


def _link_of_row(**fields: Any) -> QuerySet[TransactionTag]:
    return TransactionTag.objects.filter(transaction_id=OuterRef("pk"), **fields)


def _run(statement: str, ids: Sequence[int], **values: Any) -> None:
    if ids:
        with connections[LEDGER].cursor() as cursor:
            cursor.execute(statement, {"ids": list(ids), **values})
