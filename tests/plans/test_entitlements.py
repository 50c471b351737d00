"""One question about what a household may do, with one answer wherever it is asked."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from apps.households.models import Household
from apps.households.rights import NoLongerAllowed, check_may_write
from apps.onboarding.opening import open_household
from apps.plans.entitlements import Entitlements, Limited
from apps.plans.models import Plan, Subscription, SubscriptionChange
from apps.plans.subscribing import TRIAL
from apps.users.models import User
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes
LIMITS = {"rows": 1000, "accounts": 2, "seats": 3}


def end(household: Household) -> None:
    Subscription.objects.filter(household=household).update(comped_plan=None, state="ended")


def test_a_limit_is_the_most_that_there_may_be(household: Household) -> None:
    give_plan(household, "family", row_limit=1000, account_limit=2, seat_limit=3)
    asked = household.entitlements
    for what, limit in LIMITS.items():
        assert asked.limit(what) == limit
        assert [asked.allows(what, count) for count in (0, limit, limit + 1)] == [True, True, False]


def test_where_there_is_no_limit_there_may_be_any_number(household: Household) -> None:
    give_plan(household, "pro", account_limit=None)
    assert household.entitlements.limit(Limited.ROWS) is None
    assert household.entitlements.allows(Limited.ROWS, 10**9)
    assert household.entitlements.allows(Limited.ACCOUNTS, 10**9)


def test_a_present_of_ours_gives_its_plan_until_its_last_moment() -> None:
    until = timezone.now()
    subscription = Subscription(
        plan=Plan.objects.get(code="basic"),
        comped_plan=Plan.objects.get(code="family"),
        comped_until=until,
        state="active",
        trial_ends_at=until,
    )
    just_before = Entitlements(subscription, until - datetime.timedelta(microseconds=1))
    assert (just_before.plan.code, Entitlements(subscription, until).plan.code) == ("family", "basic")


def test_a_household_begins_with_a_trial_of_fourteen_days(owner: User) -> None:
    before = timezone.now()
    opened = open_household(owner=owner, name="Another one")
    held = opened.subscription
    assert (held.plan.code, held.state, opened.entitlements.standing) == ("trial", "trial", "trial")
    assert before + TRIAL <= held.trial_ends_at <= timezone.now() + TRIAL
    (change,) = SubscriptionChange.objects.filter(household=opened)
    assert (change.kind, change.plan.code, change.a_month) == ("trial_began", "trial", 0)


def test_a_job_is_refused_whose_household_can_only_be_read(household: Household, owner: User) -> None:
    check_may_write(household, owner.pk)
    end(household)
    with pytest.raises(NoLongerAllowed, match="The subscription of this household has ended"):
        check_may_write(household, owner.pk)
    check_may_write(household, None)


def test_pages_can_be_read_and_nothing_changed_once_it_has_ended(member_client: Client, household: Household) -> None:
    end(household)
    assert member_client.get("/h/ours/accounts/").status_code == 200
    assert "Add an account" not in member_client.get("/h/ours/accounts/").content.decode()
    refused = member_client.post("/h/ours/accounts/new/", {"name": "Checking", "kind": "checking", "currency": "USD"})
    assert refused.status_code == 403
    assert "to add or change something, its owner chooses a plan" in refused.content.decode()
    # Which columns a browser shows is nobody's data.
    assert member_client.post("/h/ours/transactions/columns/", {"column": "account"}).status_code == 302
