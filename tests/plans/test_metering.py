"""Rows are counted once, whatever asks again, and never beyond the plan."""

import datetime
import zoneinfo
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.households.models import Household
from apps.plans import metering
from apps.plans.entitlements import Entitlements, NotInPlan
from apps.plans.metering import RowLimitReached
from apps.plans.models import Plan, RowTaking, Subscription
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes
UTC, AUCKLAND = zoneinfo.ZoneInfo("UTC"), zoneinfo.ZoneInfo("Pacific/Auckland")
NOVEMBER = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
DECEMBER = datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)


def asked(household: Household, now: datetime.datetime = NOVEMBER) -> Entitlements:
    return Entitlements(Subscription.objects.get(household=household), now)


def take(household: Household, key: str, row_count: int, now: datetime.datetime = NOVEMBER) -> None:
    metering.take(asked(household, now), UTC, key=key, row_count=row_count)


def used(household: Household, now: datetime.datetime = NOVEMBER) -> int:
    return metering.used(asked(household, now), UTC)


@pytest.fixture
def basic(household: Household) -> Household:
    give_plan(household, "basic", row_limit=100)
    return household


def test_as_many_as_there_is_room_for_and_not_one_more(basic: Household) -> None:
    take(basic, "a", 60)
    with pytest.raises(RowLimitReached, match=r"These are 41 new rows, and your plan Basic has room for 40 more\."):
        take(basic, "b", 41)
    assert used(basic) == 60
    take(basic, "b", 40)
    with pytest.raises(RowLimitReached, match=r"This is a new row, and your plan Basic has no room for more\."):
        take(basic, "c", 1)
    assert used(basic) == 100
    take(basic, "nothing new", 0)


def test_asked_again_under_the_same_key_it_takes_nothing_more(basic: Household) -> None:
    for row_count in (100, 100, 30, 80):
        take(basic, "a", row_count)
        assert used(basic) == row_count
    take(basic, "b", 20)
    with pytest.raises(RowLimitReached) as refused:
        take(basic, "a", 81)
    assert (refused.value.wanted, refused.value.left) == (81, 80)
    assert used(basic) == 100


def test_what_did_not_come_in_is_free_again(basic: Household) -> None:
    take(basic, "a", 60)
    metering.settle(basic.pk, key="a", row_count=25)
    assert used(basic) == 25
    metering.settle(basic.pk, key="a", row_count=60)
    assert used(basic) == 25
    metering.give_back(basic.pk, key="a")
    metering.give_back(basic.pk, key="a")
    metering.settle(basic.pk, key="never taken", row_count=10)
    assert used(basic) == 0
    assert not RowTaking.objects.filter(household=basic).exists()


def test_what_another_has_from_it_is_free_when_that_goes_too(basic: Household) -> None:
    take(basic, "import 1", 60)
    take(basic, "import 2", 30, DECEMBER)
    metering.settle(basic.pk, key="import 1", row_count=5, handed_over={"import 2": 20, "import 12": 10})
    assert (used(basic), used(basic, DECEMBER)) == (35, 30)
    metering.settle(basic.pk, key="import 2", row_count=1, handed_over={"import 12": 4})
    assert used(basic) + used(basic, DECEMBER) == 5 + 1 + 4 + 10
    metering.settle(basic.pk, key="import 12", row_count=0)
    metering.settle(basic.pk, key="import 12", row_count=0)
    assert used(basic) + used(basic, DECEMBER) == 5 + 1
    # Never more than there was.
    metering.settle(basic.pk, key="import 1", row_count=0, handed_over={"import 3": 100})
    assert RowTaking.objects.get(key="import 3 2026-11").row_count == 5


def test_a_month_is_the_calendars_in_the_households_time_zone(basic: Household) -> None:
    last_hours = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC)
    assert metering.period(asked(basic, last_hours), UTC) == "2026-11"
    assert metering.period(asked(basic, last_hours), AUCKLAND) == "2026-12"
    room = metering.room(asked(basic, datetime.datetime(2026, 12, 5, tzinfo=datetime.UTC)), UTC)
    assert (room.left, room.renews_on) == (100, datetime.date(2027, 1, 1))
    assert [room.shortage(count) for count in (99, 100, 101)] == [0, 0, 1]


