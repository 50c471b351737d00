"""Rows of the ledger that a person entered, changed and deleted."""

import datetime
from decimal import Decimal

from django.db.models import QuerySet

from apps.ledger import journal
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


def edit_rows(rows: QuerySet[Transaction], **values: object) -> Changeset:
    with journal.deed(Changeset.Kind.EDIT) as deed:
        Transaction.objects.filter(pk__in=deed.touch(rows, *values)).update(**values)
    assert deed.changeset is not None
    return deed.changeset


def delete_rows(rows: QuerySet[Transaction]) -> Changeset:
    with journal.deed(Changeset.Kind.DELETE) as deed:
        deed.take_out(rows)
    assert deed.changeset is not None
    return deed.changeset
