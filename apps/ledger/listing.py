"""The rows of the transactions page, finished for the template. The number of queries does not grow with the rows."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, Q, Sum

from apps.core.paging import Cursor, KeysetPage, newest_first
from apps.ledger.models import Tag, Transaction, TransactionTag, Transfer
from apps.ledger.models.transactions import TransactionQuerySet

PAGE_SIZE = 50


@dataclass(frozen=True)
class Part:
    """One part of a split row, signed as the row is."""

    tag: Tag
    amount: Decimal


@dataclass
class ListedRow:
    """One transaction as the list shows it. `tags` are its occasions and other words; its buckets stand apart.

    `chosen_by` says who gave it its bucket; `other_account` is where the other side of a linked transfer stands.
    """

    pk: int
    date: datetime.date
    merchant: str
    description: str
    account_name: str
    amount: Decimal
    currency: str
    is_transfer: bool
    is_locked: bool
    notes: str
    status: str
    status_label: str
    card_member: str
    reference: str
    running_balance: Decimal | None
    bucket: Tag | None = None
    chosen_by: str = ""
    parts: list[Part] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    other_account: str = ""

    @classmethod
    def of(cls, row: Transaction) -> "ListedRow":
        """Without its tags and its transfer."""
        return cls(
            pk=row.pk,
            date=row.date,
            merchant=row.merchant or row.description,
            description=row.description,
            account_name=row.account.name,
            amount=row.amount,
            currency=row.account.currency,
            is_transfer=row.is_transfer,
            is_locked=row.reconciliation_id is not None,
            notes=row.notes,
            status=row.status,
            status_label=row.get_status_display(),
            card_member=row.card_member,
            reference=row.reference,
            running_balance=row.running_balance,
        )


@dataclass(frozen=True)
class Day:
    date: datetime.date
    rows: list[ListedRow]


@dataclass(frozen=True)
class Total:
    """What the shown rows add up to in one currency; transfers are counted as rows and left out of the sums."""

    currency: str
    row_count: int
    money_in: Decimal
    money_out: Decimal


def list_rows(rows: TransactionQuerySet) -> list[ListedRow]:
    """The rows with account, tags and transfers: three queries, however many rows."""
    listed = {row.pk: ListedRow.of(row) for row in rows.select_related("account")}
    _add_tags(listed)
    _add_transfers(listed)
    return list(listed.values())


def _add_tags(listed: dict[int, ListedRow]) -> None:
    links = TransactionTag.objects.filter(transaction_id__in=listed).select_related("tag")
    for link in links.order_by("tag__sort_order", "tag_id"):
        row = listed[link.transaction_id]
        if link.tag.namespace != Tag.Namespace.BUCKET:
            row.tags.append(link.tag)
        elif link.amount is None:
            row.bucket, row.chosen_by = link.tag, link.get_source_display()
        else:
            row.parts.append(Part(link.tag, link.amount))


def _add_transfers(listed: dict[int, ListedRow]) -> None:
    for here, there in _sides(listed):
        if here in listed:
            listed[here].other_account = there


def _sides(ids: Iterable[int]) -> Iterable[tuple[int, str]]:
    """For each side of the rows' transfers: the row, and the account of its other side."""
    transfers = Transfer.objects.filter(Q(outgoing__in=ids) | Q(incoming__in=ids))
    sides = transfers.values_list("outgoing", "outgoing__account__name", "incoming", "incoming__account__name")
    for outgoing, sender, incoming, receiver in sides:
        yield outgoing, receiver
        yield incoming, sender


def page_of(rows: TransactionQuerySet, cursor: Cursor | None) -> tuple[KeysetPage[Transaction], list[Day]]:
    """One page, and its rows by day."""
    page = newest_first(rows.only("pk", "date"), cursor=cursor, size=PAGE_SIZE)
    shown = list_rows(Transaction.objects.filter(pk__in=[row.pk for row in page.rows]).newest_first())
    return page, [Day(date, list(of_day)) for date, of_day in groupby(shown, key=lambda row: row.date)]


def totals_of(rows: TransactionQuerySet) -> list[Total]:
    """Count and sums of everything that matches, by currency."""
    money_in = Sum("amount", filter=Q(is_transfer=False, amount__gt=0))
    money_out = Sum("amount", filter=Q(is_transfer=False, amount__lt=0))
    by_currency = rows.order_by().values("account__currency")
    sums = by_currency.annotate(rows=Count("pk"), money_in=money_in, money_out=money_out)
    return [
        Total(
            one["account__currency"],
            one["rows"],
            one["money_in"] or Decimal(0),
            one["money_out"] or Decimal(0),
        )
        for one in sums.order_by("account__currency")
    ]
