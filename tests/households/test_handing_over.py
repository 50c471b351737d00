"""A household gets another owner: offered by the one, accepted by the other, and never two or none."""

import datetime

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.households import handing_over
from apps.households.errors import OfferClosed
from apps.households.models import Household, OwnershipOffer
from apps.users.models import User
from tests.billing.standings import pays
from tests.households.people import belonging, browser, confirmed_browser, role_of
from tests.planes import both_planes

pytestmark = both_planes
SETTINGS = "/h/ours/settings/"


@pytest.fixture
def bea(household: Household) -> User:
    return belonging(household, "Bea")


@pytest.fixture
def owner_client(owner: User) -> Client:
    """The owner's browser, who has just shown who they are."""
    return confirmed_browser(owner)


def offer_to(client: Client, someone: User) -> str:
    pk = someone.memberships.get(household__public_id="ours").pk
    return client.post(f"{SETTINGS}ownership/", {"membership": pk}, follow=True).content.decode()


def roles(household: Household) -> dict[str, str]:
    return dict(household.memberships.values_list("user__email", "role"))


def test_offered_and_accepted_the_roles_are_swapped(owner_client: Client, household: Household, bea: User) -> None:
    assert "The offer is on its way." in offer_to(owner_client, bea)
    assert roles(household) == {"ours@example.com": "owner", "bea@example.com": "member"}
    sent = mail.outbox[-1]
    assert sent.to == ["bea@example.com"]
    assert f"{SETTINGS}ownership/answer/" in str(sent.body)
    hers = browser(bea)
    for page in ("", "members/"):
        assert "You are asked to become the owner" in hers.get(f"{SETTINGS}{page}").content.decode()
    assert "Yes, make me the owner" in hers.get(f"{SETTINGS}ownership/answer/").content.decode()
    assert "Ours is yours now." in hers.post(f"{SETTINGS}ownership/accept/", follow=True).content.decode()
    assert roles(household) == {"ours@example.com": "member", "bea@example.com": "owner"}
    assert not OwnershipOffer.objects.exists()
    assert owner_client.get(f"{SETTINGS}ownership/").status_code == 403
    actions = ["household.ownership_offered", "household.ownership_accepted"]
    events = AuditEvent.objects.filter(action__in=actions).order_by("pk")
    assert [event.action for event in events] == actions
    assert [event.person_id for event in events] == [bea.pk, User.objects.get(email="ours@example.com").pk]
    # The second of two clicks.
    again = hers.post(f"{SETTINGS}ownership/accept/", follow=True).content.decode()
    assert "This offer is not open any more" in again
    assert role_of(household, bea) == "owner"


def test_both_are_told_whose_card_is_charged(owner_client: Client, household: Household, bea: User) -> None:
    told = "is charged to the card that you gave until the new owner gives another one"
    assert told not in owner_client.get(f"{SETTINGS}ownership/").content.decode()
    pays(household)
    assert told in owner_client.get(f"{SETTINGS}ownership/").content.decode()
    offer_to(owner_client, bea)
    assert "please give your own card" in browser(bea).get(f"{SETTINGS}ownership/answer/").content.decode()


def test_it_is_offered_only_by_who_has_just_shown_who_they_are(
    member_client: Client, household: Household, bea: User
) -> None:
    pk = bea.memberships.get().pk
    asked = member_client.get(f"{SETTINGS}ownership/")
    assert asked.status_code == 302
    assert asked["Location"].startswith("/accounts/")
    assert asked["Location"].endswith(f"?next={SETTINGS}ownership/")
    assert member_client.post(f"{SETTINGS}ownership/", {"membership": pk}).status_code == 302
    assert not OwnershipOffer.objects.exists()


def test_no_thank_you(owner_client: Client, household: Household, bea: User) -> None:
    offer_to(owner_client, bea)
    page = browser(bea).post(f"{SETTINGS}ownership/decline/", follow=True).content.decode()
    assert "You said no, and nothing changes." in page
    assert not OwnershipOffer.objects.exists()
    assert AuditEvent.objects.get(action="household.ownership_declined").actor_id == bea.pk
    assert role_of(household, bea) == "member"


