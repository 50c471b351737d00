"""When a present of ours is over, what the household has then counts for its accounts, too."""

import datetime

from apps.billing.presents import end_presents
from apps.households.models import Household
from apps.plans.models import Plan, Subscription
from tests.planes import both_planes

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@both_planes
def test_what_is_over_goes_and_orders_the_fitting_of_accounts(household: Household, other_household: Household) -> None:
    Subscription.objects.filter(household=household).update(comped_until=NOW)
    basic = Plan.objects.get(code="basic")
    later = Subscription.objects.filter(household=other_household)
    later.update(comped_plan=basic, comped_until=NOW + datetime.timedelta(seconds=1))
    end_presents(NOW)
    held = Subscription.objects.get(household=household)
    assert (held.comped_plan, held.comped_until) == (None, None)
    household.refresh_from_db()
    other_household.refresh_from_db()
    assert household.work_ordered_at is not None
    assert (later.get().comped_plan, other_household.work_ordered_at) == (basic, None)


@both_planes
def test_what_is_for_good_stays(household: Household) -> None:
    end_presents(NOW)
    assert Subscription.objects.get(household=household).comped_plan is not None
