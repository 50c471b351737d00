"""A household reads its own audit log, each member what concerns them."""

import datetime

import pytest
from django.test import Client

from apps.audit.actions import Action
from apps.audit.events import record
from apps.audit.models import AuditEvent
from apps.households.activity import PAGE_SIZE
from apps.households.models import Household, Membership
from apps.users.models import User
from tests.planes import both_planes

pytestmark = both_planes
PAGE = "/h/ours/settings/activity/"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def bo(household: Household) -> User:
    """A member of our household who is not its owner."""
    user = User.objects.create_user("bo@example.com", None, name="Bo Member")
    Membership.objects.create(household=household, user=user, role="member")
    return user


@pytest.fixture
def bos_client(bo: User) -> Client:
    client = Client()
    client.force_login(bo, backend=BACKEND)
    return client


@pytest.fixture
def told(household: Household, other_household: Household, owner: User, bo: User) -> None:
    """What the owner did, what Bo did, what we did; and the same of strangers."""
    record(Action.ROLE_CHANGED, actor=owner, person=bo, household=household, old="viewer", new="member")
    record(Action.LEDGER_EXPORTED, actor=owner, household=household, kind="CSV")
    record(Action.RECONCILIATION_UNLOCKED, actor=bo, household=household)
    record(Action.HOUSEHOLD_OPENED, actor="dead_letters", household=household, reason="asked by the owner")
    stranger = User.objects.get(email="theirs@example.com")
    record(Action.LEDGER_EXPORTED, actor=stranger, household=other_household, kind="qif")
    record(Action.PASSWORD_CHANGED, actor=owner)


def _text(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(PAGE + query)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


CHANGED = "changed the role of Bo Member from viewer to member"
DOWNLOADED = "downloaded transactions as CSV"
UNLOCKED = "opened a finished statement again"
OPENED = "opened the household: asked by the owner"


def test_the_owner_reads_everything_of_the_household_and_nothing_of_another(told: None, member_client: Client) -> None:
    page = _text(member_client)
    assert [sentence for sentence in (CHANGED, DOWNLOADED, UNLOCKED, OPENED) if sentence not in page] == []
    assert "as qif" not in page
    assert "password" not in page


def test_a_member_reads_what_concerns_them(told: None, bos_client: Client) -> None:
    page = _text(bos_client)
    assert CHANGED in page
    assert UNLOCKED in page
    assert DOWNLOADED not in page
    assert OPENED not in page


def test_newest_comes_first_and_says_who(told: None, member_client: Client) -> None:
    page = _text(member_client)
    assert page.index(OPENED) < page.index(UNLOCKED) < page.index(DOWNLOADED) < page.index(CHANGED)
    assert '<bdi>Maxwell’s Wallet</bdi></b> <span dir="auto">' + OPENED in page
    assert '<bdi>Bo Member</bdi></b> <span dir="auto">' + UNLOCKED in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?kind=people", {CHANGED}),
        ("?kind=money", {DOWNLOADED, UNLOCKED}),
        ("?kind=operators", {OPENED}),
        ("?person=BO", {CHANGED, UNLOCKED}),
        ("?person=BO&kind=money", {UNLOCKED}),
        ("?start=2020-01-01", {CHANGED, DOWNLOADED, UNLOCKED, OPENED}),
        ("?end=9999-12-31", {CHANGED, DOWNLOADED, UNLOCKED, OPENED}),
        ("?end=2020-01-01", set()),
        ("?start=9999-12-31", set()),
    ],
)
def test_the_filter_is_the_address(told: None, member_client: Client, bo: User, query: str, shown: set[str]) -> None:
    page = _text(member_client, query.replace("BO", str(bo.pk)))
    assert {sentence for sentence in (CHANGED, DOWNLOADED, UNLOCKED, OPENED) if sentence in page} == shown
    assert ("No activity fits what you chose." in page) == (not shown)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("?start=yesterday", "From: Enter a valid date."),
        ("?start=2026-02-02&end=2026-02-01", "To: The last day is before the first."),
        ("?kind=secrets", "About: Select a valid choice."),
        ("?person=0", "Person: Select a valid choice."),
        ("?person=%00", "Person: Select a valid choice."),
    ],
)
def test_a_filter_that_cannot_be_understood_says_so(told: None, member_client: Client, query: str, why: str) -> None:
    page = _text(member_client, query, status=422)
    assert why in page
    assert DOWNLOADED not in page


def test_a_stranger_cannot_be_asked_about(told: None, member_client: Client) -> None:
    stranger = User.objects.get(email="theirs@example.com")
    assert stranger.name not in _text(member_client, f"?person={stranger.pk}", status=422)


def test_each_reads_only_their_own_address(
    household: Household, owner: User, bo: User, member_client: Client, bos_client: Client, rf
) -> None:
    record(Action.HOUSEHOLD_CHANGED, actor=owner, household=household, request=rf.get("/", REMOTE_ADDR="203.0.113.7"))
    record(Action.MEMBER_LEFT, actor=bo, household=household, request=rf.get("/", REMOTE_ADDR="198.51.100.9"))
    owners, bos = _text(member_client), _text(bos_client)
    assert ("203.0.113.7" in owners, "198.51.100.9" in owners) == (True, False)
    assert ("203.0.113.7" in bos, "198.51.100.9" in bos) == (False, True)


def test_somebody_who_is_gone_has_no_name(household: Household, bo: User, member_client: Client) -> None:
    record(Action.MEMBER_LEFT, actor=bo, household=household)
    bo.delete()
    page = _text(member_client)
    assert '<bdi>Somebody who is gone</bdi></b> <span dir="auto">left the household' in page
    assert "Bo Member" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_as_often_for_many_as_for_one(
    household: Household, owner: User, bo: User, member_client: Client, django_assert_num_queries, count: int
) -> None:
    for _ in range(count):
        record(Action.ROLE_CHANGED, actor=owner, person=bo, household=household, old="viewer", new="member")
    member_client.get(PAGE)
    with django_assert_num_queries(6):
        _text(member_client)


def test_pages_follow_one_another_without_a_gap(household: Household, owner: User, member_client: Client) -> None:
    for number in range(2 * PAGE_SIZE + 5):
        record(Action.LEDGER_EXPORTED, actor=owner, household=household, kind=number)
    seen, query = [], "?kind=money"
    while query:
        answer = member_client.get(PAGE + query)
        seen += [int(entry.what.split()[-1]) for entry in answer.context["entries"]]
        query = answer.context["older_url"]
        assert not query or query.startswith("?kind=money&at=")
    assert seen == list(range(2 * PAGE_SIZE + 4, -1, -1))
    assert 'rel="prev"' in answer.content.decode()


def test_without_events_it_says_what_will_stand_here(member_client: Client) -> None:
    assert "Nothing to tell yet" in _text(member_client)


def test_downloading_the_ledger_is_recorded(household: Household, owner: User, confirmed_client: Client) -> None:
    assert confirmed_client.get("/h/ours/transactions/export/csv/?q=tea").getvalue()
    event = AuditEvent.objects.get(action=Action.LEDGER_EXPORTED)
    assert (event.actor_id, event.household_id) == (owner.pk, household.pk)
    assert event.details == {"kind": "CSV", "is_whole": False}
    assert event.date == datetime.datetime.now(tz=datetime.UTC).date()
