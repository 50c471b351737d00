"""Balances that the bank states, held against the rows; a person may state one, too."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.core.errors import ExpectedError
from apps.core.money import plain
from apps.ledger import journal
from apps.ledger.models import Account, Changeset, StatedBalance, Transaction
from apps.ledger.proof import proof_of


class NotYet(ExpectedError):
    """A balance of a day that has not come."""

    def __init__(self) -> None:
        super().__init__("This day has not come yet; state the balance of a day up to today.")


@dataclass(frozen=True)
class Checked:
    """A balance that was just stated. Until then the rows made `expected` of that day.

    `is_first`: no other balance was stated, so that the opening balance is from now on what this one makes it.
    """

    changeset: Changeset | None
    stated: Decimal
    expected: Decimal
    is_first: bool

    @property
    def difference(self) -> Decimal:
        """What the rows lack: negative if money out is missing."""
        return self.stated - self.expected


@dataclass(frozen=True)
class Stated:
    """A stated balance beside what the rows make of it. `is_outdated`: rows of its day came in after it was stated."""

    pk: int
    date: datetime.date
    amount: Decimal
    expected: Decimal
    is_by_hand: bool
    is_outdated: bool

    @property
    def difference(self) -> Decimal:
        return self.amount - self.expected


def check(
    account: Account, *, date: datetime.date, amount: Decimal, today: datetime.date, actor_id: int | None
) -> Checked:
    """Keeps the balance at the end of that day, in place of one that a person stated for it before."""
    if date > today:
        raise NotYet
    proof = proof_of(account.pk)
    expected = (proof.opening if proof else account.opening_balance) + held_on(account, date)
    note = f"{account.name}: balance {plain(amount, account.currency)} on {date:%-d %B %Y} stated"
    with journal.deed(Changeset.Kind.ACCOUNT, actor_id=actor_id, note=note) as doing:
        assert doing.changeset is not None  # it is, until the end of the deed
        doing.take_out(_by_hand(account).filter(date=date))
        stated = StatedBalance.objects.create(account=account, changeset=doing.changeset, date=date, amount=amount)
        doing.made(StatedBalance, [stated.pk])
    return Checked(doing.changeset, amount, expected, is_first=proof is None)


def forget(account: Account, stated_id: int, *, actor_id: int | None) -> Changeset | None:
    """Takes a balance out that a person stated. Those that files brought go with their imports only."""
    note = f"{account.name}: a stated balance taken out"
    with journal.deed(Changeset.Kind.ACCOUNT, actor_id=actor_id, note=note) as doing:
        doing.take_out(_by_hand(account).filter(pk=stated_id))
    return doing.changeset


def newest_stated(account: Account, *, opening: Decimal, count: int) -> list[Stated]:
    """The newest stated balances, one query. `opening` is what the account held before its first row."""
    of_day = Transaction.objects.filter(account=account, date=OuterRef("date"))
    found = account.stated_balances.select_related("changeset").annotate(
        held=Coalesce(Subquery(_held_to(OuterRef("date"), account)), Decimal(0)),
        is_outdated=Exists(of_day.filter(changeset_id__gt=OuterRef("changeset_id"))),
    )
    return [
        Stated(
            one.pk, one.date, one.amount, opening + one.held, one.changeset.kind != "import", one.is_outdated
        )
        for one in found.order_by("-date", "-pk")[:count]
    ]  # fmt: skip


def held_on(account: Account, date: datetime.date) -> Decimal:
    """The sum of the account's rows up to that day."""
    total: Decimal | None = account.transactions.filter(date__lte=date).aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)


def _by_hand(account: Account) -> QuerySet[StatedBalance]:
    return account.stated_balances.exclude(changeset__kind=Changeset.Kind.IMPORT)


def _held_to(date: OuterRef, account: Account) -> QuerySet[Any, Any]:
    rows = Transaction.objects.filter(account=account, date__lte=date).order_by().values("account_id")
    return rows.annotate(total=Sum("amount")).values("total")
