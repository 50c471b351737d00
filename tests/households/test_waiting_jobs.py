"""What somebody ordered who was removed, demoted or suspended before its job began is not done in their name."""

import pytest

from apps.categorization import rule_runs
from apps.categorization.models import CategoryRule, RuleRun
from apps.households.models import Household
from apps.imports import booking, rolling_back
from apps.imports.models import ImportFile
from apps.imports.states import State
from apps.ledger.models import Account, Transaction
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.households.people import belonging
from tests.imports.bank import NOVEMBER, bring_in, checking, read
from tests.planes import both_planes

pytestmark = both_planes
REFUSED = "Whoever asked for this may not change the household any more, so it was not done."


@pytest.fixture
def bea(household: Household) -> User:
    return belonging(household, "Bea")


def end(household: Household, someone: User, how: str) -> None:
    membership = household.memberships.filter(user=someone)
    if how == "removed":
        membership.delete()
    elif how == "suspended":
        User.objects.filter(pk=someone.pk).update(is_active=False)
    else:
        membership.update(role="viewer")


@pytest.mark.parametrize("how", ["removed", "demoted", "suspended"])
def test_an_import_waits_for_somebody_else(household: Household, bea: User, owner: User, how: str) -> None:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        file = read(household, account, checking(NOVEMBER))
        booking.confirm(file, actor_id=bea.pk)
    end(household, bea, how)
    booking.book_file(household, file.pk)
    with household_context(household):
        file = ImportFile.objects.get()
        assert (file.state, file.error) == (State.READ, REFUSED)
        assert not Transaction.objects.exists()
        booking.confirm(file, actor_id=owner.pk)
    booking.book_file(household, file.pk)
    with household_context(household):
        assert Transaction.objects.count() == ImportFile.objects.get().booked_count > 0


def test_a_roll_back_is_not_done(household: Household, bea: User) -> None:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        file = bring_in(household, account, checking(NOVEMBER))
        rolling_back.order_roll_back(file, actor_id=bea.pk)
        before = Transaction.objects.count()
    end(household, bea, "removed")
    rolling_back.roll_back_file(household, file.pk)
    with household_context(household):
        file = ImportFile.objects.get()
        assert (file.state, file.error) == (State.BOOKED, REFUSED)
        assert Transaction.objects.count() == before


@pytest.mark.parametrize("how", ["removed", "demoted"])
def test_rules_are_not_applied(household: Household, bea: User, how: str) -> None:
    with household_context(household):
        rule = CategoryRule.objects.create(name="Coffee")
        run = rule_runs.order(rule, overwrites=False, actor_id=bea.pk)
    end(household, bea, how)
    rule_runs.do(household, run.pk)
    with household_context(household):
        run = RuleRun.objects.get()
        assert (run.state, run.error) == (RuleRun.State.FAILED, REFUSED)