def test_a_new_month_has_room_again_and_an_order_of_the_old_one_stays_there(basic: Household) -> None:
    take(basic, "a", 100)
    take(basic, "b", 100, DECEMBER)
    take(basic, "a", 70, DECEMBER)
    assert (used(basic), used(basic, DECEMBER)) == (70, 100)
    # It wants more than it had, for which December has no room: it keeps what it had.
    with pytest.raises(RowLimitReached):
        take(basic, "a", 71, DECEMBER)
    assert (used(basic), used(basic, DECEMBER)) == (70, 100)
    metering.give_back(basic.pk, key="b")
    take(basic, "a", 71, DECEMBER)
    assert (used(basic), used(basic, DECEMBER)) == (0, 71)


def test_a_trial_counts_all_of_it_and_what_is_paid_begins_anew(household: Household) -> None:
    Plan.objects.filter(code="trial").update(row_limit=100)
    Subscription.objects.filter(household=household).update(comped_plan=None, trial_ends_at=DECEMBER)
    take(household, "a", 90)
    room = metering.room(asked(household), UTC)
    assert (room.plan.name, room.left, room.renews_on) == ("Trial", 10, None)
    Plan.objects.filter(code="basic").update(row_limit=100)
    paid = {"plan": Plan.objects.get(code="basic"), "state": "active", "interval": "month"}
    Subscription.objects.filter(household=household).update(**paid)
    assert metering.left(asked(household), UTC) == 100
    # An import that was ordered on trial and is booked now has its rows already.
    take(household, "a", 90)
    assert used(household) == 0


def test_what_a_trial_took_is_told_of_it_after_its_end(household: Household) -> None:
    Subscription.objects.filter(household=household).update(comped_plan=None, trial_ends_at=DECEMBER)
    take(household, "a", 90)
    over = asked(household, DECEMBER)
    assert not over.may_write
    assert (metering.used(over, UTC), metering.room(over, UTC).renews_on) == (90, None)


def test_a_limit_that_was_lowered_takes_nothing_away(basic: Household) -> None:
    take(basic, "a", 90)
    give_plan(basic, "basic", row_limit=50)
    assert metering.left(asked(basic), UTC) == 0
    take(basic, "a", 90)
    take(basic, "a", 80)
    with pytest.raises(RowLimitReached):
        take(basic, "a", 81)
    assert used(basic) == 80


def test_nothing_is_taken_where_nothing_may_be_added(basic: Household) -> None:
    take(basic, "a", 10)
    Subscription.objects.filter(household=basic).update(comped_plan=None, state="ended")
    for row_count in (10, 11):
        with pytest.raises(NotInPlan, match="The subscription of this household has ended"):
            take(basic, "a", row_count)


def test_another_household_has_its_own(basic: Household, other_household: Household) -> None:
    give_plan(other_household, "basic")
    take(basic, "import 1", 100)
    take(other_household, "import 1", 100)
    metering.give_back(other_household.pk, key="import 1")
    assert (used(basic), used(other_household)) == (100, 0)


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["take", "settle", "give back", "next month", "limit"]),
        st.sampled_from("abcd"),
        st.integers(0, 60),
    ),
    max_size=30,
)


@settings(max_examples=60)
@given(deeds=DEEDS)
def test_any_deeds_leave_what_a_simple_list_would(household: Household, deeds: list[tuple[str, str, int]]) -> None:
    RowTaking.objects.filter(household=household).delete()
    household.row_uses.all().delete()
    limit, month, held = 100, 1, dict[str, tuple[int, int]]()
    give_plan(household, "basic", row_limit=limit)
    for deed, key, number in deeds:
        now = datetime.datetime(2026, month, 1, tzinfo=datetime.UTC)
        had_month, had = held.get(key, (month, -1))
        match deed:
            case "take":
                others = sum(count for name, (of, count) in held.items() if of == month and name != key)
                fits = number <= had or not number or others + number <= limit
                try:
                    take(household, key, number, now)
                except RowLimitReached:
                    assert not fits
                else:
                    assert fits
                    held[key] = (had_month if number <= had else month, number)
            case "settle":
                metering.settle(household.pk, key=key, row_count=number)
                if key in held:
                    held[key] = (had_month, min(had, number))
            case "give back":
                metering.give_back(household.pk, key=key)
                held.pop(key, None)
            case "next month":
                month = min(month + 1, 12)
            case "limit":
                limit = number
                give_plan(household, "basic", row_limit=limit)
        expected = Counter[str]()
        for of, count in held.values():
            expected[f"2026-{of:02}"] += count
        counted = household.row_uses.filter(row_count__gt=0).values_list("period", "row_count")
        assert dict(counted) == +expected
