"""Undoing a deed: every field that it changed gets back what it held, wherever nobody has changed it since."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models
from django.db.models import Q
from django.utils import timezone
from psycopg import sql
from psycopg.errors import ForeignKeyViolation

from apps.ledger.account_limit import active_count, refuse_too_many
from apps.ledger.freezing import thaw_what_fits
from apps.ledger.journal.applying import apply
from apps.ledger.journal.conflicting import reasons
from apps.ledger.journal.deeds import Deed, deed
from apps.ledger.journal.errors import FrozenRows, HasConflicts, NotUndone
from apps.ledger.journal.tables import table
from apps.ledger.models import Account, Change, Changeset
from apps.ledger.models.accounts import frozen_ids
from apps.tenancy.context import check_references, current_narrowing
from apps.tenancy.statements import fetch, run

# These have their own way back, for more belongs to them than the rows.
_ELSEWHERE = {
    Changeset.Kind.IMPORT: "An import is taken back on its own page, under Import.",
    Changeset.Kind.RECONCILE: "A reconciled statement is unlocked on the page of its account.",
}
# While rows of an import come again it is not taken back.
_HOLD_IMPORTS = """
    SELECT count(*) FROM (
        SELECT FROM ledger_changeset
         WHERE kind = 'import'
           AND id IN (SELECT (before ->> 'changeset_id')::bigint FROM ledger_change
                       WHERE changeset_id = %(undone)s AND "table" = 'ledger.transaction' AND after IS NULL)
         ORDER BY id FOR SHARE) held
"""
_REVERSE = """
    INSERT INTO ledger_change (changeset_id, "table", row_id, before, after, account_id, other_account_id)
    SELECT %(undoing)s, c."table", c.row_id, c.after, c.before, c.account_id, c.other_account_id FROM ledger_change c
     WHERE c.changeset_id = %(undone)s
       AND NOT EXISTS (SELECT FROM unnest(%(tables)s::text[], %(ids)s::bigint[]) AS kept (name, id)
                        WHERE kept.name = c."table" AND kept.id = c.row_id)
"""


@dataclass(frozen=True)
class Conflict:
    """A row that an undoing leaves as it is, and why."""

    table: str
    row_id: int
    sentence: str


@dataclass(frozen=True)
class Undone:
    """The changeset that the undoing is, and the rows that it left."""

    changeset: Changeset
    conflicts: list[Conflict]


def conflicts(changeset: Changeset) -> list[Conflict]:
    """The rows that an undoing would leave, with the reason; and those that depend on them, and so on."""
    found: dict[tuple[str, int], str] = {}
    involved = _models(changeset)
    while True:
        known = len(found)
        for model in involved:
            name = model._meta.label_lower
            found = {(name, row_id): told for row_id, told in reasons(model, changeset.pk, left=found)} | found
        if len(found) == known or len(involved) == 1:
            return [Conflict(name, row_id, told) for (name, row_id), told in sorted(found.items())]


def undo(changeset_id: int, *, actor_id: int | None, leaves_conflicts: bool = True) -> Undone:
    """Undoes what the deed did, but for rows in conflict; or raises HasConflicts if there are any and none may be left.

    Raises NotUndone if nothing of it can be undone, and AccountLimitReached if an account would come back for which
    the plan has no room. An undoing can itself be undone: that does the deed again.
    """
    undone = Changeset.objects.select_for_update().get(pk=changeset_id)
    _refuse(undone)
    try:
        with deed(Changeset.Kind.UNDO, actor_id=actor_id, note=undone.note, undoes=undone) as doing:
            left = _put_back(doing, undone, leaves_conflicts=leaves_conflicts)
    except IntegrityError as error:
        if isinstance(error.__cause__, ForeignKeyViolation):
            raise NotUndone("This cannot be undone any more: something that was made since needs it.") from None
        raise NotUndone(
            "This cannot be undone any more: something with the same name or the same rows has taken its place since."
        ) from None
    assert doing.changeset is not None  # _put_back refuses to do nothing
    return Undone(doing.changeset, left)


def is_in_part(changeset: Changeset) -> bool:
    """Whether the person, if something is kept from them, may change only some of what the deed changed."""
    narrowing = current_narrowing()
    if narrowing is None:
        return False
    closed = _of_accounts(narrowing.read_only)
    return Change.objects.filter(changeset=changeset).exclude(closed).count() < changeset.change_count


def _of_accounts(ids: Collection[int]) -> Q:
    return Q(account_id__in=ids) | Q(other_account_id__in=ids)


def _refuse(changeset: Changeset) -> None:
    if changeset.undone_at is not None:
        raise NotUndone("This was undone already.")
    if Change.objects.filter(_of_accounts(frozen_ids()), changeset=changeset).exists():
        raise FrozenRows
    if is_in_part(changeset):
        raise NotUndone(
            "This also changed rows of accounts that you cannot see or change, so you cannot undo it. Ask the owner of "
            "those accounts."
        )
    if sentence := _ELSEWHERE.get(Changeset.Kind(changeset.kind)):
        raise NotUndone(sentence)


def _put_back(doing: Deed, undone: Changeset, *, leaves_conflicts: bool) -> list[Conflict]:
    involved = _models(undone)
    fetch(sql.SQL(_HOLD_IMPORTS).format(), undone=undone.pk)
    for model in involved:
        _lock(model, undone)
    left = conflicts(undone)
    if left and not leaves_conflicts:
        raise HasConflicts
    assert doing.changeset is not None
    reversed_count = run(
        sql.SQL(_REVERSE).format(),
        undoing=doing.changeset.pk,
        undone=undone.pk,
        tables=[conflict.table for conflict in left],
        ids=[conflict.row_id for conflict in left],
    )
    if not reversed_count:
        raise NotUndone("Nothing of this can be undone: all of its rows were changed or locked since.")
    account_count = active_count() if Account in involved else 0
    apply(doing.changeset.pk, involved)
    check_references()
    if Account in involved:
        refuse_too_many(before=account_count)
        thaw_what_fits()
    _note_undone(undone)
    return left


def _note_undone(undone: Changeset) -> None:
    """Of a deed, its undoing, the undoing of that and so on every second one is undone."""
    noted: Changeset | None = undone
    is_undone = True
    while noted is not None:
        Changeset.objects.filter(pk=noted.pk).update(undone_at=timezone.now() if is_undone else None)
        is_undone, noted = not is_undone, noted.undoes


def _models(changeset: Changeset) -> list[type[models.Model]]:
    """The models whose rows the deed changed."""
    labels = Change.objects.filter(changeset=changeset).order_by("table").distinct("table")
    return [apps.get_model(name) for name in labels.values_list("table", flat=True)]


def _lock(model: type[models.Model], changeset: Changeset) -> list[tuple[Any, ...]]:
    statement = sql.SQL(
        "SELECT count(*) FROM (SELECT FROM {table} WHERE id IN (SELECT row_id FROM ledger_change WHERE changeset_id ="
        ' %(changeset)s AND "table" = %(label)s) ORDER BY id FOR UPDATE) locked'
    )
    return fetch(statement.format(table=table(model)), changeset=changeset.pk, label=model._meta.label_lower)
