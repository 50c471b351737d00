"""The staff's pages of a household's plan: what they show, what they do, and that they say why they do not."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.households.models import Household
from apps.operations.admin.plan_deeds import PLAN_DEEDS
from apps.plans import metering
from apps.plans.models import Plan, Subscription
from tests.operations.staff import a_hired_person, staff_client
from tests.planes import both_planes

pytestmark = both_planes
WHY = "They wrote to us that they could not try it."
DAY = datetime.timedelta(days=1)


@pytest.fixture
def staff() -> Client:
    return staff_client()


@pytest.fixture
def held(household: Household) -> Subscription:
    """Our household's own row, on trial for nine more days, without presents."""
    ends = timezone.now() + 9 * DAY
    Subscription.objects.filter(household=household).update(comped_plan=None, trial_ends_at=ends)
    return Subscription.objects.get(household=household)


def page_of(household: Household) -> str:
    return f"/admin/households/household/{household.pk}/change/"


def shown(client: Client, household: Household) -> str:
    return " ".join(client.get(page_of(household)).content.decode().split())


def do(client: Client, household: Household, deed: str, **form: object):
    return client.post(f"/admin/households/household/{household.pk}/{deed}/", form)


def test_the_page_shows_the_plan_its_use_and_what_became_of_it(
    staff: Client, household: Household, held: Subscription
) -> None:
    metering.take(household.entitlements, household.zone, key="import 1", row_count=42)
    page = shown(staff, household)
    for told in ("<b>On trial</b>", "Trial: on trial, brings 0.00 USD a month", "42 of 100", "began a trial"):
        assert told in page
    assert "not known there" in page
    assert [deed.title for deed in PLAN_DEEDS if f">{deed.title}</a>" in page] == [
        "Give a plan",
        "Extend the trial",
        "Suspend the household",
    ]


def test_payments_and_refunds_are_a_link_to_stripe(
    staff: Client, household: Household, held: Subscription, settings
) -> None:
    Subscription.objects.filter(pk=held.pk).update(customer_id="cus_1", stripe_id="sub_1")
    assert "cus_1 sub_1" in shown(staff, household)
    settings.STRIPE_DASHBOARD_URL = "https://dashboard.stripe.com/test/"
    page = shown(staff, household)
    assert 'href="https://dashboard.stripe.com/test/customers/cus_1"' in page
    assert 'href="https://dashboard.stripe.com/test/subscriptions/sub_1"' in page


def test_a_plan_is_given_until_the_end_of_a_day_and_taken_back(household: Household, held: Subscription) -> None:
    Household.objects.filter(pk=household.pk).update(time_zone="America/New_York")
    hired = a_hired_person()
    staff, family = staff_client(hired), Plan.objects.get(code="family")
    answer = do(staff, household, "comp", plan=family.pk, until="2099-12-31", reason=WHY)
    assert (answer.status_code, answer["Location"]) == (302, page_of(household))
    held.refresh_from_db()
    assert held.comped_plan == family
    assert held.comped_until == datetime.datetime(2100, 1, 1, 5, tzinfo=datetime.UTC)
    page = shown(staff, household)
    assert "The household has the plan now." in page
    assert "Family, a present of ours until" in page
    assert f"gave the household Family until 31 December 2099: {WHY}" in page
    assert do(staff, household, "end-comp", reason=WHY).status_code == 302
    held.refresh_from_db()
    assert held.comped_plan is None
    done = AuditEvent.objects.filter(household_id=household.pk, action__startswith="operator.plan_")
    assert {event.actor_id for event in done} == {hired.user.pk}
    assert done.count() == 2