def test_withdrawn(owner_client: Client, household: Household, bea: User) -> None:
    offer_to(owner_client, bea)
    for sentence in ("The offer is withdrawn.", "This offer is not open any more"):
        assert sentence in owner_client.post(f"{SETTINGS}ownership/withdraw/", follow=True).content.decode()
    hers = browser(bea)
    assert "This offer is not open any more" in hers.get(f"{SETTINGS}ownership/answer/").content.decode()
    for deed in ("accept", "decline"):
        page = hers.post(f"{SETTINGS}ownership/{deed}/", follow=True).content.decode()
        assert "This offer is not open any more" in page
    assert role_of(household, bea) == "member"


def test_one_offer_at_a_time_and_to_members_only(
    owner_client: Client, household: Household, other_household: Household, bea: User
) -> None:
    vic = belonging(household, "Vic", "viewer")
    stranger = other_household.memberships.get()
    for pk in (vic.memberships.get().pk, stranger.pk, "x", "", "9" * 30):
        answer = owner_client.post(f"{SETTINGS}ownership/", {"membership": pk})
        assert answer.status_code == 422
    assert not OwnershipOffer.objects.exists()
    offer_to(owner_client, bea)
    assert "is offered to somebody already" in offer_to(owner_client, bea)
    assert OwnershipOffer.objects.count() == 1


def test_without_another_member_there_is_nobody_to_choose(owner_client: Client) -> None:
    assert "Only a member can become the owner" in owner_client.get(f"{SETTINGS}ownership/").content.decode()


def test_nobody_else_answers(owner_client: Client, household: Household, bea: User) -> None:
    offer_to(owner_client, bea)
    cia, vic = belonging(household, "Cia"), belonging(household, "Vic", "viewer")
    for deed in ("accept", "decline"):
        page = browser(cia).post(f"{SETTINGS}ownership/{deed}/", follow=True).content.decode()
        assert "This offer is not open any more" in page
        assert browser(vic).post(f"{SETTINGS}ownership/{deed}/").status_code == 403
    assert "Yes, make me the owner" not in browser(cia).get(f"{SETTINGS}ownership/answer/").content.decode()
    assert role_of(household, cia) == "member"
    assert OwnershipOffer.objects.count() == 1


def test_an_offer_ends_after_seven_days(owner_client: Client, household: Household, bea: User) -> None:
    offer_to(owner_client, bea)
    ends = OwnershipOffer.objects.get().expires_at
    assert abs(ends - timezone.now() - datetime.timedelta(days=7)) < datetime.timedelta(minutes=1)
    with pytest.raises(OfferClosed):
        handing_over.accept(household, person=bea, now=ends)
    assert role_of(household, bea) == "member"
    OwnershipOffer.objects.update(expires_at=timezone.now())
    # A new one takes its place.
    assert "The offer is on its way." in offer_to(owner_client, bea)
    handing_over.accept(household, person=bea, now=timezone.now())
    assert role_of(household, bea) == "owner"


@pytest.mark.parametrize("deed", ["role", "remove"])
def test_who_is_no_member_any_more_is_not_asked_any_more(
    owner_client: Client, household: Household, bea: User, deed: str
) -> None:
    offer_to(owner_client, bea)
    owner_client.post(f"{SETTINGS}members/{bea.memberships.get().pk}/{deed}/", {"role": "viewer"})
    assert not OwnershipOffer.objects.exists()
    with pytest.raises(OfferClosed):
        handing_over.accept(household, person=bea, now=timezone.now())


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_only_the_owner_offers(household: Household, bea: User, role: str) -> None:
    client = browser(belonging(household, "Cia", role))
    assert client.get(f"{SETTINGS}ownership/").status_code == 403
    assert client.post(f"{SETTINGS}ownership/", {"membership": bea.memberships.get().pk}).status_code == 403
    assert client.post(f"{SETTINGS}ownership/withdraw/").status_code == 403
