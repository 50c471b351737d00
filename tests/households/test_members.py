"""Who belongs to a household, as what, and how that ends."""

import pytest
from django.db import IntegrityError
from django.test import Client

from apps.audit.models import AuditEvent
from apps.households.models import Household, Membership
from apps.users.models import User
from tests.households.people import belonging, browser, role_of
from tests.planes import both_planes

pytestmark = both_planes
MEMBERS = "/h/ours/settings/members/"


def member(household: Household, someone: User) -> Membership:
    return household.memberships.get(user=someone)


def post(client: Client, path: str, **fields: str) -> str:
    return client.post(f"{MEMBERS}{path}", fields, follow=True).content.decode()


def test_everybody_sees_who_belongs(household: Household) -> None:
    page = browser(belonging(household, "Vic", "viewer")).get(MEMBERS).content.decode()
    for words in ("Ours Owner", "ours@example.com", "Vic Maxwell", "2 of 6 seats", ">you<"):
        assert words in page
    assert "theirs@example.com" not in page
    assert "<select" not in page
    assert "/remove/" not in page


def test_the_owner_changes_a_role(member_client: Client, household: Household) -> None:
    bea = belonging(household, "Bea")
    path = f"{member(household, bea).pk}/role/"
    for _ in range(2):
        assert "Bea Maxwell is a viewer now." in post(member_client, path, role="viewer")
    assert role_of(household, bea) == "viewer"
    event = AuditEvent.objects.get(action="household.role_changed")
    assert event.details == {"old": "member", "new": "viewer"}
    assert event.person_id == User.objects.get(email="bea@example.com").pk


@pytest.mark.parametrize("role", ["owner", "", "root", "x" * 5000])
def test_a_role_that_is_none_changes_nothing(member_client: Client, household: Household, role: str) -> None:
    bea = belonging(household, "Bea")
    page = post(member_client, f"{member(household, bea).pk}/role/", role=role)
    assert "is its member or its viewer; nothing was changed." in page
    assert role_of(household, bea) == "member"


def test_the_owner_stays_the_owner(member_client: Client, household: Household, owner: User) -> None:
    own = member(household, owner).pk
    assert "hand the household over to them" in post(member_client, f"{own}/role/", role="viewer")
    assert "Hand the household over to somebody else first." in post(member_client, f"{own}/remove/")
    assert "Hand it over to somebody else first." in post(member_client, "leave/")
    assert role_of(household, owner) == "owner"
    assert "/settings/ownership/" in member_client.get(f"{MEMBERS}leave/").content.decode()


def test_who_is_removed_is_out_at_the_next_click(member_client: Client, household: Household) -> None:
    bea = belonging(household, "Bea")
    theirs = browser(bea)
    assert theirs.get("/h/ours/transactions/").status_code == 200
    path = f"{member(household, bea).pk}/remove/"
    assert "From their next click on" in member_client.get(f"{MEMBERS}{path}").content.decode()
    assert role_of(household, bea) == "member"
    assert "Bea Maxwell does not belong to this household any more." in post(member_client, path)
    assert theirs.get("/h/ours/transactions/").status_code == 404
    assert theirs.post("/h/ours/tags/new/", {"name": "Tea"}).status_code == 404
    assert "/h/ours/" not in theirs.get("/households/").content.decode()
    # The second of two clicks, and the other tab.
    for deed in ("remove", "role"):
        late = member_client.post(f"{MEMBERS}{path.replace('remove', deed)}", {"role": "viewer"})
        assert late.status_code == 404
        assert "This person does not belong to this household any more" in late.content.decode()
        assert f'href="{MEMBERS}">See what is there now</a>' in late.content.decode()
    removed = AuditEvent.objects.get(action="household.member_removed")
    assert removed.person_id == User.objects.get(email="bea@example.com").pk


def test_who_becomes_a_viewer_changes_nothing_from_the_next_click_on(
    member_client: Client, household: Household
) -> None:
    bea = belonging(household, "Bea")
    theirs = browser(bea)
    assert theirs.get("/h/ours/tags/new/").status_code == 200
    post(member_client, f"{member(household, bea).pk}/role/", role="viewer")
    assert theirs.post("/h/ours/tags/new/", {"name": "Tea"}).status_code == 403


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_leaving(household: Household, role: str) -> None:
    bea = belonging(household, "Bea", role)
    client = browser(bea)
    assert "Leave <bdi>Ours</bdi>?" in client.get(f"{MEMBERS}leave/").content.decode()
    answer = client.post(f"{MEMBERS}leave/")
    assert answer["Location"] == "/households/"
    assert "You have left Ours." in client.get("/households/").content.decode()
    assert client.get("/h/ours/").status_code == 404
    assert client.post(f"{MEMBERS}leave/").status_code == 404
    event = AuditEvent.objects.get(action="household.member_left")
    assert (event.actor_id, event.details) == (bea.pk, {"role": role})


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_only_the_owner_decides_about_others(household: Household, owner: User, role: str) -> None:
    client = browser(belonging(household, "Bea", role))
    other = belonging(household, "Cia")
    for someone in (owner, other):
        pk = member(household, someone).pk
        assert client.post(f"{MEMBERS}{pk}/role/", {"role": "viewer"}).status_code == 403
        assert client.post(f"{MEMBERS}{pk}/remove/").status_code == 403
        assert client.get(f"{MEMBERS}{pk}/remove/").status_code == 403
    assert role_of(household, other) == "member"


def test_members_of_another_household_are_not_there(member_client: Client, other_household: Household) -> None:
    cia = belonging(other_household, "Cia")
    pk = member(other_household, cia).pk
    assert member_client.get(f"{MEMBERS}{pk}/remove/").status_code == 404
    for deed in ("remove", "role"):
        for role in ("viewer", "root"):
            assert member_client.post(f"{MEMBERS}{pk}/{deed}/", {"role": role}).status_code == 404
    assert role_of(other_household, cia) == "member"


def test_the_database_knows_one_owner(household: Household) -> None:

    with pytest.raises(IntegrityError, match="households_membership_one_owner"):
        belonging(household, "Bea", "owner")