def test_a_plan_is_given_for_good_only_if_that_is_said(staff: Client, household: Household, held: Subscription) -> None:
    family = Plan.objects.get(code="family")
    for form in ({}, {"until": "2099-12-31", "for_good": "on"}):
        answer = do(staff, household, "comp", plan=family.pk, reason=WHY, **form)
        assert answer.status_code == 422
        assert "Choose a last day, or that it is for good." in answer.content.decode()
    assert do(staff, household, "comp", plan=family.pk, reason=WHY, for_good="on").status_code == 302
    held.refresh_from_db()
    assert (held.comped_plan, held.comped_until) == (family, None)
    household.refresh_from_db()
    assert household.work_ordered_at is not None  # its accounts are fitted to what the plan has room for


def test_a_trial_is_extended(staff: Client, household: Household, held: Subscription) -> None:
    day = (timezone.now() + 30 * DAY).date()
    assert do(staff, household, "extend-trial", until=day.isoformat(), reason=WHY).status_code == 302
    held.refresh_from_db()
    assert held.trial_ends_at == datetime.datetime.combine(day + DAY, datetime.time(), tzinfo=datetime.UTC)


def test_a_household_is_suspended_and_goes_on(
    staff: Client, household: Household, held: Subscription, member_client: Client
) -> None:
    assert do(staff, household, "suspend", reason="Files of malware came from it.").status_code == 302
    refused = member_client.post("/h/ours/accounts/new/", {"name": "New"})
    assert (refused.status_code, "This household is suspended." in refused.content.decode()) == (403, True)
    assert member_client.get("/h/ours/").status_code == 200
    assert "<b>Suspended</b> since" in shown(staff, household)
    assert do(staff, household, "unsuspend", reason="It was somebody else’s password.").status_code == 302
    assert member_client.post("/h/ours/accounts/new/", {"name": "New"}).status_code != 403


@pytest.mark.parametrize(
    ("deed", "form", "sentence"),
    [
        ("suspend", {"reason": "because"}, "Say why in 10 to 300 characters"),
        ("suspend", {"reason": ""}, "This field is required."),
        ("suspend", {"reason": "x" * 301}, "at most 300 characters"),
        ("unsuspend", {"reason": WHY}, "The household is not suspended."),
        ("end-comp", {"reason": WHY}, "The household has no present of ours, or had it until now."),
        ("extend-trial", {"reason": WHY, "until": "2020-01-01"}, "Choose a later day that is still to come."),
        ("extend-trial", {"reason": WHY, "until": "9999-12-31"}, "That is too far away."),
        ("extend-trial", {"reason": WHY, "until": "soon"}, "Enter a valid date."),
        ("comp", {"reason": WHY, "plan": "none", "for_good": "on"}, "Select a valid choice."),
        ("comp", {"reason": WHY, "plan": "1", "until": "9999-12-31"}, "That is too far away."),
    ],
)
def test_what_cannot_be_done_is_said_and_what_was_typed_stays(
    staff: Client, household: Household, held: Subscription, deed: str, form: dict[str, str], sentence: str
) -> None:
    answer = do(staff, household, deed, **form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert form["reason"][:300] in page
    assert not AuditEvent.objects.filter(household_id=household.pk).exists()
    assert Subscription.objects.filter(pk=held.pk).values()[0] == Subscription.objects.values().get(pk=held.pk)


@pytest.mark.parametrize("deed", PLAN_DEEDS, ids=lambda deed: deed.word)
def test_only_staff_do_it_and_only_by_a_form(
    member_client: Client, household: Household, held: Subscription, deed, staff: Client
) -> None:
    address = f"/admin/households/household/{household.pk}/{deed.word}/"
    for client in (Client(), member_client):
        assert client.post(address, {"reason": WHY})["Location"].startswith("/admin/login/")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff.cookies
    assert strict.post(address, {"reason": WHY}).status_code == 403
    page = staff.get(address)
    assert (page.status_code, deed.button in page.content.decode()) == (200, True)
    assert not AuditEvent.objects.filter(household_id=household.pk).exists()


def test_a_household_that_is_gone_has_no_deeds(staff: Client) -> None:
    for pk in ("0", "99999999999999999999999", "abc"):
        assert staff.get(f"/admin/households/household/{pk}/suspend/", follow=True).status_code == 404
