"""Two rows side by side, as a page shows them: linked, suggested or rejected."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from apps.ledger.models import Transaction, Transfer, TransferRejection

MOST_SHOWN = 200


@dataclass(frozen=True)
class Side:
    """One row of the two."""

    pk: int
    date: datetime.date
    title: str
    description: str
    account_name: str
    amount: Decimal
    currency: str
    is_transfer: bool

    @classmethod
    def of(cls, row: Transaction) -> "Side":
        return cls(
            pk=row.pk,
            date=row.date,
            title=row.merchant or row.description,
            description=row.description,
            account_name=row.account.name,
            amount=row.amount,
            currency=row.account.currency,
            is_transfer=row.is_transfer,
        )


@dataclass(frozen=True)
class Pair:
    """From → to. `key` is what the page calls it: the transfer's or the rejection's id, or nothing yet."""

    outgoing: Side
    incoming: Side
    key: int | None = None
    reasons: tuple[str, ...] = ()
    is_sure: bool = False

    @property
    def value(self) -> str:
        """The pair as a form sends it: the two ids."""
        return f"{self.outgoing.pk}-{self.incoming.pk}"


def sides(ids: Iterable[int]) -> dict[int, Side]:
    """The rows that are still there, by their ids: one query."""
    rows = Transaction.objects.filter(pk__one_of=ids).select_related("account")
    return {row.pk: Side.of(row) for row in rows.defer("search_text", "description_key")}


def linked_pairs() -> QuerySet[Transfer]:
    """The linked ones, newest first."""
    ends = ("outgoing__account", "incoming__account")
    return Transfer.objects.seen_whole().select_related(*ends).order_by("-outgoing__date", "-pk")


def linked_pair(transfer: Transfer) -> Pair:
    return Pair(Side.of(transfer.outgoing), Side.of(transfer.incoming), key=transfer.pk)


def transfer_of(row_id: int) -> Pair | None:
    """The transfer that the row is part of."""
    transfer = linked_pairs().filter(Q(outgoing=row_id) | Q(incoming=row_id)).first()
    return linked_pair(transfer) if transfer else None


def rejected_pairs() -> list[Pair]:
    """What a person said is none, as far as both rows are still there and linked to nothing; the latest first."""
    rejections = list(TransferRejection.objects.order_by("-pk")[:MOST_SHOWN])
    found = sides({pk for one in rejections for pk in (one.outgoing_id, one.incoming_id)})
    return [
        Pair(found[one.outgoing_id], found[one.incoming_id], key=one.pk)
        for one in rejections
        if one.outgoing_id in found and one.incoming_id in found
    ]
