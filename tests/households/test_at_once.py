"""Two clicks, two tabs, two people: whoever comes first does it, the others are told, and nothing is half done."""

import threading
from collections.abc import Callable

from django.db import connections
from django.utils import timezone

from apps.households import handing_over, joining, keeping_members
from apps.households.errors import CannotInvite, NoSeatLeft, NotTheOwner, OfferClosed
from apps.households.models import Household, OwnershipOffer
from apps.users.models import User
from tests.households.people import belonging, person
from tests.households.test_seats import ask
from tests.plans.giving import give_plan


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


def test_two_at_once_never_take_one_seat(fresh_database: str) -> None:
    ours = Household.objects.get(public_id="ours")
    give_plan(ours, "family", seat_limit=2)
    owner = User.objects.get(email="ours@example.com")
    # Two different people are invited at once: one seat.
    raised = at_once(lambda: ask(ours, owner, "ada"), lambda: ask(ours, owner, "bea"))
    assert [type(error) for error in raised] == [NoSeatLeft]
    assert ours.invitations.count() == 1
    # Two invitations, as from before the plan became smaller, are accepted at once.
    ours.invitations.all().delete()
    give_plan(ours, "family", seat_limit=3)
    kept = [ask(ours, owner, name) for name in ("ada", "bea")]
    people = [person("Ada"), person("Bea")]
    give_plan(ours, "family", seat_limit=2)
    raised = at_once(
        lambda: joining.accept(kept[0].pk, person=people[0], now=timezone.now()),
        lambda: joining.accept(kept[1].pk, person=people[1], now=timezone.now()),
    )
    assert [type(error) for error in raised] == [NoSeatLeft]
    assert ours.memberships.count() == 2
    # The same person in two tabs joins once; the same address is invited once.
    give_plan(ours, "family", seat_limit=6)
    cia, asked = person("Cia"), ask(ours, owner, "cia")
    accept = lambda: joining.accept(asked.pk, person=cia, now=timezone.now())  # noqa: E731
    assert at_once(accept, accept, accept) == []
    assert ours.memberships.filter(user=cia).count() == 1
    raised = at_once(lambda: ask(ours, owner, "dan"), lambda: ask(ours, owner, "dan"))
    assert [type(error) for error in raised] == [CannotInvite]
    assert ours.invitations.filter(email="dan@example.com").count() == 1


def test_accepted_and_removed_at_once_there_is_one_owner(fresh_database: str) -> None:
    ours = Household.objects.get(public_id="ours")
    owner = User.objects.get(email="ours@example.com")
    bea = belonging(ours, "Bea")
    pk, now = bea.memberships.get().pk, timezone.now()
    handing_over.offer(ours, pk, actor=owner, now=now, answer_path="/")
    raised = at_once(
        lambda: handing_over.accept(ours, person=bea, now=now),
        lambda: keeping_members.remove(ours, pk, actor=owner),
        lambda: handing_over.accept(ours, person=bea, now=now),
    )
    assert {type(error) for error in raised} <= {OfferClosed, NotTheOwner}
    assert len(raised) == 2
    assert list(ours.memberships.filter(role="owner").values_list("user", flat=True)) in ([owner.pk], [bea.pk])
    assert not OwnershipOffer.objects.exists()
