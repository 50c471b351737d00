"""The job that fits the accounts to the plan comes every few seconds while something is under way: it is in no way."""

import threading

from django.utils import timezone

from apps.households.models import Household
from apps.ledger import freezing, keeping_accounts
from apps.ledger.models import Account, Revision
from apps.ledger.tasks import fit
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.households.test_at_once import at_once
from tests.plans.giving import give_plan

PATIENCE = 30.0


def test_it_waits_for_no_import_where_there_is_nothing_to_fit(fresh_database: str) -> None:
    ours = Household.objects.get(public_id="ours")
    give_plan(ours, "basic", account_limit=1)
    with household_context(ours):
        for name in ("Old", "New"):
            Account.objects.create(name=name, currency="USD")
        assert freezing.fit_accounts(1) == 1
    is_booking, is_fitted = threading.Event(), threading.Event()

    def book() -> None:
        """As an import does it, for as long as it takes."""
        with household_context(ours):
            Account.objects.select_for_update(of=("self",), no_key=True).get(name="New")
            is_booking.set()
            assert is_fitted.wait(PATIENCE), "the job waited"

    def sweep() -> None:
        assert is_booking.wait(PATIENCE)
        fit.apply(kwargs={"household_id": ours.pk}, throw=True)
        is_fitted.set()

    assert at_once(book, sweep) == []
    # Where there is something to fit, it is done.
    give_plan(ours, "basic", account_limit=2)
    fit.apply(kwargs={"household_id": ours.pk}, throw=True)
    with household_context(ours):
        assert not Account.objects.filter(is_frozen=True).exists()


def test_an_account_less_makes_room_while_an_import_goes_into_another(fresh_database: str) -> None:
    ours, owner = Household.objects.get(public_id="ours"), User.objects.get(email="ours@example.com")
    give_plan(ours, "basic", account_limit=2)
    with household_context(ours):
        frozen, going, importing = (Account.objects.create(name=name, currency="USD") for name in ("Old", "One", "Two"))
        assert freezing.fit_accounts(2) == 1
    is_booking, is_archived = threading.Event(), threading.Event()

    def book() -> None:
        """It waits for the version of the data at its end, which the other deed holds: two who wait for each other."""
        with household_context(ours):
            Account.objects.select_for_update(of=("self",), no_key=True).get(pk=importing.pk)
            is_booking.set()
            assert is_archived.wait(PATIENCE), "the deed waited"
            Revision.go_up()

    def archive() -> None:
        assert is_booking.wait(PATIENCE)
        with household_context(ours, person_id=owner.pk):
            keeping_accounts.archive(Account.objects.get(pk=going.pk), now=timezone.now(), actor_id=owner.pk)
        is_archived.set()

    assert at_once(book, archive) == []
    with household_context(ours):
        assert not Account.objects.get(pk=frozen.pk).is_frozen
