"""What operators do to a household's plan: what becomes of it, what is refused, and that its owner can read why."""

import datetime
import zoneinfo
from collections.abc import Callable

import pytest
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.audit.reasons import ReasonMissing
from apps.core.errors import ExpectedError
from apps.households.models import Household
from apps.plans.comping import comp, end_comp
from apps.plans.entitlements import Entitlements
from apps.plans.extending import extend_trial
from apps.plans.holding import DoesNotFit, end_of
from apps.plans.models import Plan, Subscription, SubscriptionChange
from apps.plans.standing import Standing, standing
from apps.plans.suspending import suspend, unsuspend
from apps.users.models import User
from tests.planes import both_planes

pytestmark = both_planes
NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
WHY = "They wrote to us that they could not try it."


@pytest.fixture
def held(household: Household) -> Subscription:
    """Our household's own row, on the fifth day of its trial, without presents."""
    Subscription.objects.filter(household=household).update(comped_plan=None, trial_ends_at=NOW + 9 * DAY)
    return Subscription.objects.get(household=household)


def plan(code: str) -> Plan:
    return Plan.objects.get(code=code)


def stands(held: Subscription, now: datetime.datetime = NOW) -> Standing:
    held.refresh_from_db()
    return standing(held, now)


def sentences(household: Household) -> list[str]:
    return [event.sentence() for event in AuditEvent.objects.filter(household_id=household.pk).order_by("pk")]


def test_a_present_lasts_until_its_end(household: Household, held: Subscription) -> None:
    comp(household, plan("family"), until=NOW + 30 * DAY, reason=WHY, actor="test", now=NOW)
    assert stands(held) == stands(held, NOW + 29 * DAY) == Standing.COMPED
    assert Entitlements(held, NOW).plan.code == "family"
    assert stands(held, NOW + 30 * DAY) == Standing.READ_ONLY
    assert sentences(household) == [f"gave the household Family until 23 December 2026: {WHY}"]


def test_a_present_for_good_ends_when_it_is_taken_back(household: Household, held: Subscription) -> None:
    comp(household, plan("pro"), reason=WHY, actor="test", now=NOW)
    assert stands(held, NOW + 9999 * DAY) == Standing.COMPED
    end_comp(household, reason="It was for a year, and that is over.", actor="test", now=NOW)
    assert stands(held) == Standing.TRIAL
    assert sentences(household) == [
        f"gave the household Pro for good: {WHY}",
        "took back our present of Pro: It was for a year, and that is over.",
    ]


def test_a_present_brings_nothing_and_what_is_paid_stays(household: Household, held: Subscription) -> None:
    comp(household, plan("family"), reason=WHY, actor="test", now=NOW)
    held.refresh_from_db()
    assert held.a_month == 0
    Subscription.objects.update(state="active", plan=plan("pro"), interval="month")
    comp(household, plan("basic"), reason=WHY, actor="test", now=NOW)
    held.refresh_from_db()
    assert held.a_month == 12
    assert set(SubscriptionChange.objects.values_list("kind", flat=True)) == {"trial_began"}


def test_a_later_present_takes_the_place_of_an_earlier_one(household: Household, held: Subscription) -> None:
    comp(household, plan("family"), reason=WHY, actor="test", now=NOW)
    comp(household, plan("family"), until=NOW + DAY, reason=WHY, actor="test", now=NOW)
    assert stands(held, NOW + 2 * DAY) == Standing.TRIAL


def test_a_trial_goes_on_also_when_it_was_over(household: Household, held: Subscription) -> None:
    over = NOW + 10 * DAY
    assert stands(held, over) == Standing.READ_ONLY
    extend_trial(household, until=over + 7 * DAY, reason=WHY, actor="test", now=over)
    assert stands(held, over) == stands(held, over + 6 * DAY) == Standing.TRIAL
    assert sentences(household) == [f"extended the household’s trial until 10 December 2026: {WHY}"]


def test_who_is_suspended_is_so_whatever_they_have(household: Household, held: Subscription) -> None:
    comp(household, plan("family"), reason=WHY, actor="test", now=NOW)
    suspend(household, reason="Files of malware came from it.", actor="test", now=NOW)
    assert stands(held) == Standing.SUSPENDED
    unsuspend(household, reason="It was somebody else’s password.", actor="test", now=NOW)
    assert stands(held) == Standing.COMPED
    assert sentences(household)[1:] == [
        "suspended the household: Files of malware came from it.",
        "ended the household’s suspension: It was somebody else’s password.",
    ]


def test_who_did_it_is_recorded_and_not_told_to_the_household(household: Household, held: Subscription) -> None:
    ann = User.objects.create_user("ann@staff.example.com", None, name="Ann", is_staff=True)
    suspend(household, reason="Files of malware came from it.", actor=ann, now=NOW)
    event = AuditEvent.objects.get(household_id=household.pk)
    assert (event.actor_id, event.action) == (ann.pk, "operator.plan_suspended")


