"""All merchants of the ledger with what they come to, for the page."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, Sum

from apps.core.text import folded
from apps.ledger.models import Revision, Transaction
from apps.ledger.searching.terms import QUOTES
from apps.tenancy.context import HouseholdLike
from apps.tenancy.keys import cached

SECONDS = 300
MOST_OF_NAME = 150
_QUOTED = re.compile(f"[{QUOTES}]")


@dataclass(frozen=True)
class Merchant:
    """`sums` are by currency; transfers and ignored rows count like all others."""

    name: str
    row_count: int
    sums: list[tuple[str, Decimal]]

    @property
    def search(self) -> str:
        """What finds its rows in the search of the transactions; a name may hold what the search reads otherwise."""
        return f'merchant:"{max(_QUOTED.split(self.name), key=len)[:MOST_OF_NAME]}"'


def list_merchants(household: HouseholdLike, *, mentioning: str = "") -> list[Merchant]:
    """Most rows first; those whose name holds the text, whatever its case and accents."""
    merchants = cached(household, "merchants", Revision.current(), seconds=SECONDS, make=_merchants)
    text = folded(mentioning.strip())
    return [merchant for merchant in merchants if text in folded(merchant.name)] if text else merchants


def _merchants() -> list[Merchant]:
    rows = Transaction.objects.exclude(merchant="").order_by("merchant", "account__currency")
    sums = rows.values_list("merchant", "account__currency").annotate(rows=Count("pk"), sum=Sum("amount"))
    by_name = groupby(sums, key=lambda one: one[0])
    merchants = [_merchant(name, list(of_name)) for name, of_name in by_name]
    return sorted(merchants, key=lambda merchant: (-merchant.row_count, merchant.name))


def _merchant(name: str, sums: Iterable[tuple[str, str, int, Decimal]]) -> Merchant:
    listed = list(sums)
    return Merchant(
        name, sum(count for _, _, count, _ in listed), [(currency, total) for _, currency, _, total in listed]
    )
