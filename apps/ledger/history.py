"""What was done to the ledger, newest first, and what one deed did to each of its rows."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from apps.ledger.journal import Conflict
from apps.ledger.models import Change, Changeset, Transaction
from apps.ledger.telling import Told, Words, told
from apps.tenancy.context import current_narrowing
from apps.users.names import names_of

PAGE_SIZE = 50


@dataclass(frozen=True)
class Entry:
    """One deed as the history shows it."""

    pk: int
    at: datetime.datetime
    who: str
    what: str
    row_count: int
    is_undone: bool
    can_be_undone: bool


@dataclass(frozen=True)
class ChangedRow:
    """One row that the deed changed: what it is called, what happened to it, and why an undoing would leave it."""

    name: str
    transaction_id: int | None
    happened: str
    fields: list[Told]
    conflict: str


def entries(number: str) -> tuple[Page[Changeset], list[Entry]]:
    """That page of all deeds, in three queries; in four for who sees a part of some."""
    page = Paginator(Changeset.objects.order_by("-pk"), PAGE_SIZE).get_page(number)
    tell_in_part(page)
    names = names_of(changeset.actor_id for changeset in page)
    return page, [entry(changeset, names) for changeset in page]


def tell_in_part(changesets: Iterable[Changeset]) -> None:
    """Of deeds that also changed rows of accounts which the reader does not see, only the reader's part is told: what
    was noted of the whole is not."""
    if current_narrowing() is None:
        return
    deeds = {changeset.pk: changeset for changeset in changesets if changeset.account_id is None}
    seen = Change.objects.filter(changeset__in=deeds).order_by().values("changeset_id")
    of_rows = Count("pk", filter=Q(table=Transaction._meta.label_lower))
    counts = {one["changeset_id"]: one for one in seen.annotate(all=Count("*"), rows=of_rows)}
    for pk, deed in deeds.items():
        found = counts.get(pk, {"all": 0, "rows": 0})
        if found["all"] < deed.change_count:
            deed.note, deed.row_count = "", found["rows"]


def entry(changeset: Changeset, names: dict[int, str]) -> Entry:
    kind = Changeset.Kind(changeset.kind)
    what = changeset.note or kind.label
    return Entry(
        pk=changeset.pk,
        at=changeset.created_at,
        who=names.get(changeset.actor_id or 0, ""),
        what=f"Undone: {what}" if kind == Changeset.Kind.UNDO else f"Import of {what}" if kind == kind.IMPORT else what,
        row_count=changeset.row_count,
        is_undone=changeset.undone_at is not None,
        can_be_undone=changeset.undone_at is None and kind not in {kind.IMPORT, kind.RECONCILE},
    )


def rows_of(changeset: Changeset, number: str, *, left: list[Conflict]) -> tuple[Page[Change], list[ChangedRow]]:
    """That page of the rows that the deed changed; `left` are those that an undoing would leave."""
    reasons = {(one.table, one.row_id): one for one in left}
    page = Paginator(changeset.changes.order_by("table", "row_id"), PAGE_SIZE).get_page(number)
    changes = list(page)
    words = Words.of(changes, people=names_of(_assigned(changes)))
    names = _names(changes)
    return page, [_row(change, words, names, reasons.get((change.table, change.row_id))) for change in changes]


def _assigned(changes: list[Change]) -> set[int | None]:
    return {(image or {}).get("assigned_to_id") for change in changes for image in (change.before, change.after)}


def _names(changes: list[Change]) -> dict[int, str]:
    """What the transactions among them are called; of those that are gone their last image says it."""
    ids = [change.row_id for change in changes if change.table == Transaction._meta.label_lower]
    rows = Transaction.objects.filter(pk__in=ids).only("pk", "date", "merchant", "description")
    return {row.pk: f"{row.merchant or row.description or 'No text'}, {row.date:%-d %b %Y}" for row in rows}


def _row(change: Change, words: Words, names: dict[int, str], conflict: Conflict | None) -> ChangedRow:
    is_transaction = change.table == Transaction._meta.label_lower
    image = change.after or change.before or {}
    own = (
        image.get("merchant")
        or image.get("description")
        or image.get("name")
        or str(apps.get_model(change.table)._meta.verbose_name)
    )
    return ChangedRow(
        name=names.get(change.row_id, own) if is_transaction else str(own).capitalize(),
        transaction_id=change.row_id if change.row_id in names and is_transaction else None,
        happened="Made" if change.before is None else "Deleted" if change.after is None else "Changed",
        fields=told(change, words),
        conflict=conflict.sentence if conflict else "",
    )
