"""For whom a feature is on: what decides, in which order, and that everybody who asks gets the same answer."""

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
import waffle
from django.core.checks import run_checks
from django.db import IntegrityError, connections, transaction
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.households.models import Household
from apps.plans.entitlements import Entitlements, FeatureMissing
from apps.plans.features import Feature, Said, place_of
from apps.plans.flags import has
from apps.plans.models import Flag, Plan, Subscription
from apps.users.models import User
from tests.planes import both_planes
from tests.plans.giving import give_plan

ME, SOMEBODY = 7, 8
TABLE = {
    "api_access": ["pro", "family"],
    "scheduled_reports": ["pro", "family"],
    "multiple_accounts": ["pro", "family"],
    "family_sharing": ["family"],
    "csv_export": ["basic", "pro", "family"],
    "advanced_charts": ["pro", "family"],
}


def said(**parts: object) -> Said:
    nothing = {
        "everyone": None,
        "is_off_here": False,
        "is_on_here": False,
        "people": frozenset(),
        "is_in_plan": False,
        "percent": None,
        "place": Decimal("50.0"),
    }
    return Said(**(nothing | parts))  # type: ignore[arg-type]


# --- What decides ----------------------------------------------------------------------------------------------------

# Each says it for itself; those before it in the list are stronger.
STRONGEST_FIRST = [
    ({"everyone": False}, False),
    ({"is_off_here": True}, False),
    ({"is_on_here": True}, True),
    ({"people": frozenset([ME])}, True),
    ({"is_in_plan": True}, True),
    ({"percent": Decimal("50.1")}, True),
]


def test_a_flag_that_says_nothing_is_off() -> None:
    assert said().is_on(ME) is False


@pytest.mark.parametrize("first", range(len(STRONGEST_FIRST)))
def test_what_is_said_first_decides_whatever_is_said_after_it(first: int) -> None:
    parts: dict[str, object] = {}
    for part, _ in reversed(STRONGEST_FIRST[first:]):
        parts |= part
    assert said(**parts).is_on(ME) is STRONGEST_FIRST[first][1]


def test_on_for_everybody_is_stronger_than_off_for_a_household() -> None:
    assert said(everyone=True, is_off_here=True).is_on() is True


def test_on_for_a_person_is_on_for_nobody_else_and_for_no_job() -> None:
    assert [said(people=frozenset([ME])).is_on(who) for who in (ME, SOMEBODY, None)] == [True, False, False]


@pytest.mark.parametrize(("percent", "is_on"), [("0", False), ("50.0", False), ("50.1", True), ("100", True)])
def test_a_share_takes_in_those_whose_place_is_below_it(percent: str, is_on: bool) -> None:
    assert said(percent=Decimal(percent)).is_on() is is_on


@given(
    st.integers(1, 10**9), st.sampled_from(Feature.values), st.decimals(0, 100, places=1), st.decimals(0, 100, places=1)
)
def test_a_roll_out_that_grows_leaves_nobody_out_who_was_in(household: int, name: str, a: Decimal, b: Decimal) -> None:
    place = place_of(household, name)
    assert 0 <= place < 100
    assert said(percent=min(a, b), place=place).is_on() <= said(percent=max(a, b), place=place).is_on()


def test_a_roll_out_takes_in_about_its_share_and_others_for_each_flag() -> None:
    chosen = {name: {one for one in range(2000) if place_of(one, name) < 20} for name in ("api_access", "csv_export")}
    assert all(340 < len(households) < 460 for households in chosen.values())
    assert 40 < len(chosen["api_access"] & chosen["csv_export"]) < 120


def test_a_place_is_the_same_in_every_process() -> None:
    assert (place_of(1, "api_access"), place_of(2, "api_access")) == (Decimal("53.4"), Decimal("66.1"))


# --- What stands in the table ----------------------------------------------------------------------------------------


@both_planes
@pytest.mark.parametrize("code", ["basic", "pro", "family", "trial"])
def test_plans_begin_with_the_features_of_the_plans_table_and_the_trial_with_all(
    household: Household, code: str
) -> None:
    give_plan(household, code)
    expected = {name for name, plans in TABLE.items() if code in plans or code == "trial"}
    assert {name for name in Feature.values if household.entitlements.has(name)} == expected


@both_planes
def test_each_kind_of_override_reaches_whom_it_names(
    household: Household, other_household: Household, owner: User
) -> None:
    flag = Flag.objects.get(name="api_access")

    def answers() -> list[bool]:
        fresh = [Household.objects.get(pk=one.pk) for one in (household, other_household)]
        return [
            has(fresh[0], owner, "api_access"),
            has(fresh[0], None, "api_access"),
            has(fresh[1], None, "api_access"),
        ]

    for one in (household, other_household):
        give_plan(one, "basic")
    assert answers() == [False, False, False]
    flag.users.add(owner)
    assert answers() == [True, False, False]
    flag.households.add(other_household)
    assert answers() == [True, False, True]
    flag.households_off.add(household, other_household)
    assert answers() == [False, False, False]
    Flag.objects.filter(pk=flag.pk).update(everyone=True)
    assert answers() == [True, True, True]


@both_planes
def test_a_person_is_meant_in_households_that_they_belong_to(other_household: Household, owner: User) -> None:
    give_plan(other_household, "basic")
    Flag.objects.get(name="api_access").users.add(owner)
    assert has(other_household, owner, "api_access") is False


