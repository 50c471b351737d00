"""What comes in counts against the plan, once, from the order on; what does not come in after all is free again."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from apps.households.models import Household
from apps.imports import allowing, attempts, booking, deciding, rolling_back
from apps.imports.allowing import ClosedAccount
from apps.imports.models import ImportFile
from apps.imports.states import State
from apps.imports.tasks import sweep_household
from apps.ledger import keeping_accounts
from apps.ledger.models import Account, Transaction
from apps.plans import metering
from apps.plans.entitlements import NotInPlan
from apps.plans.metering import RowLimitReached
from apps.plans.models import RowTaking, Subscription
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.imports.bank import Line, checking, read
from tests.ledger.entries import by_hand, edit_rows
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes
SHOPS: list[Line] = [(f"11/{day:02}/2026", f"Shop {day}", f"-{day}.00") for day in range(1, 11)]


@pytest.fixture
def account(opened: Household) -> Account:
    give_plan(opened, "basic", row_limit=10)
    return Account.objects.create(name="Checking", currency="USD")


@pytest.fixture
def file(opened: Household, account: Account) -> ImportFile:
    """Seven new rows."""
    return read(opened, account, checking(SHOPS[:7]), name="shops.csv")


def used() -> int:
    ours = Household.objects.get(public_id="ours")
    return metering.used(ours.entitlements, ours.zone)


def test_its_rows_are_taken_with_the_order(opened: Household, file: ImportFile) -> None:
    booking.confirm(file)
    assert used() == 7
    booking.book_file(opened, file.pk)
    assert (used(), Transaction.objects.count()) == (7, 7)


def test_a_refused_order_says_so_moves_nothing_and_stays_ready(
    member_client: Client, household: Household, owner: User
) -> None:
    give_plan(household, "basic", row_limit=6)
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        file = read(household, account, checking(SHOPS[:7]))
    page = member_client.post(f"/h/ours/imports/{file.pk}/confirm/", follow=True).content.decode()
    assert "These are 7 new rows, and your plan Basic has room for 6 more. Nothing has come in." in page
    with household_context(household):
        file.refresh_from_db()
        assert (file.state, Transaction.objects.count()) == (State.READ, 0)
    assert used() == 0


def test_rows_that_stay_out_take_nothing(opened: Household, file: ImportFile, account: Account) -> None:
    deciding.decide(file, included={1, 2, 3}, ticked={3})
    booking.confirm(file)
    assert used() == 5
    booking.book_file(opened, file.pk)
    assert Transaction.objects.count() == 5
    booking.confirm(read(opened, account, checking(SHOPS[2:10])))
    assert used() == 5 + 3


def test_what_another_import_brought_meanwhile_is_free_again(
    opened: Household, file: ImportFile, account: Account
) -> None:
    twin = read(opened, account, checking(SHOPS[4:7]))
    for one in (file, twin):
        booking.confirm(one)
    assert used() == 10
    for one in (file, twin):
        booking.book_file(opened, one.pk)
    assert (used(), Transaction.objects.count()) == (7, 7)


def test_a_file_that_asks_again_gives_back_until_it_is_confirmed_again(
    opened: Household, file: ImportFile, account: Account
) -> None:
    booking.confirm(file)
    by_hand(account, "2026-11-03", "-3.00", "Another text")
    booking.book_file(opened, file.pk)
    file.refresh_from_db()
    assert (file.state, used()) == (State.READ, 0)
    assert "another import brought rows" in file.error


def test_an_order_whose_person_may_not_write_any_more_gives_back(
    opened: Household, file: ImportFile, owner: User
) -> None:
    booking.confirm(file, actor_id=owner.pk)
    owner.memberships.update(role="viewer")
    booking.book_file(opened, file.pk)
    file.refresh_from_db()
    assert (file.state, used(), Transaction.objects.count()) == (State.READ, 0, 0)


def test_a_stalled_booking_keeps_its_rows_and_gives_them_back_when_it_is_dropped(
    household: Household, opened: Household, file: ImportFile
) -> None:
    booking.confirm(file)
    ImportFile.objects.filter(pk=file.pk).update(attempt_count=attempts.ATTEMPTS)
    attempts.attempt(booking.book_file, household, file.pk, State.CONFIRMED)
    file.refresh_from_db()
    assert (file.state, used()) == (State.STALLED, 7)
    booking.cancel(file)
    assert used() == 0


def test_rolling_back_gives_back_what_is_gone(
    opened: Household, file: ImportFile, account: Account, commit: Callable[..., Any]
) -> None:
    booking.book(file)
    edit_rows(Transaction.objects.filter(date="2026-11-02"), notes="mine")
    later = read(opened, account, checking(SHOPS[5:8]))
    booking.book(later)
    assert used() == 8
    rolling_back.order_roll_back(file)
    with commit():
        rolling_back.roll_back_file(opened, file.pk)
    # The one that was changed stays, and the two that the later file lists, too, are that one's now.
    assert Transaction.objects.count() == 4
    assert used() == 4
    rolling_back.order_roll_back(later)
    with commit():
        rolling_back.roll_back_file(opened, later.pk)
    assert (Transaction.objects.count(), used()) == (1, 1)
    assert RowTaking.objects.get(key=f"import {later.pk}").row_count == 0


def test_what_was_rolled_back_is_free_also_if_the_worker_died_before_it_said_so(
    household: Household, owner: User
) -> None:
    give_plan(household, "basic", row_limit=10)
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        file = read(household, account, checking(SHOPS[:7]))
        booking.book(file)
        edit_rows(Transaction.objects.filter(date="2026-11-02"), notes="mine")
        rolling_back.order_roll_back(file)
    # Nothing runs what waits for the commit: a test's transaction has none.
    rolling_back.roll_back_file(household, file.pk)
    assert used() == 7
    with household_context(household):
        ImportFile.objects.update(state_at=timezone.now() - datetime.timedelta(minutes=2))
    for _ in range(2):
        sweep_household.apply(kwargs={"household_id": household.pk}, throw=True)
        assert used() == 1


def test_an_order_from_anywhere_takes_its_rows_where_it_is_booked(opened: Household, account: Account) -> None:
    booking.book(read(opened, account, checking(SHOPS[:7])))
    assert used() == 7
    with pytest.raises(RowLimitReached):
        booking.book(read(opened, account, checking([*SHOPS[4:], ("11/20/2026", "One more", "-11.00")])))
    assert (used(), Transaction.objects.count()) == (7, 7)


def test_the_command_is_refused_like_anybody(household: Household, tmp_path: Path) -> None:
    give_plan(household, "basic", row_limit=6, account_limit=1)
    path = tmp_path / "shops.csv"
    path.write_bytes(checking(SHOPS[:7]))
    call = lambda account: call_command("import_bank_file", str(path), "--household", "ours", "--account", account)  # noqa: E731
    with pytest.raises(
        CommandError, match=r"shops\.csv: These are 7 new rows, and your plan Basic has room for 6 more"
    ):
        call("Checking")
    with household_context(household):
        assert not Account.objects.exists()
        Account.objects.create(name="Only one", currency="USD")
    with pytest.raises(CommandError, match=r"Your plan Basic has room for 1 account, and nothing was changed"):
        call("Checking")


def test_nothing_comes_in_once_the_plan_has_ended(opened: Household, file: ImportFile) -> None:
    booking.confirm(file)
    Subscription.objects.filter(household=opened).update(comped_plan=None, state="ended")
    booking.book_file(opened, file.pk)
    file.refresh_from_db()
    assert (file.state, Transaction.objects.count()) == (State.READ, 0)
    assert file.error.startswith("The subscription of this household has ended.")
    with pytest.raises(NotInPlan):
        booking.book(file)


def test_nothing_comes_into_an_archived_account(opened: Household, file: ImportFile, account: Account) -> None:
    keeping_accounts.archive(account, now=timezone.now(), actor_id=1)
    for deed in (booking.confirm, booking.book):
        with pytest.raises(ClosedAccount, match="Checking is in the archive, and nothing comes in there"):
            deed(ImportFile.objects.get(pk=file.pk))


def test_what_a_request_took_that_ended_before_its_commit_is_free_again(household: Household) -> None:
    give_plan(household, "basic", row_limit=10)
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        idle, ordered = (read(household, account, checking(SHOPS[at : at + 3])) for at in (0, 5))
        allowing.take(idle)
        booking.confirm(ordered)
    assert used() == 6
    sweep_household.apply(kwargs={"household_id": household.pk}, throw=True)
    assert used() == 3
    assert RowTaking.objects.get().key == f"import {ordered.pk}"
