"""What is left in the ledger when somebody leaves: these commit, in a database of their own."""

import datetime
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from apps.households import keeping_members
from apps.households.models import Household, Membership
from apps.households.rights import NoLongerAllowed
from apps.households.signals import membership_ends
from apps.imports.tasks import sweep_household
from apps.ledger import departing, keeping_accounts, sharing
from apps.ledger.models import Account, Transaction
from apps.ledger.tasks import settle
from apps.tenancy.context import household_context, roll_back_household
from apps.users.models import User
from tests.households.people import browser
from tests.ledger.entries import by_hand
from tests.ledger.families import Family, family, owned


@pytest.fixture
def ours(fresh_database: str) -> Family:
    """Bob shares all that he has."""
    household = Household.objects.get(public_id="ours")
    found = family(household, User.objects.get(email="ours@example.com"))
    with household_context(household):
        Account.objects.filter(pk=found.card.pk).update(visibility="shared")
    return found


def bob_belongs(ours: Family) -> bool:
    return Membership.objects.filter(user=ours.bob).exists()


@contextmanager
def busy(ours: Family) -> Iterator[None]:
    """Somebody works on Bob's savings."""
    held, done = threading.Event(), threading.Event()

    def work() -> None:
        with household_context(ours.household):
            Account.objects.select_for_update().get(pk=ours.savings.pk)
            held.set()
            done.wait(60)
        connections.close_all()

    other = threading.Thread(target=work)
    other.start()
    held.wait(10)
    try:
        yield
    finally:
        done.set()
        other.join()


@pytest.mark.slow
def test_who_is_removed_is_removed_although_an_account_of_theirs_is_busy(ours: Family) -> None:
    membership = Membership.objects.get(user=ours.bob)
    with busy(ours):
        answer = browser(ours.ann).post(f"/h/ours/settings/members/{membership.pk}/remove/")
        assert (answer.status_code, bob_belongs(ours)) == (302, False)
        with pytest.raises(OperationalError):
            departing.settle(ours.household)
        assert (ours.bob.pk, "read_only") in owned(ours)
    assert Household.objects.get(pk=ours.household.pk).work_ordered_at is not None
    settle(household_id=ours.household.pk)
    assert owned(ours) == {(None, "shared")}


def test_the_sweep_goes_on_until_it_is_handed_over(ours: Family) -> None:
    with household_context(ours.household):
        waiting = by_hand(ours.joint, "2026-11-07", "-9.00", "BAKERY", needs_review=True, assigned_to_id=ours.bob.pk)
    Membership.objects.filter(user=ours.bob).delete()
    for is_left in (True, False):
        Household.objects.update(work_ordered_at=timezone.now() - datetime.timedelta(hours=1))
        sweep_household(household_id=ours.household.pk)
        assert (Household.objects.get(pk=ours.household.pk).work_ordered_at is not None) == is_left
        settle(household_id=ours.household.pk)
    assert owned(ours) == {(None, "shared")}
    with household_context(ours.household):
        assert Transaction.objects.get(pk=waiting.pk).assigned_to_id is None


def test_a_page_that_breaks_after_leaving_leaves_nothing_behind(ours: Family) -> None:
    """The membership commits by itself."""
    with household_context(ours.household, person_id=ours.bob.pk):
        keeping_members.leave(ours.household, person=ours.bob)
        roll_back_household()
    assert (bob_belongs(ours), Household.objects.filter(work_ordered_at=None, public_id="ours").exists()) == (
        *(False, False),
    )
    settle(household_id=ours.household.pk)
    assert owned(ours) == {(None, "shared")}


def make_private(ours: Family) -> None:
    sharing.share(ours.card, "private", person_id=ours.bob.pk, owns_household=False)


def add_private(ours: Family) -> None:
    keeping_accounts.add(Account(name="Purse", currency="USD", visibility="private"), actor_id=ours.bob.pk)


@pytest.mark.parametrize("deed", [make_private, add_private])
def test_who_is_leaving_keeps_nothing_to_themselves_in_another_tab(
    ours: Family, deed: Callable[[Family], None]
) -> None:
    raised: list[Exception] = []

    def work() -> None:
        try:
            with household_context(ours.household, person_id=ours.bob.pk):
                deed(ours)
        except NoLongerAllowed as refused:
            raised.append(refused)
        finally:
            connections.close_all()

    tab = threading.Thread(target=work)

    def begin(**_: Any) -> None:
        tab.start()
        tab.join(0.5)

    membership_ends.connect(begin, weak=False)
    try:
        with household_context(ours.household, person_id=ours.bob.pk):
            keeping_members.leave(ours.household, person=ours.bob)
    finally:
        membership_ends.disconnect(begin)
        tab.join()
    settle(household_id=ours.household.pk)
    assert (bob_belongs(ours), len(raised), owned(ours)) == (False, 1, {(None, "shared")})


def test_a_viewer_leaves_what_they_shared_before_and_what_they_kept(ours: Family) -> None:
    """A viewer can neither show nor delete an account: nothing of theirs holds them back."""
    Membership.objects.filter(user=ours.bob).update(role="viewer")
    with household_context(ours.household):
        Account.objects.filter(pk=ours.card.pk).update(visibility="private")
    assert browser(ours.bob).post("/h/ours/settings/members/leave/").status_code == 302
    settle(household_id=ours.household.pk)
    assert (bob_belongs(ours), owned(ours)) == (False, {(None, "shared"), (ours.bob.pk, "private")})
