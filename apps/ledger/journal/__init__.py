"""Every change of money data: kept with its images before and after, so that it can be told and undone exactly.

    with journal.deed(Changeset.Kind.EDIT, actor_id=…, note="Bucket Dining on 34 rows") as deed:
        deed.touch(rows, "buckets", "needs_review")
        …set-based work on these fields of these rows…

A deed is one changeset in one transaction. An undoing is a deed like any other; its own undoing does the work again.
"""

from apps.ledger.journal.deeds import Deed, deed
from apps.ledger.journal.errors import ChangedMeanwhile, FrozenRows, HasConflicts, LockedRows, NotUndone, ReadOnlyRows
from apps.ledger.journal.images import FACTS
from apps.ledger.journal.staleness import changed_since, hold, last_changes, refuse_stale
from apps.ledger.journal.undoing import Conflict, Undone, conflicts, undo

__all__ = [
    "FACTS",
    "ChangedMeanwhile",
    "Conflict",
    "Deed",
    "FrozenRows",
    "HasConflicts",
    "LockedRows",
    "NotUndone",
    "ReadOnlyRows",
    "Undone",
    "changed_since",
    "conflicts",
    "deed",
    "hold",
    "last_changes",
    "refuse_stale",
    "undo",
]
