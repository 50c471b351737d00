"""Rows held against a statement: ticked, locked when nothing is missing, and unlocked again."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.households.models import Household
from apps.ledger import journal, reconciling, unlocking
from apps.ledger.missing import suspects
from apps.ledger.models import Account, Changeset, Reconciliation, Revision, StatedBalance, Transaction
from apps.ledger.reconciling import NotEven, NotOpen, WrongDay
from apps.ledger.unlocking import CannotUnlock
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

TODAY = datetime.date(2026, 11, 22)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD", opening_balance=Decimal(100))


def begin(account: Account, date: str, balance: str) -> Reconciliation:
    return reconciling.begin(account, date=day(date), balance=Decimal(balance), today=TODAY, actor_id=1)[0]


def reconciled(account: Account, date: str, balance: str) -> Reconciliation:
    """Every row up to the date, locked."""
    statement = begin(account, date, balance)
    reconciling.tick_all(statement)
    reconciling.lock(statement, actor_id=1)
    statement.refresh_from_db()
    return statement


def ticks(statement: Reconciliation) -> list[int]:
    statement.refresh_from_db()
    return sorted(statement.ticked_ids)


def pks(rows: Sequence[Transaction]) -> list[int]:
    return [row.pk for row in rows]


def test_rows_up_to_the_date_that_no_statement_has_locked_are_to_tick(account: Account) -> None:
    first = by_hand(account, "2026-09-30", "-1")
    reconciled(account, "2026-09-30", "99")
    rows = [by_hand(account, "2026-09-15", "-2", "late"), by_hand(account, "2026-10-31", "-3")]
    by_hand(account, "2026-11-01", "-4")
    by_hand(Account.objects.create(name="Other", currency="USD"), "2026-10-01", "-5")
    statement = begin(account, "2026-10-31", "94")
    assert pks(reconciling.candidates(statement).order_by("pk")) == pks(rows)
    assert first.pk not in pks(reconciling.candidates(statement))


def test_the_sum_of_the_ticks_leads_from_the_balance_before_to_the_statement(account: Account) -> None:
    rows = [by_hand(account, "2026-10-01", amount) for amount in ("-10.25", "-20", "5")]
    statement = begin(account, "2026-10-31", "69.75")
    reconciling.tick(statement, on=[rows[0].pk, rows[2].pk])
    statement.refresh_from_db()
    figures = reconciling.figures(statement)
    assert (figures.starting, figures.ticked_count, figures.ticked_sum) == (100, 2, Decimal("-5.25"))
    assert figures.missing == -25
    reconciling.tick(statement, on=[rows[1].pk], off=[rows[2].pk])
    assert ticks(statement) == [rows[0].pk, rows[1].pk]
    assert reconciling.figures(statement).missing == 0


def test_the_opening_is_what_the_bank_proves_where_it_does(account: Account) -> None:
    by_hand(account, "2026-10-01", "-10")
    changeset = Changeset.objects.create(kind=Changeset.Kind.IMPORT)
    StatedBalance.objects.create(account=account, changeset=changeset, date="2026-10-01", amount=Decimal(490))
    assert reconciling.starting_balance(account) == 500


def test_locking_is_one_deed_that_matches_and_locks_the_rows(account: Account) -> None:
    rows = [by_hand(account, "2026-10-01", "-10", status=status) for status in ("unreconciled", "ignored")]
    apart = by_hand(account, "2026-10-02", "-7")
    statement = begin(account, "2026-10-31", "80")
    reconciling.tick(statement, on=pks(rows))
    version = Revision.current()
    changeset = reconciling.lock(statement, actor_id=5)
    assert changeset is not None
    changeset.refresh_from_db()
    assert (changeset.kind, changeset.actor_id, changeset.row_count) == ("reconcile", 5, 2)
    assert Revision.current() == version + 1
    locked = Transaction.objects.filter(reconciliation=statement)
    assert sorted(locked.values_list("pk", "status")) == [(row.pk, "matched") for row in rows]
    apart.refresh_from_db()
    assert (apart.reconciliation_id, apart.status) == (None, "unreconciled")
    statement.refresh_from_db()
    assert (statement.locked_at is not None, statement.ticked_ids) == (True, [])
    with pytest.raises(journal.LockedRows), journal.deed(Changeset.Kind.EDIT) as doing:
        doing.touch(locked, "amount")
    with pytest.raises(journal.NotUndone, match="unlocked on the page of its account"):
        journal.undo(changeset.pk, actor_id=5)


def test_nothing_is_locked_while_a_cent_is_missing(account: Account) -> None:
    row = by_hand(account, "2026-10-01", "-10")
    statement = begin(account, "2026-10-31", "89.99")
    reconciling.tick_all(statement)
    with pytest.raises(NotEven, match=r"−\$0\.01 is missing"):
        reconciling.lock(statement, actor_id=1)
    row.refresh_from_db()
    assert (row.reconciliation_id, row.status) == (None, "unreconciled")
    assert ticks(statement) == [row.pk]
    assert not Changeset.objects.filter(kind="reconcile").exists()


def test_a_month_in_which_nothing_moved_is_locked_without_a_row(account: Account) -> None:
    assert reconciled(account, "2026-10-31", "100").locked_at is not None


def test_the_second_tab_goes_on_with_the_reconciliation_of_the_first(account: Account) -> None:
    rows = [by_hand(account, "2026-10-01", "-1") for _ in range(3)]
    first, is_new = reconciling.begin(account, date=day("2026-10-31"), balance=Decimal(97), today=TODAY, actor_id=1)
    second, is_new_again = reconciling.begin(
        account, date=day("2026-11-01"), balance=Decimal(0), today=TODAY, actor_id=2
    )
    assert (second, is_new, is_new_again) == (first, True, False)
    reconciling.tick(first, on=[rows[0].pk])
    reconciling.tick(second, on=[rows[1].pk])
    assert ticks(first) == pks(rows[:2])


def test_a_foreign_or_later_row_cannot_be_ticked(account: Account) -> None:
    later = by_hand(account, "2026-11-01", "-1")
    foreign = by_hand(Account.objects.create(name="Other", currency="USD"), "2026-10-01", "-1")
    statement = begin(account, "2026-10-31", "100")
    reconciling.tick(statement, on=[later.pk, foreign.pk, 2**62])
    assert ticks(statement) == []


def test_rows_that_are_gone_count_no_more_and_it_is_said(account: Account) -> None:
    rows = [by_hand(account, "2026-10-01", amount) for amount in ("-1", "-2", "-4")]
    statement = begin(account, "2026-10-31", "93")
    reconciling.tick_all(statement)
    version = Revision.current()
    with journal.deed(Changeset.Kind.DELETE) as doing:
        doing.take_out(Transaction.objects.filter(pk=rows[0].pk))
    with journal.deed(Changeset.Kind.EDIT) as doing:
        doing.touch(Transaction.objects.filter(pk=rows[1].pk), "amount")
        Transaction.objects.filter(pk=rows[1].pk).update(amount=-3)
    with journal.deed(Changeset.Kind.EDIT) as doing:
        doing.touch(Transaction.objects.filter(pk=rows[2].pk), "notes")
        Transaction.objects.filter(pk=rows[2].pk).update(notes="this is no fact of money")
    statement.refresh_from_db()
    figures = reconciling.figures(statement)
    assert (figures.ticked_count, figures.ticked_sum, figures.dropped_count) == (2, -7, 1)
    assert reconciling.untick_stale(statement, as_of=version) == 2
    assert ticks(statement) == [rows[2].pk]
    assert reconciling.untick_stale(statement, as_of=Revision.current()) == 0


def test_a_page_that_does_not_say_what_it_showed_locks_nothing(account: Account) -> None:
    by_hand(account, "2026-10-01", "-1")
    statement = begin(account, "2026-10-31", "99")
    reconciling.tick_all(statement)
    assert reconciling.untick_stale(statement, as_of=None) == 1


def test_the_statement_can_be_corrected_and_later_rows_lose_their_ticks(account: Account) -> None:
    rows = [by_hand(account, date, "-1") for date in ("2026-10-01", "2026-10-31")]
    statement = begin(account, "2026-10-31", "98")
    reconciling.tick_all(statement)
    reconciling.restate(statement, date=day("2026-10-30"), balance=Decimal(99), today=TODAY)
    assert ticks(statement) == [rows[0].pk]
    assert reconciling.figures(statement).missing == 0


@pytest.mark.parametrize(
    ("date", "sentence"),
    [("2026-11-23", "has not come yet"), ("2026-10-31", "to 31 October 2026"), ("2026-10-01", "later statement")],
)
def test_a_day_that_no_statement_can_be_of_is_refused(account: Account, date: str, sentence: str) -> None:
    reconciled(account, "2026-10-31", "100")
    with pytest.raises(WrongDay, match=sentence):
        begin(account, date, "100")
    statement = begin(account, "2026-11-20", "100")
    with pytest.raises(WrongDay, match=sentence):
        reconciling.restate(statement, date=day(date), balance=Decimal(1), today=TODAY)


def test_discarding_leaves_no_trace_in_the_rows(account: Account) -> None:
    row = by_hand(account, "2026-10-01", "-1")
    statement = begin(account, "2026-10-31", "99")
    reconciling.tick_all(statement)
    reconciling.discard(statement)
    row.refresh_from_db()
    assert (row.status, row.reconciliation_id) == ("unreconciled", None)
    assert not Reconciliation.objects.exists()
    for deed in (reconciling.tick_all, reconciling.untick_all, reconciling.discard, reconciling.tick):
        with pytest.raises(NotOpen):
            deed(Reconciliation(pk=statement.pk or 1, account=account))


def test_unlocking_gives_back_the_status_and_the_ticks(account: Account) -> None:
    rows = [
        by_hand(account, "2026-10-01", "-1", status=status)
        for status in ("unreconciled", "ignored", "manually_entered", "matched")
    ]
    before = list(Transaction.objects.order_by("pk").values())
    statement = begin(account, "2026-10-31", "96")
    reconciling.tick_all(statement)
    for _ in range(2):
        reconciling.lock(statement, actor_id=1)
        changeset = unlocking.unlock(statement, actor_id=2)
        assert changeset is not None
        assert changeset.kind == "reconcile"
        assert list(Transaction.objects.order_by("pk").values()) == before
        assert ticks(statement) == pks(rows)
        assert statement.locked_at is None


def test_a_statement_on_which_a_later_one_rests_is_unlocked_after_that(account: Account) -> None:
    by_hand(account, "2026-09-01", "-1")
    by_hand(account, "2026-10-01", "-1")
    september = reconciled(account, "2026-09-30", "99")
    october = reconciled(account, "2026-10-31", "98")
    with pytest.raises(CannotUnlock, match="statement of 31 October 2026 rests on this one"):
        unlocking.unlock(september, actor_id=1)
    unlocking.unlock(october, actor_id=1)
    with pytest.raises(CannotUnlock, match="to 31 October 2026 is open"):
        unlocking.unlock(september, actor_id=1)
    with pytest.raises(CannotUnlock, match="not locked any more"):
        unlocking.unlock(october, actor_id=1)
    reconciling.discard(october)
    unlocking.unlock(september, actor_id=1)
    assert not Transaction.objects.exclude(reconciliation=None).exists()


def test_a_row_of_what_is_missing_or_of_half_of_it_is_named(account: Account) -> None:
    ticked = [by_hand(account, "2026-10-01", amount) for amount in ("12", "6", "-99")]
    open_one = by_hand(account, "2026-10-02", "-12")
    by_hand(account, "2026-11-02", "-12", "after the statement")
    statement = begin(account, "2026-10-31", "7")
    reconciling.tick(statement, on=pks(ticked))
    statement.refresh_from_db()
    missing = reconciling.figures(statement).missing
    assert missing == -12
    assert [(one.row, one.advice) for one in suspects(statement, missing)] == [
        (open_one, "Is it on the statement? Then tick it."),
        (ticked[1], "Is its sign right? The other way round it would come out even."),
        (ticked[0], "Is it really on the statement? If not, untick it."),
    ]
    assert suspects(statement, Decimal(0)) == []


AMOUNTS = st.lists(st.decimals(-999, 999, places=2), max_size=10)


# Every example begins with an account of its own.
@settings(max_examples=25)
@given(amounts=AMOUNTS, chosen=st.sets(st.integers(0, 9)), off=st.decimals(-1, 1, places=2))
def test_rows_are_locked_exactly_when_they_lead_to_the_statement(
    opened: Household, amounts: list[Decimal], chosen: set[int], off: Decimal
) -> None:
    account = Account.objects.create(name=f"Account {Account.objects.count()}", currency="USD")
    rows = [by_hand(account, "2026-10-01", str(amount)) for amount in amounts]
    ticked = [row for number, row in enumerate(rows) if number in chosen]
    statement = begin(account, "2026-10-31", str(sum((row.amount for row in ticked), Decimal(0)) + off))
    reconciling.tick(statement, on=pks(ticked))
    try:
        reconciling.lock(statement, actor_id=1)
    except NotEven:
        assert off
        assert not account.transactions.exclude(reconciliation=None).exists()
    else:
        assert not off
        assert sorted(pks(account.transactions.exclude(reconciliation=None))) == sorted(pks(ticked))
