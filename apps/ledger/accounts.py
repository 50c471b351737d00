"""The accounts with what their rows add up to."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Sum

from apps.ledger.credit import Credit, next_due_date
from apps.ledger.models import Account, Transaction
from apps.ledger.proof import Proof, proof_of, proofs

STALE_DAYS, SEASON_DAYS, DORMANT_DAYS = 40, 90, 365

Kind = Account.Kind
GROUPS = {
    "Cash and checking": (Kind.CHECKING, Kind.CASH),
    "Savings and investments": (Kind.SAVINGS, Kind.INVESTMENT, Kind.HSA),
    "Cards and loans": (Kind.CREDIT_CARD, Kind.LOAN),
}
"""Under which heading the page shows a kind of account."""


@dataclass(frozen=True)
class ListedAccount:
    """An account as the list shows it.

    `balance` is all its rows and its opening balance: the one that the bank's own balances prove, else the one given.
    """

    pk: int
    name: str
    kind: str
    kind_label: str
    institution: str
    currency: str
    opening: Decimal
    balance: Decimal
    row_count: int
    last_date: datetime.date | None
    silence: str
    is_archived: bool
    proof: Proof | None
    credit: Credit | None
    due_date: datetime.date | None
    visibility: str
    owner_id: int | None
    is_frozen: bool


@dataclass(frozen=True)
class Group:
    """The accounts of one heading, in the household's order."""

    name: str
    accounts: list[ListedAccount]


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
    """Every account of the open household in its order; three queries, of which the sums read an index alone."""
    return _list(Account.objects.all(), proofs(), _sums(), today)


def listed(account: Account, *, today: datetime.date) -> ListedAccount:
    """The one account, as the list shows it."""
    proof = proof_of(account.pk)
    (one,) = _list([account], {account.pk: proof} if proof else {}, _sums(account_id=account.pk), today)
    return one


def grouped(accounts: Iterable[ListedAccount]) -> list[Group]:
    """The accounts under their headings; a heading without accounts is left out."""
    everyone = list(accounts)
    groups = [Group(name, [one for one in everyone if one.kind in kinds]) for name, kinds in GROUPS.items()]
    return [group for group in groups if group.accounts]


def total_by_currency(accounts: list[ListedAccount]) -> list[dict[str, object]]:
    """What all accounts of a currency hold together."""
    sums: dict[str, Decimal] = {}
    for account in accounts:
        sums[account.currency] = sums.get(account.currency, Decimal(0)) + account.balance
    return [{"currency": currency, "amount": amount} for currency, amount in sorted(sums.items())]


def _sums(**of: int) -> dict[int, dict[str, Any]]:
    rows = Transaction.objects.filter(**of).order_by().values("account_id")
    sums = rows.annotate(row_count=Count("*"), last_date=Max("date"), total=Sum("amount"))
    return {one["account_id"]: dict(one) for one in sums}


def _list(
    accounts: Iterable[Account], proved: dict[int, Proof], sums: dict[int, dict[str, Any]], today: datetime.date
) -> list[ListedAccount]:
    empty: dict[str, Any] = {"row_count": 0, "last_date": None, "total": Decimal(0)}
    return [_listed(account, sums.get(account.pk, empty), proved.get(account.pk), today=today) for account in accounts]


def _listed(account: Account, sums: dict[str, Any], proof: Proof | None, *, today: datetime.date) -> ListedAccount:
    last_date = sums["last_date"]
    opening = proof.opening if proof else account.opening_balance
    balance = opening + sums["total"]
    is_awaited = last_date and not account.archived_at and not is_dormant(last_date, today)
    return ListedAccount(
        pk=account.pk,
        name=account.name,
        kind=account.kind,
        kind_label=account.get_kind_display(),
        institution=account.institution,
        currency=account.currency,
        opening=opening,
        balance=balance,
        row_count=sums["row_count"],
        last_date=last_date,
        silence=silence(last_date, today) if is_awaited else "",
        is_archived=account.archived_at is not None,
        proof=proof,
        credit=Credit(account.credit_limit, balance) if account.credit_limit is not None else None,
        due_date=next_due_date(account.due_day, today) if account.due_day else None,
        visibility=account.visibility,
        owner_id=account.owner_id,
        is_frozen=account.is_frozen,
    )
