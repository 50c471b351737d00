"""The accounts with what their rows add up to."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, DecimalField, F, Max, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from apps.ledger.models import Account

STALE_DAYS = 40


@dataclass(frozen=True)
class ListedAccount:
    """An account as the list shows it; `balance` is its opening balance and all its rows."""

    name: str
    kind_label: str
    currency: str
    balance: Decimal
    row_count: int
    last_date: datetime.date | None
    days_since_import: int
    transactions_url: str

    @property
    def is_stale(self) -> bool:
        return self.days_since_import > STALE_DAYS


def list_accounts(*, today: datetime.date) -> list[ListedAccount]:
    """Every account of the open household, by name; one query."""
    zero = Value(Decimal(0), output_field=DecimalField(max_digits=24, decimal_places=4))
    accounts = Account.objects.annotate(
        row_count=Count("transactions"),
        last_date=Max("transactions__date"),
        balance=F("opening_balance") + Coalesce(Sum("transactions__amount"), zero),
    ).order_by("name")
    return [
        ListedAccount(
            name=account.name,
            kind_label=account.get_kind_display(),
            currency=account.currency,
            balance=account.balance,
            row_count=account.row_count,
            last_date=account.last_date,
            days_since_import=(today - account.last_date).days if account.last_date else 0,
            transactions_url=f"{reverse('ledger:transactions')}?account={account.pk}",
        )
        for account in accounts
    ]


def total_by_currency(accounts: list[ListedAccount]) -> list[dict[str, object]]:
    """What all accounts of a currency hold together."""
    sums: dict[str, Decimal] = {}
    for account in accounts:
        sums[account.currency] = sums.get(account.currency, Decimal(0)) + account.balance
    return [{"currency": currency, "amount": amount} for currency, amount in sorted(sums.items())]
