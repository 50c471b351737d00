"""The accounts with what their rows add up to."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Sum
from django.urls import reverse

from apps.ledger.models import Account, Transaction
from apps.ledger.proof import Proof, proofs

STALE_DAYS, SEASON_DAYS, DORMANT_DAYS = 40, 90, 365


@dataclass(frozen=True)
class ListedAccount:
    """An account as the list shows it.

    `balance` is all its rows and its opening balance: the one that the bank's own balances prove, else the one given.
    """

    name: str
    kind_label: str
    currency: str
    balance: Decimal
    row_count: int
    last_date: datetime.date | None
    silence: str
    transactions_url: str
    proof: Proof | None


def silence(last: datetime.date, today: datetime.date) -> str:
    """`no file for 41 days`, and after a season only the month. Empty while files come as usual."""
    days = (today - last).days
    if days <= STALE_DAYS:
        return ""
    return f"no file for {days} days" if days <= SEASON_DAYS else f"no file since {last:%B %Y}"


def is_dormant(last: datetime.date, today: datetime.date) -> bool:
    """Whether nobody waits for a file of the account any more."""
    return (today - last).days > DORMANT_DAYS


def list_accounts(*, today: datetime.date) -> list[ListedAccount]:
    """Every account of the open household, by name; three queries, of which the sums read an index alone."""
    proved = proofs()
    sums = {
        one["account_id"]: one
        for one in Transaction.objects.order_by()
        .values("account_id")
        .annotate(row_count=Count("*"), last_date=Max("date"), total=Sum("amount"))
    }
    empty: dict[str, Any] = {"row_count": 0, "last_date": None, "total": Decimal(0)}
    return [
        _listed(account, {**sums.get(account.pk, empty)}, proved.get(account.pk), today)
        for account in Account.objects.order_by("name")
    ]


def _listed(account: Account, sums: dict[str, Any], proof: Proof | None, today: datetime.date) -> ListedAccount:
    last_date = sums["last_date"]
    return ListedAccount(
        name=account.name,
        kind_label=account.get_kind_display(),
        currency=account.currency,
        balance=(proof.opening if proof else account.opening_balance) + sums["total"],
        row_count=sums["row_count"],
        last_date=last_date,
        silence=silence(last_date, today) if last_date and not is_dormant(last_date, today) else "",
        transactions_url=f"{reverse('ledger:transactions')}?account={account.pk}",
        proof=proof,
    )


def total_by_currency(accounts: list[ListedAccount]) -> list[dict[str, object]]:
    """What all accounts of a currency hold together."""
    sums: dict[str, Decimal] = {}
    for account in accounts:
        sums[account.currency] = sums.get(account.currency, Decimal(0)) + account.balance
    return [{"currency": currency, "amount": amount} for currency, amount in sorted(sums.items())]
