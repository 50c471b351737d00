"""Holding the rows of an account against a statement: tick until nothing is missing, then lock.

Ticks are kept in the open reconciliation. Only its locking changes rows; `unlocking` takes that back.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Count, F, Func, Sum, TextField, Value
from django.utils import timezone

from apps.core.errors import ExpectedError
from apps.core.money import plain
from apps.ledger import journal
from apps.ledger.models import Account, Change, Changeset, Reconciliation, Transaction
from apps.ledger.models.transactions import TransactionQuerySet
from apps.ledger.proof import proof_of


class WrongDay(ExpectedError):
    """No statement to reconcile can be of that day."""


class NotOpen(ExpectedError):
    """Another tab has locked or discarded it."""

    def __init__(self) -> None:
        super().__init__("This reconciliation is not open any more: it was locked or discarded meanwhile.")


class NotEven(ExpectedError):
    """The ticked rows do not lead to the statement's balance."""

    def __init__(self, missing: Decimal, currency: str) -> None:
        super().__init__(f"Nothing was locked: {plain(missing, currency)} is missing to the balance of the statement.")


@dataclass(frozen=True)
class Figures:
    """How far the ticks lead: from the balance before, by the ticked rows, to the statement's."""

    starting: Decimal
    ticked_count: int
    ticked_sum: Decimal
    statement: Decimal
    dropped_count: int

    @property
    def missing(self) -> Decimal:
        """What the ticks lack to the statement: negative if money out is missing; zero when it can be locked."""
        return self.statement - self.starting - self.ticked_sum


def open_of(account: Account) -> Reconciliation | None:
    return account.reconciliations.filter(locked_at=None).first()


def last_locked(account: Account) -> Reconciliation | None:
    return account.reconciliations.exclude(locked_at=None).order_by("-statement_date", "-pk").first()


def begin(
    account: Account, *, date: datetime.date, balance: Decimal, today: datetime.date, actor_id: int | None
) -> tuple[Reconciliation, bool]:
    """The open reconciliation of the account, and whether it is new: a second tab goes on with that of the first."""
    _refuse_day(account, date, today)
    return account.reconciliations.get_or_create(
        locked_at=None,
        defaults={"statement_date": date, "statement_balance": balance, "started_by_id": actor_id},
    )


def restate(reconciliation: Reconciliation, *, date: datetime.date, balance: Decimal, today: datetime.date) -> None:
    """Corrects the statement's date and balance. Rows after the date lose their ticks."""
    opened = opened_again(reconciliation)
    _refuse_day(opened.account, date, today)
    opened.statement_date, opened.statement_balance = date, balance
    opened.save(update_fields=["statement_date", "statement_balance"])
    _set_ticks(opened, ArraySubquery(ticked(opened).order_by("pk").values("pk")))


def _refuse_day(account: Account, date: datetime.date, today: datetime.date) -> None:
    if date > today:
        raise WrongDay("This day has not come yet; a statement is of a day up to today.")
    last = last_locked(account)
    if last and date <= last.statement_date:
        raise WrongDay(f"The account is reconciled to {last.statement_date:%-d %B %Y}; take a later statement.")


def discard(reconciliation: Reconciliation) -> None:
    """Forgets the ticks; no row was changed by them."""
    opened_again(reconciliation).delete()


def candidates(reconciliation: Reconciliation) -> TransactionQuerySet:
    """The rows up to the statement's date that no statement has locked yet."""
    return Transaction.objects.filter(
        account=reconciliation.account_id, date__lte=reconciliation.statement_date, reconciliation=None
    )


def ticked(reconciliation: Reconciliation) -> TransactionQuerySet:
    """Those of them that are ticked. A row that was deleted, moved or locked meanwhile is none any more."""
    return candidates(reconciliation).filter(_among("pk", reconciliation.ticked_ids))


def _among(field: str, ids: list[int]) -> Func:
    """Whether the field is one of the ids, which PostgreSQL hashes: there may be 100,000 of them."""
    template = "(%(expressions)s))"
    return Func(F(field), _array(ids), template=template, arg_joiner=" = ANY(", output_field=BooleanField())


