"""Changing and deleting rows of the ledger so that it is known what they were: set-based, one changeset a deed."""

from typing import Any

from django.db import connections

from apps.ledger.models import Changeset, Revision, Transaction, TransactionTag
from apps.ledger.models.transactions import TransactionQuerySet
from apps.tenancy.planes import LEDGER

_IMAGE = """
    to_jsonb(t) || jsonb_build_object('tags', coalesce(
        (SELECT jsonb_agg(jsonb_build_object('tag_id', g.tag_id, 'amount', g.amount) ORDER BY g.tag_id)
           FROM ledger_transactiontag g WHERE g.transaction_id = t.id), '[]'))
"""
_BEFORE = f"""
    INSERT INTO ledger_change (changeset_id, transaction_id, before)
    SELECT %(changeset)s, t.id, {_IMAGE} FROM ledger_transaction t WHERE t.id = ANY(%(ids)s)
"""  # noqa: S608
_AFTER = f"""
    UPDATE ledger_change c SET after = {_IMAGE}
      FROM ledger_transaction t WHERE c.changeset_id = %(changeset)s AND t.id = c.transaction_id
"""  # noqa: S608


def edit_rows(rows: TransactionQuerySet, *, actor_id: int | None = None, **values: Any) -> Changeset:
    """Sets the fields of every row to the values."""
    ids = _lock(rows)
    changeset = Changeset.objects.create(kind=Changeset.Kind.EDIT, actor_id=actor_id)
    _run(_BEFORE, changeset, ids)
    Transaction.objects.filter(pk__in=ids).update(**values)
    _run(_AFTER, changeset, ids)
    Revision.go_up()
    return changeset


def delete_rows(rows: TransactionQuerySet, *, actor_id: int | None = None) -> Changeset:
    """Deletes the rows. The next import that brings one of them asks instead of bringing it back."""
    ids = _lock(rows)
    changeset = Changeset.objects.create(kind=Changeset.Kind.DELETE, actor_id=actor_id)
    _run(_BEFORE, changeset, ids)
    TransactionTag.objects.filter(transaction__in=ids).delete()
    Transaction.objects.filter(pk__in=ids).delete()
    Revision.go_up()
    return changeset


def _lock(rows: TransactionQuerySet) -> list[int]:
    """The ids, locked in their order, so that two deeds at once cannot wait for each other."""
    return list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def _run(statement: str, changeset: Changeset, ids: list[int]) -> None:
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(statement, {"changeset": changeset.pk, "ids": ids})
