"""How much of the ledger is transfers."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum
from django.db.models.functions import Abs

from apps.ledger.models import Transaction


@dataclass(frozen=True)
class Moved:
    """The rows of one currency that count as transfers, and what they add up to without their signs."""

    currency: str
    row_count: int
    amount: Decimal


def moved() -> list[Moved]:
    by_currency = Transaction.objects.filter(is_transfer=True).order_by().values("account__currency")
    sums = by_currency.annotate(rows=Count("pk"), total=Sum(Abs("amount"))).order_by("account__currency")
    return [Moved(one["account__currency"], one["rows"], one["total"]) for one in sums]