def _array(ids: Iterable[int]) -> Func:
    """The ids as one word: as a list each of them would be written by Python for itself."""
    word = Value(f"{{{','.join(map(str, ids))}}}", output_field=TextField())
    return Func(word, template="%(expressions)s::bigint[]", output_field=ArrayField(BigIntegerField()))


def figures(reconciliation: Reconciliation) -> Figures:
    found = ticked(reconciliation).aggregate(count=Count("pk"), total=Sum("amount", default=Decimal(0)))
    return Figures(
        starting=starting_balance(reconciliation.account),
        ticked_count=found["count"],
        ticked_sum=found["total"],
        statement=reconciliation.statement_balance,
        dropped_count=len(reconciliation.ticked_ids) - found["count"],
    )


def starting_balance(account: Account) -> Decimal:
    """The opening balance, as the bank's own balances prove it or else as it was given, and all locked rows."""
    proof = proof_of(account.pk)
    locked: Decimal | None = account.transactions.exclude(reconciliation=None).aggregate(total=Sum("amount"))["total"]
    return (proof.opening if proof else account.opening_balance) + (locked or Decimal(0))


def tick(reconciliation: Reconciliation, *, on: Collection[int] = (), off: Collection[int] = ()) -> None:
    """Ticks and unticks these rows; what another tab ticked meanwhile stays."""
    opened = opened_again(reconciliation)
    there = candidates(opened).filter(pk__in=on).values_list("pk", flat=True)
    _set_ticks(opened, _array(sorted((set(opened.ticked_ids) - set(off)) | set(there))))


def tick_all(reconciliation: Reconciliation) -> None:
    """Ticks every row up to the statement's date."""
    opened = opened_again(reconciliation)
    _set_ticks(opened, ArraySubquery(candidates(opened).order_by("pk").values("pk")))


def untick_all(reconciliation: Reconciliation) -> None:
    _set_ticks(opened_again(reconciliation), _array([]))


def untick_stale(reconciliation: Reconciliation, *, as_of: int | None) -> int:
    """Unticks rows that are gone or that a deed changed after the page was shown; returns how many."""
    opened = opened_again(reconciliation)
    stale = _stale_ticks(opened, as_of)
    if stale:
        tick(opened, off=stale)
    return len(stale)


def lock(reconciliation: Reconciliation, *, actor_id: int | None) -> Changeset | None:
    """Locks the ticked rows, if they lead exactly to the statement's balance. Raises NotEven or NotOpen."""
    opened = opened_again(reconciliation)
    note = f"{opened.account.name} reconciled to {opened.statement_date:%-d %B %Y}"
    with journal.deed(Changeset.Kind.RECONCILE, actor_id=actor_id, note=note) as doing:
        doing.touch(Reconciliation.objects.filter(pk=opened.pk), "locked_at", "ticked_ids")
        doing.touch(ticked(opened), "reconciliation_id", "status")
        if missing := figures(opened).missing:
            raise NotEven(missing, opened.account.currency)
        ticked(opened).update(reconciliation=opened.pk, status=Transaction.Status.MATCHED)
        Reconciliation.objects.filter(pk=opened.pk).update(locked_at=timezone.now(), ticked_ids=[])
    return doing.changeset


def opened_again(reconciliation: Reconciliation) -> Reconciliation:
    """What it is now, locked against other tabs until the transaction ends. Raises NotOpen."""
    opened = Reconciliation.objects.select_for_update(of=("self",)).filter(pk=reconciliation.pk, locked_at=None).first()
    if opened is None:
        raise NotOpen
    return opened


def _set_ticks(reconciliation: Reconciliation, ids: Func | ArraySubquery) -> None:
    Reconciliation.objects.filter(pk=reconciliation.pk).update(ticked_ids=ids)


def _stale_ticks(reconciliation: Reconciliation, as_of: int | None) -> set[int]:
    """The ticked rows that are no candidates any more, or whose facts a deed touched after the page was shown."""
    there = set(ticked(reconciliation).values_list("pk", flat=True))
    gone = set(reconciliation.ticked_ids) - there
    if as_of is None:
        return gone | there
    changes = Change.objects.filter(table=Transaction._meta.label_lower, before__has_key="amount")
    changed = changes.filter(_among("row_id", reconciliation.ticked_ids), changeset__revision__gt=as_of)
    return gone | set(changed.values_list("row_id", flat=True))