NONSENSE: list[tuple[str, Callable[[Household], None], str]] = [
    (
        "a present that is over",
        lambda ours: comp(ours, plan("pro"), until=NOW, reason=WHY, actor="t", now=NOW),
        "That day is over. Choose a later one, or give the plan for good.",
    ),
    (
        "a trial as a present",
        lambda ours: comp(ours, plan("trial"), reason=WHY, actor="t", now=NOW),
        "A trial is no present: extend it, or choose one of the other plans.",
    ),
    (
        "a present to take back that there is not",
        lambda ours: end_comp(ours, reason=WHY, actor="t", now=NOW),
        "The household has no present of ours, or had it until now.",
    ),
    (
        "a shorter trial",
        lambda ours: extend_trial(ours, until=NOW + 9 * DAY, reason=WHY, actor="t", now=NOW),
        "The trial goes on until 2 December 2026. Choose a later day that is still to come.",
    ),
    (
        "a trial that ended again",
        lambda ours: extend_trial(ours, until=NOW + 10 * DAY, reason=WHY, actor="t", now=NOW + 11 * DAY),
        "The trial was until 2 December 2026. Choose a later day that is still to come.",
    ),
    (
        "a trial without end",
        lambda ours: extend_trial(ours, until=NOW + 91 * DAY, reason=WHY, actor="t", now=NOW),
        "A trial goes on for 90 days at most. For longer, give the household a plan.",
    ),
    (
        "a suspension to end that there is not",
        lambda ours: unsuspend(ours, reason=WHY, actor="t", now=NOW),
        "The household is not suspended.",
    ),
]


@pytest.mark.parametrize(("deed", "sentence"), [one[1:] for one in NONSENSE], ids=[one[0] for one in NONSENSE])
def test_nonsense_is_refused_with_a_sentence(
    household: Household, held: Subscription, deed: Callable[[Household], None], sentence: str
) -> None:
    with pytest.raises(DoesNotFit) as refused:
        deed(household)
    assert str(refused.value) == sentence
    assert Subscription.objects.values().get(pk=held.pk) == Subscription.objects.filter(pk=held.pk).values()[0]
    assert sentences(household) == []


def test_the_same_twice_is_refused(household: Household, held: Subscription) -> None:
    comp(household, plan("pro"), until=NOW + DAY, reason=WHY, actor="t", now=NOW)
    with pytest.raises(DoesNotFit, match="The household has Pro until 24 November 2026 already"):
        comp(household, plan("pro"), until=NOW + DAY, reason=WHY, actor="t", now=NOW)
    suspend(household, reason=WHY, actor="t", now=NOW)
    with pytest.raises(DoesNotFit, match="suspended already"):
        suspend(household, reason=WHY, actor="t", now=NOW)


def test_who_pays_is_on_no_trial(household: Household, held: Subscription) -> None:
    Subscription.objects.update(state="active", plan=plan("pro"), interval="month")
    with pytest.raises(DoesNotFit, match="it chose a plan"):
        extend_trial(household, until=NOW + 20 * DAY, reason=WHY, actor="t", now=NOW)


@pytest.mark.parametrize("reason", ["", "  because \n ", "x" * 301])
def test_without_a_reason_nothing_is_done(household: Household, held: Subscription, reason: str) -> None:
    deeds: list[Callable[..., None]] = [suspend, unsuspend, end_comp]
    for deed in deeds:
        with pytest.raises(ReasonMissing, match="Say why in 10 to 300 characters"):
            deed(household, reason=reason, actor="t", now=NOW)
    with pytest.raises(ExpectedError):
        comp(household, plan("pro"), reason=reason, actor="t", now=NOW)
    assert sentences(household) == []
    assert stands(held) == Standing.TRIAL


def test_the_last_day_is_the_households_own(household: Household, held: Subscription) -> None:
    Household.objects.update(time_zone="Pacific/Auckland")
    household.refresh_from_db()
    until = end_of(datetime.date(2026, 11, 30), household.zone)
    assert until == datetime.datetime(2026, 12, 1, tzinfo=zoneinfo.ZoneInfo("Pacific/Auckland"))
    comp(household, plan("pro"), until=until, reason=WHY, actor="t", now=NOW)
    assert sentences(household) == [f"gave the household Pro until 30 November 2026: {WHY}"]


def test_the_owner_reads_it_as_ours(household: Household, held: Subscription, member_client) -> None:
    ann = User.objects.create_user("ann@staff.example.com", None, name="Ann Operator", is_staff=True)
    comp(household, plan("family"), reason=WHY, actor=ann, now=timezone.now())
    for about in ("", "billing", "operators"):
        page = " ".join(member_client.get(f"/h/ours/settings/activity/?kind={about}").content.decode().split())
        assert f'<bdi>Maxwell’s Wallet</bdi></b> <span dir="auto">gave the household Family for good: {WHY}' in page
        assert "Ann Operator" not in page
