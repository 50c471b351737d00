"""Saying in words what a deed changed: which field held what before, and what it holds now."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.core.money import plain
from apps.ledger.models import Account, Change, Tag, Transaction

# In the order in which they are told; what is not here follows from something that is.
LABELS = {
    "date": "Date",
    "amount": "Amount",
    "account_id": "Account",
    "merchant": "Merchant",
    "description": "Bank text",
    "buckets": "Bucket",
    "tags": "Occasions and tags",
    "notes": "Notes",
    "status": "Status",
    "is_transfer": "Transfer",
    "card_member": "Card member",
    "reference": "Reference",
    "reconciliation_id": "Reconciled",
    "needs_review": "To review",
    "assigned_to_id": "Assigned to",
    "name": "Name",
    "colour": "Colour",
    "sort_order": "Place",
    "kind": "Kind",
    "institution": "Bank",
    "opening_balance": "Opening balance",
    "credit_limit": "Credit limit",
    "due_day": "Due day",
    "archived_at": "Archived",
    "statement_balance": "Statement balance",
}
_MONEY = {"amount", "opening_balance", "credit_limit", "statement_balance"}
_NOTHING = "nothing"


@dataclass(frozen=True)
class Told:
    """One field of one row, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Words:
    """The names of what images know by id. Amounts are told in the currency of the row's account."""

    tags: dict[int, str]
    accounts: dict[int, Account]
    people: dict[int, str]
    currencies: dict[int, str]

    @classmethod
    def of(cls, changes: Iterable[Change], *, people: dict[int, str]) -> "Words":
        """Three queries, however many changes."""
        ids = [change.row_id for change in changes if change.table == Transaction._meta.label_lower]
        rows = Transaction.objects.filter(pk__in=ids).values_list("pk", "account__currency")
        accounts = Account.objects.in_bulk()
        return cls(dict(Tag.objects.values_list("pk", "name")), accounts, people, dict(rows))


def told(change: Change, words: Words) -> list[Told]:
    """What the change did, field by field. A row that was made or deleted is told by what it held."""
    before, after = change.before or {}, change.after or {}
    currency = _currency(change, words)
    found = []
    for key, label in LABELS.items():
        old, new = before.get(key), after.get(key)
        if old != new:
            found.append(Told(label, _word(key, old, words, currency), _word(key, new, words, currency)))
    return [one for one in found if one.old != one.new]


def _currency(change: Change, words: Words) -> str:
    account = words.accounts.get((change.before or change.after or {}).get("account_id", 0))
    return words.currencies.get(change.row_id) or (account.currency if account else "")


def _word(key: str, value: Any, words: Words, currency: str) -> str:
    if value is None or value in ("", {}, []):
        return _NOTHING
    if key in _MONEY:
        return plain(Decimal(str(value)), currency)
    if key == "buckets":
        return ", ".join(_part(int(tag), amount, words, currency) for tag, (amount, _) in sorted(value.items()))
    if key == "tags":
        return ", ".join(sorted(words.tags.get(int(tag), "a tag that is gone") for tag in value))
    return _plain_word(key, value, words)


def _part(tag: int, amount: Any, words: Words, currency: str) -> str:
    name = words.tags.get(tag, "a tag that is gone")
    return name if amount is None else f"{name} {plain(Decimal(str(amount)), currency)}"


def _plain_word(key: str, value: Any, words: Words) -> str:
    match key:
        case "date":
            return f"{datetime.date.fromisoformat(value):%-d %b %Y}"
        case "account_id":
            account = words.accounts.get(value)
            return account.name if account else "an account that is gone"
        case "assigned_to_id":
            return words.people.get(value, "somebody who is gone")
        case "status":
            return str(Transaction.Status(value).label) if value in Transaction.Status else str(value)
        case "is_transfer" | "needs_review":
            return "yes" if value else "no"
        case "reconciliation_id" | "archived_at":
            return "yes"
    return str(value)