@both_planes
def test_the_plan_in_force_counts_and_a_present_ends_at_its_time(household: Household) -> None:
    basic, family = Plan.objects.get(code="basic"), Plan.objects.get(code="family")
    now = timezone.now()
    held = Subscription(household=household, plan=basic, comped_plan=family, comped_until=now + timezone.timedelta(1))
    later = now + timezone.timedelta(2)
    assert [Entitlements(held, at).has("family_sharing") for at in (now, later)] == [True, False]


@both_planes
def test_a_name_that_no_code_knows_is_an_error_everywhere(household: Household) -> None:
    with pytest.raises(ValueError, match="'api'"):
        has(household, None, "api")
    with pytest.raises(IntegrityError, match="plans_flag_known"), transaction.atomic():
        Flag.objects.create(name="api", title="A", told="B")


@both_planes
def test_the_check_names_what_table_and_code_do_not_share() -> None:
    assert run_checks(tags=["database"], databases=["default"]) == []
    Flag.objects.filter(name="csv_export").delete()
    (found,) = run_checks(tags=["database"], databases=["default"])
    assert (found.id, "csv_export" in found.msg) == ("plans.E002", True)


# --- Asking ----------------------------------------------------------------------------------------------------------


@both_planes
def test_all_flags_of_a_request_are_one_query_whoever_asks(
    household: Household, owner: User, django_assert_num_queries: Callable[..., object]
) -> None:
    entitlements = Household.objects.select_related("subscription__comped_plan").get(pk=household.pk).entitlements
    with django_assert_num_queries(1):
        for name in Feature.values:
            entitlements.has(name)
            entitlements.has(name, owner)


@both_planes
def test_waffle_gives_the_same_answer(household: Household, owner: User) -> None:
    give_plan(household, "pro")
    request = RequestFactory().get("/?dwft_family_sharing=1", headers={"dwft-family-sharing": "1"})
    request.COOKIES["dwf_family_sharing"] = "True"
    assert waffle.flag_is_active(request, "api_access") is False
    request.household, request.user = household, owner  # type: ignore[attr-defined]
    assert [waffle.flag_is_active(request, name) for name in ("api_access", "family_sharing")] == [True, False]


@pytest.mark.parametrize(
    ("everyone", "why", "is_sold"),
    [
        (None, "It comes with Pro and Family; your plan is Basic.", True),
        (False, "It is switched off for everybody at the moment.", False),
    ],
)
@both_planes
def test_what_is_missing_is_told_with_the_plans_that_have_it(
    household: Household, everyone: bool | None, why: str, is_sold: bool
) -> None:
    give_plan(household, "basic")
    Flag.objects.filter(name="api_access").update(everyone=everyone)
    with pytest.raises(FeatureMissing) as refused:
        household.entitlements.require("api_access")
    assert str(refused.value) == f"“Access by the API” is not switched on for you. {why}"
    assert refused.value.missing.is_sold is is_sold


@both_planes
def test_a_feature_that_no_plan_offers_and_one_that_is_off_here_promise_nothing(household: Household) -> None:
    flag = Flag.objects.get(name="api_access")
    flag.plans.set(Plan.objects.filter(code="trial"))
    missing = household.entitlements.missing("api_access")
    assert (missing.why, missing.is_sold) == ("No plan has it yet; your plan is Family.", False)
    flag.households_off.add(household)
    again = Household.objects.get(pk=household.pk).entitlements.missing("api_access")
    assert (again.why, again.is_sold) == (
        "It is switched off for this household; please write to us if you need it.",
        False,
    )


# --- Seats and accounts: the plan counts, the flag opens --------------------------------------------------------------


@both_planes
@pytest.mark.parametrize(
    ("name", "what", "of_family"), [("family_sharing", "seats", 6), ("multiple_accounts", "accounts", 10)]
)
def test_without_its_flag_there_is_one_whatever_the_plan_counts(
    household: Household, name: str, what: str, of_family: int
) -> None:
    assert household.entitlements.limit(what) == of_family
    Flag.objects.filter(name=name).update(everyone=False)
    held = Household.objects.get(pk=household.pk).entitlements
    assert (held.limit(what), held.allows(what, 1), held.allows(what, 2)) == (1, True, False)


@both_planes
def test_a_flag_gives_no_more_than_the_plan_counts(household: Household) -> None:
    give_plan(household, "basic")
    Flag.objects.get(name="family_sharing").households.add(household)
    assert household.entitlements.limit("seats") == 1


# --- Two processes ----------------------------------------------------------------------------------------------------


def test_a_change_that_another_process_commits_is_seen_by_the_next_request(
    fresh_database: str, member_client: Client
) -> None:
    def switch(everyone: bool | None) -> None:
        Flag.objects.filter(name="family_sharing").update(everyone=everyone)
        connections.close_all()

    def may_invite() -> bool:
        return "Send the invitation" in member_client.get("/h/ours/settings/members/").content.decode()

    seen = [may_invite()]
    for everyone in (False, None):
        elsewhere = threading.Thread(target=switch, args=(everyone,))
        elsewhere.start()
        elsewhere.join()
        seen.append(may_invite())
    assert seen == [True, False, True]
