"""The rows of an export with all that belongs to them, as a stream: three queries, however many rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef
from django.db.models.functions import Cast, JSONObject

from apps.ledger.models import Account, Tag, Transaction, TransactionTag, Transfer
from apps.ledger.models.transactions import TransactionQuerySet

CHUNK = 2000
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a split, with the sign of its transaction."""

    bucket: Tag
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Partner:
    """The other row of a linked transfer, whether it is exported too or not."""

    pk: int
    date: date
    amount: Decimal
    account: Account
    description: str
    notes: str


@dataclass(frozen=True, slots=True)
class ExportedRow:
    """A transaction; `bucket` is None for a split one. `tags` are those of all other namespaces."""

    transaction: Transaction
    account: Account
    bucket: Tag | None
    bucket_source: str
    parts: list[Part]
    tags: list[Tag]
    partner: Partner | None

    @property
    def title(self) -> str:
        return self.transaction.merchant or self.transaction.description


def stream(rows: TransactionQuerySet, *order: str) -> Iterator[ExportedRow]:
    """The rows in that order. Read it inside the household's transaction: its cursor lives there."""
    accounts = Account.objects.in_bulk()
    tags = {tag.pk: tag for tag in Tag.objects.order_by("sort_order", "pk")}
    place = {pk: number for number, pk in enumerate(tags)}
    found = rows.defer("search_text", "description_key").annotate(
        tag_pairs=_tags(), sent=_other_row("outgoing", "incoming"), received=_other_row("incoming", "outgoing")
    )
    for row in found.order_by(*order).iterator(chunk_size=CHUNK):
        pairs: list[dict[str, Any]] = sorted(row.tag_pairs, key=lambda pair: place[pair["tag"]])
        links = [(tags[pair["tag"]], pair["amount"], pair["source"]) for pair in pairs]
        buckets = [link for link in links if link[0].namespace == Tag.Namespace.BUCKET]
        parts = [Part(tag, Decimal(amount)) for tag, amount, _ in buckets if amount is not None]
        yield ExportedRow(
            transaction=row,
            account=accounts[row.account_id],
            bucket=buckets[0][0] if buckets and not parts else None,
            bucket_source=buckets[0][2] if buckets else "",
            parts=parts,
            tags=[tag for tag, *_ in links if tag.namespace != Tag.Namespace.BUCKET],
            partner=_partner([*row.sent, *row.received], accounts),
        )


def _text(field: str) -> Cast:
    """A number of a JSON object as text: JSON's own numbers come back as floats."""
    return Cast(field, CharField())


def _tags() -> ArraySubquery:
    links = TransactionTag.objects.filter(transaction_id=OuterRef("pk"))
    return ArraySubquery(links.values(pair=JSONObject(tag="tag_id", amount=_text("amount"), source="source")))


def _other_row(own: str, other: str) -> ArraySubquery:
    """What stands at the other end of the transfers whose end `own` the row is: none or one."""
    fields = {"pk": f"{other}_id", "date": f"{other}__date", "account": f"{other}__account_id"}
    texts = {"description": f"{other}__description", "notes": f"{other}__notes"}
    links = Transfer.objects.filter(**{own: OuterRef("pk")})
    return ArraySubquery(links.values(image=JSONObject(amount=_text(f"{other}__amount"), **fields, **texts)))


def _partner(images: list[dict[str, Any]], accounts: dict[int, Account]) -> Partner | None:
    if not images:
        return None
    (image,) = images
    return Partner(
        pk=image["pk"],
        date=date.fromisoformat(image["date"]),
        amount=Decimal(image["amount"]),
        account=accounts[image["account"]],
        description=image["description"],
        notes=image["notes"],
    )


def plain(amount: Decimal) -> str:
    """`-1204.50`: digits, a point and two decimals, or four where it has more than two. Exact."""
    cents = amount.quantize(_CENT)
    return f"{cents if cents == amount else amount:f}"
