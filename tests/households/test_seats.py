"""A household has so many seats."""

import datetime

import pytest
from django.utils import timezone

from apps.households import inviting, joining
from apps.households.errors import NoSeatLeft
from apps.households.models import Household, Invitation
from apps.households.seats import seat_limit, seats_left
from apps.users.models import User
from tests.households.people import belonging, browser, person
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes


def ask(household: Household, owner: User, name: str) -> Invitation:
    return inviting.invite(household, email=f"{name}@example.com", role="member", actor=owner, now=timezone.now())


def test_members_and_open_invitations_have_seats(household: Household, owner: User) -> None:
    now = timezone.now()
    assert (seat_limit(household), seats_left(household, now=now)) == (6, 5)
    belonging(household, "Bea", "viewer")
    ask(household, owner, "ada")
    assert seats_left(household, now=now) == 3
    assert seats_left(household, now=now + datetime.timedelta(days=8)) == 4


def test_the_seventh_is_told_and_what_was_typed_stays(household: Household, owner: User) -> None:
    for number in range(4):
        ask(household, owner, f"guest{number}")
    client = browser(owner)
    assert "1 seat left." in client.get("/h/ours/settings/members/").content.decode()
    page = client.post("/h/ours/settings/members/", {"email": "last@example.com", "role": "member"}, follow=True)
    assert "No seat is left" in page.content.decode()
    over = client.post("/h/ours/settings/members/", {"email": "more@example.com", "role": "member"})
    assert over.status_code == 422
    assert "All 6 seats of this household are taken" in over.content.decode()
    assert 'value="more@example.com"' in over.content.decode()
    assert household.invitations.count() == 5


def test_what_has_expired_gets_a_seat_again_only_if_there_is_one(household: Household, owner: User) -> None:
    late = ask(household, owner, "late")
    Invitation.objects.update(expires_at=timezone.now())
    for number in range(5):
        ask(household, owner, f"guest{number}")
    with pytest.raises(NoSeatLeft):
        inviting.send_again(household, late.pk, actor=owner, now=timezone.now())
    late.refresh_from_db()
    assert not late.is_open(timezone.now())


def test_a_plan_that_became_smaller_lets_nobody_in(household: Household, owner: User) -> None:
    kept = ask(household, owner, "ada")
    give_plan(household, "family", seat_limit=1)
    with pytest.raises(NoSeatLeft, match="Ask its owner to make room"):
        joining.accept(kept.pk, person=person("Ada"), now=timezone.now())
    assert household.memberships.count() == 1
