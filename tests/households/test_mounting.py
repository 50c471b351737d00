"""Pages of a household are mounted under its public id, for its members and for nobody else."""

import pytest
from django.test import Client
from django.urls import get_script_prefix

from apps.households.models import Household
from apps.ledger.models import Account
from apps.tenancy.context import current_schema_name, household_context
from tests.planes import both_planes

pytestmark = both_planes


def test_a_member_sees_the_household(member_client: Client) -> None:
    response = member_client.get("/h/ours/")
    assert response.status_code == 200
    assert "Nothing in here yet" in response.content.decode()


def test_links_inside_carry_the_prefix_and_links_out_do_not(member_client: Client) -> None:
    page = member_client.get("/h/ours/").content.decode()
    assert 'href="/h/ours/transactions/"' in page
    assert 'action="/accounts/logout/"' in page


@pytest.mark.parametrize("public_id", ["theirs", "nobody", "OURS", "ours-", "..", "1'--"])
def test_a_household_that_is_not_mine_is_not_there(member_client: Client, public_id: str) -> None:
    for page in ("", "transactions/", "accounts/", "imports/", "imports/1/"):
        assert member_client.get(f"/h/{public_id}/{page}").status_code == 404


def test_who_is_signed_out_is_asked_to_sign_in(client: Client) -> None:
    response = client.get("/h/ours/transactions/?q=rent")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/h/ours/transactions/%3Fq%3Drent"


def test_a_form_that_was_sent_too_late_leads_back_to_its_page(client: Client) -> None:
    sent_from = "http://testserver/h/ours/settings/plan/choose/?interval=year"
    response = client.post("/h/ours/settings/plan/checkout/", {"plan": "pro"}, headers={"Referer": sent_from})
    assert response["Location"] == "/accounts/login/?next=/h/ours/settings/plan/choose/%3Finterval%3Dyear"
    stranger = client.post("/h/ours/settings/plan/checkout/", headers={"Referer": "https://evil.example/h/ours/"})
    assert stranger["Location"] == "/accounts/login/?next=/start/"


def test_a_part_of_a_page_leads_the_whole_page_to_the_sign_in(client: Client) -> None:
    """A redirect would be followed unseen, and the sign-in put where the part should be, or nothing at all."""
    page = "http://testserver/h/ours/settings/plan/return/"
    part = client.get("/h/ours/settings/plan/return/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert (part.status_code, part["HX-Redirect"]) == (200, "/accounts/login/?next=/h/ours/settings/plan/return/")


def test_the_household_is_closed_after_the_answer(member_client: Client) -> None:
    member_client.get("/h/ours/")
    assert current_schema_name() is None


def test_look_alike_rows_of_another_household_stay_there(
    member_client: Client, household: Household, other_household: Household
) -> None:
    with household_context(household):
        Account.objects.create(name="Ours only", currency="USD")
    with household_context(other_household):
        Account.objects.create(name="Theirs only", currency="USD")
    page = member_client.get("/h/ours/accounts/").content.decode()
    assert "Ours only" in page
    assert "Theirs only" not in page


def test_the_script_prefix_is_reset_for_the_next_request(member_client: Client) -> None:
    member_client.get("/h/ours/")
    member_client.get("/health")
    assert get_script_prefix() == "/"
