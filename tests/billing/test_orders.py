"""The household's audit log tells who asked what of its plan, beside what the payment provider says became of it."""

from django.test import Client
from pytest_django import Settings

from apps.audit.models import AuditEvent
from apps.households.models import Household
from apps.users.models import User
from tests.billing.paying import Payer
from tests.billing.test_paying_pages import PRO, said, shown
from tests.billing.test_plan_pages import PLAN
from tests.billing.test_stripe_away import Passing, serving
from tests.planes import both_planes

pytestmark = both_planes


def orders(household: Household, person: User) -> list[str]:
    """The sentences about the plan by the person, in their order."""
    events = AuditEvent.objects.filter(household_id=household.pk, actor_id=person.pk, action__startswith="billing.")
    return [event.sentence() for event in events.order_by("pk")]


def test_who_asked_for_what_is_told(member_client: Client, payer: Payer, household: Household, owner: User) -> None:
    session = member_client.post(f"{PLAN}checkout/", PRO)["Location"].rpartition("/")[2]
    payer.account.pay(session)
    member_client.get(f"{PLAN}return/")
    _, form = shown(member_client, "family")
    said(member_client, f"{PLAN}change/", form)
    for _twice in range(2):
        member_client.post(f"{PLAN}cancel/")
    for _twice in range(2):
        member_client.post(f"{PLAN}resume/")
    assert orders(household, owner) == [
        "went to the page of payment for Pro (monthly)",
        "changed the plan to Family (monthly)",
        "cancelled the plan Family",
        "took the cancellation of the plan Family back",
    ]
    events = AuditEvent.objects.filter(household_id=household.pk, actor="stripe").order_by("pk")
    assert [event.sentence() for event in events] == [
        "noted that the household began to pay (Pro)",
        "noted that the household changed the plan (Family)",
        "noted that the household cancelled (Family)",
        "noted that the household took the cancellation back (Family)",
    ]


def test_what_was_refused_was_not_done(member_client: Client, payer: Payer, household: Household, owner: User) -> None:
    payer.subscribe()
    member_client.post(f"{PLAN}checkout/", PRO)
    member_client.post(f"{PLAN}resume/")
    said(member_client, f"{PLAN}change/", {"plan": "family", "interval": "month", "shown": "made up"})
    assert orders(household, owner) == []


def test_who_asked_is_told_also_if_stripe_did_it_and_says_nothing_more(
    member_client: Client, payer: Payer, household: Household, owner: User, settings: Settings
) -> None:
    payer.subscribe()

    class Handler(Passing):
        to = settings.STRIPE_API_URL

    with serving(Handler) as address:
        settings.STRIPE_API_URL = address
        assert "This was done, but our payment provider has not told us yet" in said(
            member_client, f"{PLAN}cancel/", {}
        )
    assert orders(household, owner) == ["cancelled the plan Pro"]
    assert payer.row.cancels_at is None
