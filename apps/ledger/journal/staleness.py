"""Whether rows are still what somebody was shown."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import Max

from apps.ledger.journal.errors import ChangedMeanwhile
from apps.ledger.journal.owning import refuse_read_only
from apps.ledger.journal.tables import label
from apps.ledger.models import Change, Transaction


def changed_since(ids: Collection[int], revision: int, *, model: type[models.Model] = Transaction) -> set[int]:
    """Those of the rows that a deed changed or deleted after that version of the data (`Revision.current()` then)."""
    changes = Change.objects.filter(table=label(model), row_id__one_of=ids, changeset__revision__gt=revision)
    return set(changes.values_list("row_id", flat=True))


def last_changes(ids: Collection[int], *, model: type[models.Model] = Transaction) -> dict[int, int]:
    """Of each row that a deed has ever changed, the version of the data that the last one made."""
    changes = Change.objects.filter(table=label(model), row_id__one_of=ids).order_by().values("row_id")
    return dict(changes.annotate(last=Max("changeset__revision")).values_list("row_id", "last"))


def hold(rows: models.QuerySet[Any]) -> list[int]:
    """Locks the rows until the transaction ends, in the order of their ids, so that two cannot wait for each other.

    Returns the ids. Whoever held a row until now may have made another of it, which the filter leaves out now: it is
    asked again. Raises ReadOnlyRows if one of them may only be seen by the person who does it.
    """
    refuse_read_only(rows)
    locked = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return sorted(set(rows.filter(pk__one_of=locked).order_by().values_list("pk", flat=True)))


def refuse_stale(ids: Collection[int], revision: int | None, *, model: type[models.Model] = Transaction) -> None:
    """Raises ChangedMeanwhile if any of the rows was changed since, or if the form did not say what it shows.

    Locks them first: who is changing one just now is waited for, and from then on nobody can.
    """
    hold(models.QuerySet(model).filter(pk__one_of=ids))
    changed = set(ids) if revision is None else changed_since(ids, revision, model=model)
    if changed:
        raise ChangedMeanwhile(len(changed))
