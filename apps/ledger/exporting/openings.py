"""What the accounts held before their first row: the balance that the bank's own balances prove, else the one given."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Min

from apps.ledger.models import Account, Transaction
from apps.ledger.proof import proofs


@dataclass(frozen=True)
class Opening:
    account: Account
    date: datetime.date
    amount: Decimal


def openings() -> list[Opening]:
    """Of every account that began with something, on the day of the ledger's first row."""
    first = Transaction.objects.aggregate(first=Min("date"))["first"]
    proved = proofs()
    found = []
    for account in Account.objects.all():
        proof = proved.get(account.pk)
        amount = proof.opening if proof else account.opening_balance
        if amount:
            found.append(Opening(account, first or account.created_at.date(), amount))
    return found
