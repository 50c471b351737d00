"""Balances that the bank states, held against the rows; a person may state one, too."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum

from apps.core.errors import ExpectedError, Gone
from apps.core.money import plain
from apps.ledger import journal
from apps.ledger.models import Account, Changeset, StatedBalance, Transaction
from apps.ledger.proof import proof_of


class BalanceGone(Gone):
    """Somebody took the balance out already."""


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
    """Takes a balance out that a person stated. Those that files brought go with their imports only.

    Raises BalanceGone.
    """
    if not account.stated_balances.filter(pk=stated_id).exists():
        raise BalanceGone("This balance is not there any more, and nothing was changed.")
    note = f"{account.name}: a stated balance taken out"
    with journal.deed(Changeset.Kind.ACCOUNT, actor_id=actor_id, note=note) as doing:
        doing.take_out(_by_hand(account).filter(pk=stated_id))
    return doing.changeset


def newest_stated(account: Account, *, opening: Decimal, count: int) -> list[Stated]:
    """The newest stated balances, two queries. `opening` is what the account held before its first row."""
    of_day = Transaction.objects.filter(account=account, date=OuterRef("date"))
    is_outdated = Exists(of_day.filter(changeset_id__gt=OuterRef("changeset_id")))
    # Its deed is hidden where it was stated of an account that the reader does not see, and that became this one since.
    kind = Subquery(Changeset.objects.filter(pk=OuterRef("changeset_id")).values("kind"))
    found = account.stated_balances.annotate(is_outdated=is_outdated, kind=kind)
    newest = list(found.order_by("-date", "-pk")[:count])
    held = _held_on_days(account, {one.date for one in newest})
    return [
        Stated(
            pk=one.pk,
            date=one.date,
            amount=one.amount,
            expected=opening + held[one.date],
            is_by_hand=one.kind not in {None, Changeset.Kind.IMPORT},
            is_outdated=one.is_outdated,
        )
        for one in newest
    ]


def held_on(account: Account, date: datetime.date) -> Decimal:
    """The sum of the account's rows up to that day."""
    total: Decimal | None = account.transactions.filter(date__lte=date).aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)


def _by_hand(account: Account) -> QuerySet[StatedBalance]:
    return account.stated_balances.exclude(changeset__kind=Changeset.Kind.IMPORT)


def _held_on_days(account: Account, days: set[datetime.date]) -> dict[datetime.date, Decimal]:
    """The sums up to each of the days, in one pass over the rows."""
    names = {f"to_{day:%Y%m%d}": day for day in days}
    sums = {name: Sum("amount", filter=Q(date__lte=day), default=Decimal(0)) for name, day in names.items()}
    return {names[name]: held for name, held in account.transactions.aggregate(**sums).items()}
