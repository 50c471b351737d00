"""Whether rows are still what somebody was shown."""

from collections.abc import Collection

from django.db import models

from apps.ledger.journal.errors import ChangedMeanwhile
from apps.ledger.journal.running import label
from apps.ledger.models import Change, Transaction


def changed_since(ids: Collection[int], revision: int, *, model: type[models.Model] = Transaction) -> set[int]:
    """Those of the rows that a deed changed or deleted after that version of the data (`Revision.current()` then)."""
    changes = Change.objects.filter(table=label(model), row_id__in=ids, changeset__revision__gt=revision)
    return set(changes.values_list("row_id", flat=True))


def refuse_stale(ids: Collection[int], revision: int | None, *, model: type[models.Model] = Transaction) -> None:
    """Raises ChangedMeanwhile if any of the rows was changed since, or if the form did not say what it shows."""
    changed = set(ids) if revision is None else changed_since(ids, revision, model=model)
    if changed:
        raise ChangedMeanwhile(len(changed))
