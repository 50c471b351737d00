"""The notice about the plan above the pages, and the page of who may not change anything any more."""

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household
from apps.plans.models import Subscription
from tests.billing.standings import has_ended, on_trial, owes, pays
from tests.households.people import belonging, browser
from tests.planes import both_planes

pytestmark = both_planes
HOME, LEDGER, PLAN = "/h/ours/", "/h/ours/transactions/", "/h/ours/settings/plan/"
NOTICE = 'aria-label="Your plan"'
WAY = f'href="{PLAN}">'


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_far_end_is_told_where_people_arrive(member_client: Client, household: Household) -> None:
    on_trial(household, days=9)
    assert "9 days left of the trial." in page(member_client, HOME)
    assert "9 days left of the trial." in page(member_client, "/h/ours/imports/")
    assert NOTICE not in page(member_client, LEDGER)


@pytest.mark.parametrize(
    ("bring", "what"),
    [
        (lambda ours: on_trial(ours, days=2), "2 days left of the trial."),
        (lambda ours: on_trial(ours, days=-2), "The trial of this household is over."),
        (lambda ours: owes(ours, days=2), "The last payment failed."),
        (has_ended, "The subscription of this household has ended."),
    ],
)
def test_what_is_urgent_is_told_everywhere_and_leads_to_the_plan(
    member_client: Client, household: Household, bring: Callable[[Household], None], what: str
) -> None:
    bring(household)
    for address in (HOME, LEDGER, "/h/ours/nothing/"):
        text = page(member_client, address)
        assert what in text
        assert WAY in text.partition(NOTICE)[2].partition("</section>")[0]
    assert NOTICE not in page(member_client, PLAN)


def test_who_does_not_own_the_household_is_told_who_can(household: Household) -> None:
    owes(household, days=1)
    notice = page(browser(belonging(household, "Ada")), LEDGER).partition(NOTICE)[2].partition("</section>")[0]
    assert "The last payment failed." in notice
    assert "The owner of the household can see to it." in notice
    assert "<a " not in notice


def test_who_pays_sees_nothing(member_client: Client, household: Household) -> None:
    pays(household)
    assert NOTICE not in page(member_client, HOME)


def test_the_notice_costs_no_query(member_client: Client, household: Household) -> None:
    counts = []
    for bring in (pays, has_ended):
        bring(household)
        page(member_client, LEDGER)
        with CaptureQueriesContext(connection) as asked:
            page(member_client, LEDGER)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_owner_of_a_read_only_household_is_led_to_its_plan(member_client: Client, household: Household) -> None:
    on_trial(household, days=-1)
    refused = member_client.post("/h/ours/accounts/new/", {"name": "New"})
    text = refused.content.decode()
    assert refused.status_code == 403
    assert "The trial of this household is over. You can read and export everything" in text
    assert f'href="{PLAN}">To your plan</a>' in text
    assert NOTICE not in text


def test_others_are_told_whose_household_it_is(household: Household) -> None:
    on_trial(household, days=-1)
    refused = browser(belonging(household, "Ada")).post("/h/ours/accounts/new/", {"name": "New"})
    assert refused.status_code == 403
    assert 'The owner of this household is <b dir="auto">Ours Owner</b>.' in refused.content.decode()


def test_a_part_of_a_page_and_a_program_are_told_in_their_way(member_client: Client, household: Household) -> None:
    has_ended(household)
    part = member_client.post("/h/ours/accounts/new/", headers={"HX-Request": "true"})
    said = json.loads(part["HX-Trigger"])["toast"]
    assert said.startswith("The subscription of this household has ended.")
    program = member_client.post("/h/ours/imports/place/", {}, content_type="application/json")
    assert (program.status_code, program.json()) == (403, {"error": said})
    assert Subscription.objects.get(household=household).state == "ended"
