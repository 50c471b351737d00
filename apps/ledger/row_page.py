"""What the page of one row tells beside the row itself: where it came from, and what was done to it since."""

import datetime
from dataclasses import dataclass

from apps.ledger import history
from apps.ledger.models import Change, Changeset, Transaction
from apps.ledger.telling import Told, Words, told
from apps.users.names import names_of


@dataclass(frozen=True)
class Origin:
    """How the row came into the ledger: in the file of that name, or by a person's hand. `line` is that of the file.

    `is_hidden`: it came into another account, which the reader does not see.
    """

    file_name: str
    line: int | None
    who: str
    at: datetime.datetime
    is_hidden: bool = False


@dataclass(frozen=True)
class Step:
    """One deed that changed the row; `happened` is Made, Changed or Deleted (and brought back since)."""

    deed: history.Entry
    happened: str
    fields: list[Told]


def history_of(row: Transaction) -> tuple[Origin, list[Step]]:
    """Where the row came from, and the deeds that changed it, the last one first; as many queries for many deeds."""
    changes = list(
        Change.objects.filter(table=Transaction._meta.label_lower, row_id=row.pk)
        .select_related("changeset")
        .order_by("-changeset_id")
    )
    history.tell_in_part(change.changeset for change in changes)
    assigned = {(image or {}).get("assigned_to_id") for change in changes for image in (change.before, change.after)}
    brought = row.origin
    actors = {brought.actor_id if brought else None, *(change.changeset.actor_id for change in changes)}
    names = names_of(assigned | actors)
    words = Words.of(changes, people=names)
    return _origin(row, brought, names), [_step(change, words, names) for change in changes]


def _origin(row: Transaction, brought: Changeset | None, names: dict[int, str]) -> Origin:
    if brought is None:
        return Origin(file_name="", line=None, who="", at=row.created_at, is_hidden=True)
    is_from_file = brought.kind == Changeset.Kind.IMPORT
    return Origin(
        file_name=brought.note if is_from_file else "",
        line=row.source_line,
        who=names.get(brought.actor_id or 0, ""),
        at=row.created_at,
    )


def _step(change: Change, words: Words, names: dict[int, str]) -> Step:
    happened = "Made" if change.before is None else "Deleted" if change.after is None else "Changed"
    fields = told(change, words) if happened == "Changed" else []
    return Step(history.entry(change.changeset, names), happened, fields)
