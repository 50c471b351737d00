"""What may be wrong when a reconciliation does not come out even."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from apps.ledger.models import Reconciliation, Transaction
from apps.ledger.reconciling import candidates

FEW = 5


@dataclass(frozen=True)
class Suspect:
    """A row that alone would explain what is missing, and what to do about it."""

    row: Transaction
    advice: str


def suspects(reconciliation: Reconciliation, missing: Decimal) -> list[Suspect]:
    """Rows of exactly the missing amount, or of half of it with the wrong sign; at most FEW, the newest first."""
    if not missing:
        return []
    ticked = set(reconciliation.ticked_ids)
    advice = {
        (missing, False): "Is it on the statement? Then tick it.",
        (-missing, True): "Is it really on the statement? If not, untick it.",
        (-missing / 2, True): "Is its sign right? The other way round it would come out even.",
    }
    rows = candidates(reconciliation).filter(amount__in={amount for amount, _ in advice}).newest_first()
    fitting = (row for row in rows.iterator() if (row.amount, row.pk in ticked) in advice)
    return [Suspect(row, advice[row.amount, row.pk in ticked]) for row in islice(fitting, FEW)]
