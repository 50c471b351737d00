"""Taking a reconciled statement back: its rows are free again, and it is open with its ticks as they were."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from apps.core.errors import ExpectedError
from apps.ledger import journal
from apps.ledger.models import Change, Changeset, Reconciliation, Transaction


class CannotUnlock(ExpectedError):
    """Something of the account must be done first."""


def unlock(reconciliation: Reconciliation, *, actor_id: int | None) -> Changeset | None:
    """Frees the rows, which get back the status that they had before. Write an audit event of it."""
    account = reconciliation.account
    note = f"{account.name}: statement of {reconciliation.statement_date:%-d %B %Y} unlocked"
    with journal.deed(Changeset.Kind.RECONCILE, actor_id=actor_id, note=note) as doing:
        doing.touch(account.reconciliations.all(), "locked_at", "ticked_ids")
        _refuse(reconciliation)
        rows = Transaction.objects.filter(reconciliation=reconciliation.pk)
        doing.touch(rows, "reconciliation_id", "status", even_locked=True)
        Reconciliation.objects.filter(pk=reconciliation.pk).update(
            locked_at=None, ticked_ids=ArraySubquery(rows.order_by("pk").values("pk"))
        )
        rows.update(reconciliation=None, status=Coalesce(_status_before(doing.changeset), F("status")))
    return doing.changeset


def _refuse(reconciliation: Reconciliation) -> None:
    others = Reconciliation.objects.filter(account=reconciliation.account_id).exclude(pk=reconciliation.pk)
    if not Reconciliation.objects.filter(pk=reconciliation.pk, locked_at__isnull=False).exists():
        raise CannotUnlock("This statement is not locked any more: it was unlocked meanwhile.")
    later = Q(statement_date__gt=reconciliation.statement_date)
    later |= Q(statement_date=reconciliation.statement_date, pk__gt=reconciliation.pk)
    if newest := others.filter(later, locked_at__isnull=False).order_by("-statement_date", "-pk").first():
        raise CannotUnlock(
            f"The statement of {newest.statement_date:%-d %B %Y} rests on this one; unlock it first, then this."
        )
    if opened := others.filter(locked_at=None).first():
        raise CannotUnlock(f"A reconciliation to {opened.statement_date:%-d %B %Y} is open; lock or discard it first.")


def _status_before(unlocking: Changeset | None) -> Subquery:
    """What the newest locking of the row found."""
    changes: QuerySet[Change] = Change.objects.filter(
        table=Transaction._meta.label_lower,
        row_id=OuterRef("pk"),
        before__has_key="status",
        changeset__kind=Changeset.Kind.RECONCILE,
    )
    found = changes.exclude(changeset=unlocking).order_by("-changeset_id")
    return Subquery(found.values_list(KeyTextTransform("status", "before"))[:1], output_field=TextField())
