"""What a tag is used by."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from apps.ledger.models import SplitTemplate, Tag, Transaction
from apps.ledger.references import Reference, described, references
from apps.ledger.tags_in_filters import filters_naming


@dataclass(frozen=True)
class RowSum:
    currency: str
    amount: Decimal


@dataclass(frozen=True)
class Usage:
    """What a tag is used by: rows with their sums, and everything else that refers to it, by kind."""

    row_count: int
    split_count: int
    sums: list[RowSum]
    others: list[Reference]

    @property
    def is_used(self) -> bool:
        return bool(self.row_count or self.others)

    @property
    def needs_another(self) -> bool:
        """Whether something would be left without sense if no other tag took the place."""
        return bool(self.split_count or self.others)


def usage(tag: Tag) -> Usage:
    """Transfers included; a split row counts with its part."""
    rows = Transaction.objects.filter(transaction_tags__tag=tag)
    sums = rows.order_by("account__currency").values("account__currency").annotate(
        rows=Count("pk"),
        parts=Count("pk", filter=Q(transaction_tags__amount__isnull=False)),
        whole=Sum("amount", filter=Q(transaction_tags__amount__isnull=True), default=0),
        shared=Sum("transaction_tags__amount", default=0),
    )  # fmt: skip
    others = [
        described("split templates", list(SplitTemplate.objects.filter(parts__tag=tag))),
        described("saved filters", filters_naming(tag)),
        *references(tag),
    ]
    return Usage(
        row_count=sum(one["rows"] for one in sums),
        split_count=sum(one["parts"] for one in sums),
        sums=[RowSum(one["account__currency"], one["whole"] + one["shared"]) for one in sums],
        others=[other for other in others if other.count],
    )
