"""What is not there, or does not work that way: a page in one's household, a toast, or JSON; and always the status."""

import json

import pytest
from django.test import Client

from apps.categorization import rules
from apps.categorization.models import CategoryRule, RuleCondition
from apps.households.models import Household
from apps.ledger.models import Tag
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.households.people import belonging, browser
from tests.ledger.families import family, fill
from tests.planes import both_planes

pytestmark = both_planes
HOME = "/h/ours/"
GONE = "This rule is not there any more, and nothing was changed."


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("rules/999/delete/", "rules/"),
        ("rules/runs/999/", "rules/runs/"),
        ("transactions/999/edit/", "transactions/"),
        ("imports/formats/999/export/", "imports/formats/"),
        ("accounts/statements/999/", "accounts/"),
        ("settings/members/999/remove/", "settings/members/"),
    ],
)
def test_what_is_gone_is_told_in_the_household_with_a_way_to_what_is_there(
    member_client: Client, address: str, above: str
) -> None:
    answer = member_client.get(f"{HOME}{address}")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert '<nav class="nav" aria-label="Main">' in page
    assert f'href="{HOME}{above}">See what is there now</a>' in page
    assert member_client.get(f"{HOME}{above}").status_code == 200


def test_what_never_was_leads_to_the_first_page(member_client: Client) -> None:
    answer = member_client.get(f"{HOME}nothing/")
    assert answer.status_code == 404
    assert f'href="{HOME}">To the dashboard</a>' in answer.content.decode()


@pytest.mark.parametrize("address", ["/h/theirs/", "/h/theirs/rules/1/", "/h/nobody/", "/nothing/"])
def test_who_is_in_no_household_gets_the_public_page(member_client: Client, address: str) -> None:
    answer = member_client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is nothing at this address" in page
    assert 'aria-label="Main">Dashboard' not in page
    assert "See what is there now" not in page


def a_rule() -> CategoryRule:
    made = CategoryRule(name="Shop", bucket=Tag.objects.get(namespace="bucket", value="dining"))
    rules.keep(made, [RuleCondition(field="description", operator="contains", value="shop")])
    return made


def test_a_rule_that_another_tab_deleted(member_client: Client, household: Household) -> None:
    with household_context(household):
        made = a_rule()
    other_tab = Client()
    other_tab.cookies = member_client.cookies
    assert other_tab.post(f"{HOME}rules/{made.pk}/delete/").status_code == 302
    member_client.get(f"{HOME}rules/")  # the other tab's “was deleted” is told there
    answer = member_client.post(f"{HOME}rules/{made.pk}/enable/")
    assert answer.status_code == 404
    assert GONE in answer.content.decode()
    # It was told once, and not again on the next page.
    assert GONE not in member_client.get(f"{HOME}rules/").content.decode()


def test_who_does_not_see_all_accounts_is_told_the_same(household: Household, owner: User) -> None:
    ours = family(household, owner)
    fill(ours)
    answer = browser(ours.bob).post(f"{HOME}rules/999999/enable/")
    assert answer.status_code == 404
    assert GONE in answer.content.decode()


def test_a_viewer_is_refused_before_anything_is_looked_for(household: Household) -> None:
    looks_on = browser(belonging(household, "Vic", "viewer"))
    assert looks_on.post(f"{HOME}rules/999999/enable/").status_code == 403


def test_a_part_of_a_page_and_a_program_get_the_sentence_in_their_form(member_client: Client) -> None:
    address = f"{HOME}rules/999999/enable/"
    part = member_client.post(address, headers={"hx-request": "true"})
    assert (part.status_code, part.content, json.loads(part["HX-Trigger"])["toast"][: len(GONE)]) == (404, b"", GONE)
    program = member_client.post(address, headers={"accept": "application/json"})
    assert (program.status_code, program.json()["error"][: len(GONE)]) == (404, GONE)


@pytest.mark.parametrize(
    ("method", "address", "allowed", "sentence"),
    [
        ("post", HOME, "GET, HEAD", "There is nothing to send to this page"),
        ("get", f"{HOME}transactions/bulk/bucket/", "POST", "This address works with the button"),
        ("put", f"{HOME}tags/new/", "GET, HEAD, POST", "There is nothing to send to this page"),
        ("post", "/households/", "GET, HEAD", "There is nothing to send to this page"),
        ("get", "/accounts/sessions/end-others/", "POST", "This address works with the button"),
        ("post", "/health", "GET", "There is nothing to send to this page"),
        ("post", "/", "GET", "There is nothing to send to this page"),
    ],
)
def test_a_method_that_an_address_does_not_have(
    member_client: Client, method: str, address: str, allowed: str, sentence: str
) -> None:
    answer = getattr(member_client, method)(address)
    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert sentence in answer.content.decode()
    assert '<p class="error-number">405</p>' in answer.content.decode()
    part = getattr(member_client, method)(address, headers={"hx-request": "true"})
    assert (part.status_code, part["Allow"]) == (405, allowed)
    assert sentence in json.loads(part["HX-Trigger"])["toast"]
