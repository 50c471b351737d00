"""What people see of a feature that is not on: what it is and which plan has it, in the form they asked in."""

import json
from typing import Any

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client, RequestFactory

from apps.households.models import Household, Membership
from apps.ledger.models import Account
from apps.plans.flags import needs_feature
from apps.plans.models import Flag
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.households.people import belonging, browser
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes
MEMBERS = "/h/ours/settings/members/"
NOT_ON = "“Access by the API” is not switched on for you. It comes with Pro and Family; your plan is Basic."


@pytest.fixture
def basic(household: Household, settings: Any) -> Household:
    """Our household with the plan Basic, and two addresses that need the API."""
    settings.HOUSEHOLD_URLCONF = "tests.plans.urls_with_a_feature"
    give_plan(household, "basic")
    return household


# --- Views ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/h/ours/above/", "/h/ours/below/"])
def test_a_view_opens_with_the_feature_and_answers_with_a_page_without(
    basic: Household, member_client: Client, address: str
) -> None:
    refused = member_client.get(address)
    page = refused.content.decode()
    assert refused.status_code == 403
    assert "<h1>Access by the API</h1>" in page
    assert "Your own scripts and other programs can read your household and add to it." in page
    assert "It comes with Pro and Family; your plan is Basic." in page
    assert 'href="/h/ours/settings/plan/choose/">See the plans</a>' in page
    give_plan(basic, "pro")
    assert member_client.get(address).content == b"seen"


def test_a_part_of_a_page_gets_a_toast_and_a_program_json(basic: Household, member_client: Client) -> None:
    toast = member_client.post("/h/ours/above/", headers={"HX-Request": "true"})
    assert (toast.status_code, json.loads(toast["HX-Trigger"])) == (403, {"toast": NOT_ON})
    data = member_client.post("/h/ours/above/", data="{}", content_type="application/json")
    assert (data.status_code, data.json()) == (403, {"error": NOT_ON})


def test_who_may_not_do_it_in_any_case_is_told_that(basic: Household) -> None:
    viewer = browser(belonging(basic, "Vic", "viewer"))
    assert "Viewers of a household may look" in viewer.post("/h/ours/above/").content.decode()
    page = viewer.get("/h/ours/above/").content.decode()
    assert "The owner of the household can change that." in page


def test_who_sees_not_all_accounts_gets_the_same_page(basic: Household, owner: User) -> None:
    other = belonging(basic, "Bea")
    with household_context(basic):
        Account.objects.create(name="Mine", currency="USD", owner_id=owner.pk, visibility="private")
    page = browser(other).get("/h/ours/above/")
    assert (page.status_code, "<h1>Access by the API</h1>" in page.content.decode()) == (403, True)


def test_what_is_off_for_everybody_is_not_sold(basic: Household, member_client: Client) -> None:
    Flag.objects.filter(name="api_access").update(everyone=False)
    page = member_client.get("/h/ours/above/").content.decode()
    assert "It is switched off for everybody at the moment." in page
    assert "See the plans" not in page


def test_a_view_cannot_need_what_no_code_knows() -> None:
    with pytest.raises(ValueError, match="'api'"):
        needs_feature("api")


# --- Templates --------------------------------------------------------------------------------------------------------


def _rendered(template: str, household: Household, owner: User) -> str:
    request = RequestFactory().get("/")
    request.household, request.user = household, owner  # type: ignore[attr-defined]
    request.membership = Membership(role="owner")  # type: ignore[attr-defined]
    return Template(template).render(Context({"request": request}))


def test_a_template_shows_one_or_the_other(household: Household, owner: User) -> None:
    both = "{% feature 'api_access' %}on{% else %}off{% endfeature %}"
    alone = "[{% feature 'api_access' %}on{% endfeature %}]"
    assert [_rendered(one, household, owner) for one in (both, alone)] == ["on", "[on]"]
    give_plan(household, "basic")
    fresh = Household.objects.get(pk=household.pk)
    assert [_rendered(one, fresh, owner) for one in (both, alone)] == ["off", "[]"]


def test_in_place_of_a_chart_stands_which_plan_has_it(household: Household, owner: User) -> None:
    give_plan(household, "basic")
    shown = _rendered("{% feature_missing 'advanced_charts' %}", household, owner)
    assert "Charts that go deeper" in shown
    assert "It comes with Pro and Family; your plan is Basic." in shown


@pytest.mark.parametrize("tag", ["{% feature 'charts' %}", "{% feature %}", "{% feature 'api_access' 'csv_export' %}"])
def test_a_template_that_names_no_feature_is_none(tag: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="names no feature"):
        Template(tag + "{% endfeature %}")


# --- Inviting ---------------------------------------------------------------------------------------------------------


def test_the_members_page_tells_which_plan_has_room_for_others(household: Household, member_client: Client) -> None:
    give_plan(household, "pro")
    page = member_client.get(MEMBERS).content.decode()
    assert "Sharing with your family" in page
    assert "It comes with Family; your plan is Pro." in page
    assert "No seat is left" not in page
    assert "Send the invitation" not in page


def test_an_invitation_from_an_older_page_is_refused_and_keeps_what_was_typed(
    household: Household, member_client: Client
) -> None:
    give_plan(household, "pro")
    page = member_client.post(MEMBERS, {"email": "ada@example.com", "role": "viewer"})
    assert page.status_code == 422
    assert "It comes with Family; your plan is Pro." in page.content.decode()
    assert 'value="ada@example.com"' in page.content.decode()
    assert household.invitations.count() == 0


def test_who_belongs_stays_when_sharing_is_switched_off_and_nobody_is_invited(
    household: Household, member_client: Client
) -> None:
    belonging(household, "Bea")
    Flag.objects.filter(name="family_sharing").update(everyone=False)
    page = member_client.get(MEMBERS).content.decode()
    assert "2 people" in page
    assert "switched off for everybody" in page
    assert member_client.post(MEMBERS, {"email": "ada@example.com", "role": "viewer"}).status_code == 422
    assert (household.memberships.count(), household.invitations.count()) == (2, 0)
