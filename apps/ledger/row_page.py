"""What the page of one row tells beside the row itself: where it came from, and what was done to it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.ledger.models import Account, Change, Changeset, Tag, Transaction
from apps.users.models import User

SOMEBODY = "Somebody who has left"
_WORDS = {
    "account_id": "Account",
    "amount": "Amount",
    "buckets": "Bucket",
    "card_member": "Card member",
    "date": "Date",
    "description": "Description",
    "is_transfer": "Transfer",
    "merchant": "Merchant",
    "needs_review": "Waits for review",
    "notes": "Notes",
    "reconciliation_id": "Locked by a statement",
    "reference": "Reference",
    "running_balance": "Balance at the bank",
    "status": "Status",
    "tags": "Occasions",
}
"""The fields whose changes are told; others follow from these."""


@dataclass(frozen=True)
class Origin:
    """How the row came into the ledger: by a file of that name, or by a person."""

    file_name: str
    line: int | None
    person: str
    at: datetime.datetime
    bucket_source: str


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One deed in the row's history. `fields` is empty where it made the row, or where nothing told changed."""

    changeset: Changeset
    person: str
    title: str
    fields: list[FieldChange]

    @property
    def may_be_undone(self) -> bool:
        return self.changeset.undone_at is None


@dataclass(frozen=True)
class Names:
    """What the ids in the history are called; each kind is asked for once."""

    people: dict[int, str]
    tags: dict[int, str]
    accounts: dict[int, str]

    def person(self, pk: int | None) -> str:
        return self.people.get(pk, SOMEBODY) if pk is not None else ""

    def said(self, field: str, value: Any) -> str:
        """The value of an image in words."""
        match field:
            case "buckets" | "tags":
                return ", ".join(self._tag(int(pk), amount) for pk, amount in sorted((value or {}).items())) or "none"
            case "account_id":
                return self.accounts.get(value, "an account that is gone")
            case "status":
                return str(Transaction.Status(value).label)
            case "date":
                return f"{datetime.date.fromisoformat(value):%-d %B %Y}"
            case "amount" | "running_balance" if value is not None:
                return f"{Decimal(str(value)).normalize():f}"
            case "is_transfer" | "needs_review" | "reconciliation_id":
                return "yes" if value else "no"
        return str(value) if value not in {None, ""} else "nothing"

    def _tag(self, pk: int, amount: Any) -> str:
        name = self.tags.get(pk, "a tag that is gone")
        return name if amount in {None, True} else f"{name} {Decimal(str(amount)).normalize():f}"


def history_of(row: Transaction) -> tuple[Origin, list[Entry]]:
    """Where the row came from, and every deed that changed it, the last one first. Five queries."""
    changes = list(
        Change.objects.filter(table=Transaction._meta.label_lower, row_id=row.pk)
        .select_related("changeset")
        .order_by("-changeset_id")
    )
    names = _names(row, changes)
    return _origin(row, names), [_entry(change, names) for change in changes]


def _origin(row: Transaction, names: Names) -> Origin:
    is_file = row.changeset.kind == Changeset.Kind.IMPORT
    return Origin(
        file_name=row.changeset.note if is_file else "",
        line=row.source_line,
        person=names.person(row.changeset.actor_id),
        at=row.created_at,
        bucket_source=row.get_bucket_source_display() if row.bucket_source else "",
    )


def _entry(change: Change, names: Names) -> Entry:
    changeset = change.changeset
    title = changeset.get_kind_display() if change.before is not None else "Entered"
    return Entry(changeset, names.person(changeset.actor_id), title, list(_fields(change, names)))


def _fields(change: Change, names: Names) -> Iterable[FieldChange]:
    if change.before is None or change.after is None:
        return
    for field, label in _WORDS.items():
        before, after = change.before.get(field), change.after.get(field)
        if before != after:
            yield FieldChange(label, names.said(field, before), names.said(field, after))


def _names(row: Transaction, changes: list[Change]) -> Names:
    images = [image for change in changes for image in (change.before, change.after) if image]
    people = {change.changeset.actor_id for change in changes} | {row.changeset.actor_id}
    tags = {int(pk) for image in images for field in ("buckets", "tags") for pk in image.get(field) or ()}
    accounts = {image["account_id"] for image in images if "account_id" in image}
    return Names(
        people={person.pk: str(person) for person in User.objects.filter(pk__in=people - {None})},
        tags=dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name")),
        accounts=dict(Account.objects.filter(pk__in=accounts).values_list("pk", "name")),
    )
