"""Doing something to the ledger so that it is known what it did."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction
from django.db.models import Count, Q
from psycopg import sql

from apps.ledger.journal.errors import LockedRows
from apps.ledger.journal.images import EVERY, FACTS, fields_touched, image
from apps.ledger.journal.owning import accounts_of
from apps.ledger.journal.staleness import hold
from apps.ledger.journal.tables import label, table
from apps.ledger.models import Change, Changeset, Revision, Transaction, TransactionTag, Transfer
from apps.tenancy.planes import LEDGER
from apps.tenancy.statements import fetch, run

_BEFORE = """
    INSERT INTO ledger_change (changeset_id, "table", row_id, before, account_id, other_account_id)
    SELECT %(changeset)s, %(label)s, t.id, {image}, {account}, nullif({other_account}, {account})
      FROM {table} t WHERE t.id = ANY(%(ids)s)
"""
# A row that the deed touches twice was before what the first touch found.
_BEFORE_ONCE = f"""{_BEFORE}
    ON CONFLICT (changeset_id, "table", row_id) DO UPDATE SET before = excluded.before || ledger_change.before
"""
_MADE = """
    INSERT INTO ledger_change (changeset_id, "table", row_id, after)
    SELECT %(changeset)s, %(label)s, id, '{{}}' FROM unnest(%(ids)s::bigint[]) AS id
"""
_AFTER = """
    UPDATE ledger_change c
       SET after = {image}, account_id = coalesce(c.account_id, {account}),
           other_account_id = coalesce(nullif({other_account}, coalesce(c.account_id, {account})), c.other_account_id)
      FROM {table} t
     WHERE c.changeset_id = %(changeset)s AND c."table" = %(label)s AND t.id = c.row_id
"""
# Of rows touched in different fields each keeps the image of its own.
_ONLY_TOUCHED = """
    UPDATE ledger_change c
       SET after = (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(c.after) e WHERE c.before ? e.key)
     WHERE c.changeset_id = %(changeset)s AND c."table" = %(label)s AND c.before IS NOT NULL AND c.after IS NOT NULL
"""
_UNCHANGED = """
    DELETE FROM ledger_change c
     WHERE c.changeset_id = %(changeset)s AND (c.before = c.after OR c.before IS NULL AND c.after = '{{}}')
"""
_LOST = """
    SELECT count(*) FROM ledger_change
     WHERE changeset_id = %(changeset)s AND after IS NULL AND NOT before ? 'id'
"""


class JournalError(Exception):
    """A deed did something that it did not announce; a fault of ours."""


class Deed:
    """What is being done, from `deed()` on. `changeset` is None afterwards if nothing changed."""

    def __init__(self, changeset: Changeset) -> None:
        self.changeset: Changeset | None = changeset
        self._key = changeset.pk
        self._touched: dict[type[models.Model], set[frozenset[str]]] = defaultdict(set)
        self._ids: dict[type[models.Model], set[int]] = defaultdict(set)

    def touch(self, rows: models.QuerySet[Any], *fields: str, even_locked: bool = False) -> list[int]:
        """Locks the rows and keeps what those fields of theirs hold; returns their ids in order.

        Raises LockedRows if a reconciliation has locked one of them and a field is among FACTS, and ReadOnlyRows if one
        belongs to an account that the person may only see.
        """
        kept = fields_touched(rows.model, fields)
        ids = hold(rows)
        if rows.model is Transaction and not even_locked and (EVERY in fields or FACTS.intersection(fields)):
            refuse_locked(ids)
        self._keep(rows.model, ids, kept)
        return ids

    def made(self, model: type[models.Model], ids: Collection[int]) -> None:
        """The deed made these rows: to undo it is to delete them."""
        self._touched[model].add(fields_touched(model, [EVERY]))
        self._ids[model].update(ids)
        run(sql.SQL(_MADE).format(), changeset=self._key, label=label(model), ids=list(ids))

    def take_out(self, rows: models.QuerySet[Any]) -> list[int]:
        """Deletes the rows, transactions with their tags and their part in a transfer; returns their ids.

        Raises LockedRows if one of them is locked. An import that brings a deleted row again asks before it does.
        """
        ids = self.touch(rows, EVERY)
        if rows.model is Transaction:
            self.take_out(Transfer.objects.of_rows(ids))
            TransactionTag.objects.filter(transaction__one_of=ids).delete()
        run(sql.SQL("DELETE FROM {table} WHERE id = ANY(%(ids)s)").format(table=table(rows.model)), ids=ids)
        return ids

    def _keep(self, model: type[models.Model], ids: list[int], fields: frozenset[str]) -> None:
        self._touched[model].add(fields)
        # Rows for which there is something yet are rare, and looking for it would cost each row of a bulk deed.
        known = self._ids[model]
        keeping = sql.SQL(_BEFORE if known.isdisjoint(ids) else _BEFORE_ONCE)
        known.update(ids)
        statement = keeping.format(image=image(model, fields), table=table(model), **accounts_of(model))
        run(statement, changeset=self._key, label=label(model), ids=ids)

    def finish(self) -> None:
        """Keeps what the rows hold now, forgets those that did not change, and makes the new version of the data."""
        for model, kept in self._touched.items():
            after = sql.SQL(_AFTER).format(
                image=image(model, frozenset().union(*kept)), table=table(model), **accounts_of(model)
            )
            run(after, changeset=self._key, label=label(model))
            if len(kept) > 1:
                run(sql.SQL(_ONLY_TOUCHED).format(), changeset=self._key, label=label(model))
        run(sql.SQL(_UNCHANGED).format(), changeset=self._key)
        if fetch(sql.SQL(_LOST).format(), changeset=self._key)[0][0]:
            raise JournalError("A row was deleted of which only some fields were kept.")
        self._count()

    def _count(self) -> None:
        changes = Change.objects.filter(changeset=self._key)
        if not changes.exists():
            Changeset.objects.filter(pk=self._key).delete()
            self.changeset = None
            return
        counts = changes.aggregate(all=Count("*"), rows=Count("pk", filter=Q(table=label(Transaction))))
        Changeset.objects.filter(pk=self._key).update(
            row_count=counts["rows"], change_count=counts["all"], revision=Revision.go_up()
        )


@contextmanager
def deed(
    kind: Changeset.Kind, *, actor_id: int | None = None, note: str = "", undoes: Changeset | None = None
) -> Iterator[Deed]:
    """Call it in the open household. All of the deed is done, or nothing of it."""
    with transaction.atomic(using=LEDGER):
        doing = Deed(Changeset.objects.create(kind=kind, actor_id=actor_id, note=note[:300], undoes=undoes))
        yield doing
        doing.finish()


def refuse_locked(ids: Collection[int]) -> None:
    """Raises LockedRows if a reconciliation has locked any of the transactions."""
    count = Transaction.objects.filter(pk__one_of=ids, reconciliation__isnull=False).count()
    if count:
        raise LockedRows(count)
