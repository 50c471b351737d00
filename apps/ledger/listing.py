"""The rows of the transactions page, finished for the template. The number of queries does not grow with the rows."""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, Sum

from apps.core.paging import Cursor, KeysetPage, newest_first
from apps.ledger.models import Account, Tag, Transaction, TransactionTag, Transfer
from apps.ledger.models.transactions import TransactionQuerySet

PAGE_SIZE = 50
_SHOWN = (
    *("pk", "date", "merchant", "description", "amount", "is_transfer", "notes", "status", "card_member"),
    *("reference", "running_balance"),
)
_BESIDE = {
    "account_name": F("account__name"),
    "currency": F("account__currency"),
    "is_frozen": F("account__is_frozen"),
    "is_locked": ExpressionWrapper(Q(reconciliation__isnull=False), output_field=BooleanField()),
}


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
    is_frozen: bool
    notes: str
    status: str
    card_member: str
    reference: str
    running_balance: Decimal | None
    bucket: Tag | None = None
    chosen_by: str = ""
    parts: list[Part] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    other_account: str = ""

    def __post_init__(self) -> None:
        self.merchant = self.merchant or self.description

    @property
    def status_label(self) -> str:
        return str(Transaction.Status(self.status).label)


@dataclass(frozen=True)
class Day:
    date: datetime.date
    rows: list[ListedRow]


@dataclass(frozen=True)
class Total:
    """What the shown rows add up to in one currency; transfers are counted as rows and left out of the sums."""

    currency: str
    row_count: int = 0
    money_in: Decimal = Decimal(0)
    money_out: Decimal = Decimal(0)

    def __add__(self, other: "Total") -> "Total":
        return Total(
            self.currency,
            self.row_count + other.row_count,
            self.money_in + other.money_in,
            self.money_out + other.money_out,
        )


def list_rows(rows: TransactionQuerySet) -> list[ListedRow]:
    """The rows with account, tags and transfers: three queries at most, however many rows."""
    listed = {row["pk"]: ListedRow(**row) for row in rows.values(*_SHOWN, **_BESIDE)}
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
    for here, there in _sides([row.pk for row in listed.values() if row.is_transfer]):
        if here in listed:
            listed[here].other_account = there


def _sides(ids: Collection[int]) -> Iterator[tuple[int, str]]:
    """For each side of the rows' transfers: the row, and the account of its other side."""
    if not ids:
        return
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


def totals_of(rows: TransactionQuerySet, *, buckets: Collection[int] = ()) -> list[Total]:
    """Count and sums of everything that matches, by currency.

    `buckets` are those that the rows were chosen by: of a split row their parts count and the others do not. It is
    counted as a row all the same.
    """
    money_in = Sum("amount", filter=Q(is_transfer=False, amount__gt=0), default=Decimal(0))
    money_out = Sum("amount", filter=Q(is_transfer=False, amount__lt=0), default=Decimal(0))
    # By account first, which the index of the list answers alone; joining each row with its account takes twice as
    # long.
    sums = list(
        rows.order_by()
        .values_list("account_id")
        .annotate(row_count=Count("pk"), money_in=money_in, money_out=money_out)
    )
    if buckets:
        sums += _other_parts(rows, buckets)
    currencies = dict(Account.objects.values_list("pk", "currency"))
    totals: dict[str, Total] = {}
    for account_id, *figures in sums:
        currency = currencies[account_id]
        totals[currency] = totals.get(currency, Total(currency)) + Total(currency, *figures)
    return [totals[currency] for currency in sorted(totals)]


def _other_parts(rows: TransactionQuerySet, buckets: Collection[int]) -> list[tuple[int, int, Decimal, Decimal]]:
    """What the split rows hold in other buckets, by account and to be added: no row, money in and out less so much."""
    parts = TransactionTag.objects.filter(
        amount__isnull=False, transaction__in=rows.order_by().filter(is_transfer=False)
    )
    money_in = Sum("amount", filter=Q(transaction__amount__gt=0), default=Decimal(0))
    money_out = Sum("amount", filter=Q(transaction__amount__lt=0), default=Decimal(0))
    left_out = parts.exclude(tag_id__in=buckets).values_list("transaction__account_id")
    return [(pk, 0, -less_in, -less_out) for pk, less_in, less_out in left_out.annotate(in_=money_in, out=money_out)]
