"""Rows of the ledger that a person entered, changed and deleted."""

import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from apps.ledger import journal
from apps.ledger.models import Account, Changeset, Reconciliation, Tag, Transaction, TransactionTag, Transfer


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


def imported(account: Account, date: str, amount: str, text: str = "SHOP", **fields: object) -> Transaction:
    """A row that the file november.csv brought."""
    row = by_hand(account, date, amount, text, **fields)
    changeset, _ = Changeset.objects.get_or_create(kind=Changeset.Kind.IMPORT, note="november.csv")
    Transaction.objects.filter(pk=row.pk).update(changeset=changeset)
    row.refresh_from_db()
    return row


def split(row: Transaction, **amounts: str) -> None:
    """Shares the row among the buckets of those values."""
    for value, amount in amounts.items():
        tag = Tag.objects.get(namespace=Tag.Namespace.BUCKET, value=value)
        TransactionTag.objects.create(transaction=row, tag=tag, amount=Decimal(amount))


def link(outgoing: Transaction, incoming: Transaction) -> Transfer:
    """Makes the two one transfer."""
    Transaction.objects.filter(pk__in=[outgoing.pk, incoming.pk]).update(is_transfer=True)
    return Transfer.objects.create(outgoing=outgoing, incoming=incoming)


def lock(row: Transaction) -> Reconciliation:
    """A statement agrees with the row."""
    statement = Reconciliation.objects.create(
        account=row.account, statement_date=row.date, statement_balance=row.amount, locked_at=timezone.now()
    )
    Transaction.objects.filter(pk=row.pk).update(reconciliation=statement)
    return statement
