"""A household has so many seats, also when two people take the last one at once."""

import datetime
import threading
from collections.abc import Callable

import pytest
from django.db import connections
from django.utils import timezone

from apps.households import inviting, joining
from apps.households.errors import CannotInvite, NoSeatLeft
from apps.households.models import Household, Invitation
from apps.households.seats import seat_limit, seats_left
from apps.users.models import User
from tests.households.people import belonging, browser, person
from tests.planes import both_planes


def ask(household: Household, owner: User, name: str) -> Invitation:
    return inviting.invite(household, email=f"{name}@example.com", role="member", actor=owner, now=timezone.now())


@both_planes
def test_members_and_open_invitations_have_seats(household: Household, owner: User) -> None:
    now = timezone.now()
    assert (seat_limit(household), seats_left(household, now=now)) == (6, 5)
    belonging(household, "Bea", "viewer")
    ask(household, owner, "ada")
    assert seats_left(household, now=now) == 3
    assert seats_left(household, now=now + datetime.timedelta(days=8)) == 4


@both_planes
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


@both_planes
def test_what_has_expired_gets_a_seat_again_only_if_there_is_one(household: Household, owner: User) -> None:
    late = ask(household, owner, "late")
    Invitation.objects.update(expires_at=timezone.now())
    for number in range(5):
        ask(household, owner, f"guest{number}")
    with pytest.raises(NoSeatLeft):
        inviting.send_again(household, late.pk, actor=owner, now=timezone.now())
    late.refresh_from_db()
    assert not late.is_open(timezone.now())


@both_planes
def test_a_plan_that_became_smaller_lets_nobody_in(household: Household, owner: User, settings: object) -> None:
    kept = ask(household, owner, "ada")
    settings.HOUSEHOLD_SEATS = 1  # type: ignore[attr-defined]
    with pytest.raises(NoSeatLeft, match="Ask its owner to make room"):
        joining.accept(kept.pk, person=person("Ada"), now=timezone.now())
    assert household.memberships.count() == 1


def at_once(*deeds: Callable[[], object]) -> list[Exception]:
    """Does all of them in threads of their own; gives what they raised."""
    raised: list[Exception] = []
    barrier = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        barrier.wait()
        try:
            deed()
        except Exception as error:  # noqa: BLE001 (told to the test)
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_two_at_once_never_take_one_seat(fresh_database: str, settings: object) -> None:
    settings.HOUSEHOLD_SEATS = 2  # type: ignore[attr-defined]
    ours = Household.objects.get(public_id="ours")
    owner = User.objects.get(email="ours@example.com")
    # Two different people are invited at once: one seat.
    raised = at_once(lambda: ask(ours, owner, "ada"), lambda: ask(ours, owner, "bea"))
    assert [type(error) for error in raised] == [NoSeatLeft]
    assert ours.invitations.count() == 1
    # Two invitations, as from before the plan became smaller, are accepted at once.
    ours.invitations.all().delete()
    settings.HOUSEHOLD_SEATS = 3  # type: ignore[attr-defined]
    kept = [ask(ours, owner, name) for name in ("ada", "bea")]
    people = [person("Ada"), person("Bea")]
    settings.HOUSEHOLD_SEATS = 2  # type: ignore[attr-defined]
    raised = at_once(
        lambda: joining.accept(kept[0].pk, person=people[0], now=timezone.now()),
        lambda: joining.accept(kept[1].pk, person=people[1], now=timezone.now()),
    )
    assert [type(error) for error in raised] == [NoSeatLeft]
    assert ours.memberships.count() == 2
    # The same person in two tabs joins once; the same address is invited once.
    settings.HOUSEHOLD_SEATS = 6  # type: ignore[attr-defined]
    cia, asked = person("Cia"), ask(ours, owner, "cia")
    accept = lambda: joining.accept(asked.pk, person=cia, now=timezone.now())  # noqa: E731
    assert at_once(accept, accept, accept) == []
    assert ours.memberships.filter(user=cia).count() == 1
    raised = at_once(lambda: ask(ours, owner, "dan"), lambda: ask(ours, owner, "dan"))
    assert [type(error) for error in raised] == [CannotInvite]
    assert ours.invitations.filter(email="dan@example.com").count() == 1
