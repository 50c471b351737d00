"""What may be wrong when a reconciliation does not come out even."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from apps.ledger.models import Reconciliation, Transaction
from apps.ledger.reconciling import candidates, ticks_of

FEW = 5


@dataclass(frozen=True)
class Suspect:
    """A row that alone would explain what is missing, and what to do about it."""

    row: Transaction
    advice: str


def suspects(reconciliation: Reconciliation, missing: Decimal) -> list[Suspect]:
    """Rows of exactly the missing amount, or of half of it with the wrong sign; at most FEW, the newest first."""
    return list(_suspects(reconciliation, missing))[:FEW] if missing else []


def _suspects(reconciliation: Reconciliation, missing: Decimal) -> Iterator[Suspect]:
    rows = candidates(reconciliation).newest_first()
    ticked = rows.filter(pk__in=ticks_of(reconciliation))
    asked = (
        (rows.exclude(pk__in=ticks_of(reconciliation)).filter(amount=missing), "Is it on the statement? Then tick it."),
        (ticked.filter(amount=-missing), "Is it really on the statement? If not, untick it."),
        (ticked.filter(amount=-missing / 2), "Is its sign right? The other way round it would come out even."),
    )
    for found, advice in asked:
        yield from (Suspect(row, advice) for row in found[:FEW])
