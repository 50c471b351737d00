"""The rows of the transactions page, finished for the template. The number of queries does not grow with the rows."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, Q, Sum

from apps.core.paging import Cursor, KeysetPage, newest_first
from apps.ledger.models import Tag, Transaction, TransactionTag
from apps.ledger.models.transactions import TransactionQuerySet

PAGE_SIZE = 50


@dataclass
class ListedRow:
    """One transaction as the list shows it."""

    pk: int
    date: datetime.date
    merchant: str
    description: str
    account_name: str
    amount: Decimal
    currency: str
    is_transfer: bool
    bucket: Tag | None = None
    split_count: int = 0
    occasions: list[Tag] = field(default_factory=list)


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
    """The rows with account and tags: two queries, however many rows."""
    listed = {
        row.pk: ListedRow(
            pk=row.pk,
            date=row.date,
            merchant=row.merchant or row.description,
            description=row.description,
            account_name=row.account.name,
            amount=row.amount,
            currency=row.account.currency,
            is_transfer=row.is_transfer,
        )
        for row in rows.select_related("account")
    }
    tags = TransactionTag.objects.filter(transaction_id__in=listed).select_related("tag")
    for link in tags.order_by("tag__sort_order", "tag_id"):
        row = listed[link.transaction_id]
        if link.tag.namespace != Tag.Namespace.BUCKET:
            row.occasions.append(link.tag)
        elif link.amount is None:
            row.bucket = link.tag
        else:
            row.split_count += 1
    return list(listed.values())


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
