"""Rows of the ledger that a person entered."""

import datetime
from decimal import Decimal

from apps.ledger.models import Account, Changeset, Transaction


def by_hand(account: Account, date: str, amount: str, text: str = "SHOP", **fields: object) -> Transaction:
    changeset, _ = Changeset.objects.get_or_create(kind=Changeset.Kind.MANUAL)
    return Transaction.objects.create(
        account=account,
        changeset=changeset,
        date=datetime.date.fromisoformat(date),
        amount=Decimal(amount),
        description=text,
        **fields,
    )
