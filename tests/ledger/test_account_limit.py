"""As many accounts as the plan has room for, by whatever way one is added."""

from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from apps.households.models import Household
from apps.imports.models import ImportFile
from apps.ledger import journal, keeping_accounts
from apps.ledger.account_limit import AccountLimitReached
from apps.ledger.models import Account, Changeset, Revision
from apps.tenancy.context import household_context
from tests.households.people import belonging, browser
from tests.households.test_at_once import at_once
from tests.imports.bank import checking, read
from tests.planes import both_planes
from tests.plans.giving import give_plan

TOLD = "Your plan Basic has room for 2 accounts, and nothing was changed."


def add(name: str, **fields: object) -> Changeset:
    changeset = keeping_accounts.add(Account(name=name, currency="USD", **fields), actor_id=None)
    assert changeset is not None
    return changeset


@pytest.fixture
def two(household: Household) -> Household:
    """Our household with the two accounts that its plan has room for."""
    give_plan(household, "basic", account_limit=2)
    with household_context(household):
        add("Checking")
        add("Card")
    return household


def names(household: Household) -> list[str]:
    with household_context(household):
        return list(Account.objects.order_by("pk").values_list("name", flat=True))


@both_planes
def test_one_more_is_refused_with_plan_and_limit(two: Household, member_client: Client) -> None:
    with household_context(two), pytest.raises(AccountLimitReached, match=TOLD):
        add("Savings")
    form = {"name": "Savings", "kind": "savings", "currency": "USD"}
    page = member_client.post("/h/ours/accounts/new/", form)
    assert page.status_code == 422
    assert TOLD in page.content.decode()
    assert names(two) == ["Checking", "Card"]
    before = member_client.get("/h/ours/accounts/new/").content.decode()
    assert "Your plan Basic has room for 2 accounts, and all of it is taken." in before
    assert 'href="/h/ours/settings/plan/choose/"' in before


@both_planes
def test_what_is_in_the_archive_does_not_count_until_it_is_taken_out(two: Household) -> None:
    with household_context(two):
        card = Account.objects.get(name="Card")
        keeping_accounts.archive(card, now=timezone.now(), actor_id=1)
        add("Savings")
        with pytest.raises(AccountLimitReached, match=TOLD):
            keeping_accounts.unarchive(card, actor_id=1)
        card.refresh_from_db()
        assert card.archived_at is not None
        keeping_accounts.delete(Account.objects.get(name="Savings"), actor_id=1)
        keeping_accounts.unarchive(card, actor_id=1)
    assert names(two) == ["Checking", "Card"]


@both_planes
@pytest.mark.parametrize("deed", ["delete", "archive"])
def test_an_undoing_brings_none_back_for_which_there_is_no_room(two: Household, deed: str) -> None:
    with household_context(two):
        card = Account.objects.get(name="Card")
        if deed == "delete":
            done = keeping_accounts.delete(card, actor_id=1)
        else:
            done = keeping_accounts.archive(card, now=timezone.now(), actor_id=1)
        assert done is not None
        add("Savings")
        with pytest.raises(AccountLimitReached):
            journal.undo(done.pk, actor_id=1)
        give_plan(two, "basic", account_limit=3)
        journal.undo(done.pk, actor_id=1)
        assert Account.objects.filter(archived_at=None).count() == 3


@both_planes
def test_where_there_are_too_many_others_are_still_undone(two: Household) -> None:
    with household_context(two):
        card = Account.objects.get(name="Card")
        card.name = "Blue card"
        done = keeping_accounts.edit(card, as_of=Revision.current(), actor_id=1)
        assert done is not None
        give_plan(two, "basic", account_limit=1)
        journal.undo(done.pk, actor_id=1)
    assert names(two) == ["Checking", "Card"]


@both_planes
def test_accounts_that_one_does_not_see_count_and_are_not_told_of(two: Household) -> None:
    bob = belonging(two, "Bob")
    with household_context(two):
        Account.objects.filter(name="Card").update(
            name="SECRET", owner_id=bob.pk, visibility=Account.Visibility.PRIVATE
        )
    ann = belonging(two, "Ann")
    page = browser(ann).post("/h/ours/accounts/new/", {"name": "Savings", "kind": "savings", "currency": "USD"})
    assert TOLD in page.content.decode()
    assert "SECRET" not in page.content.decode()
    assert names(two) == ["Checking", "SECRET"]


@both_planes
def test_an_import_offers_no_new_account_and_adds_none(two: Household, member_client: Client) -> None:
    assert "A new account …" not in member_client.get("/h/ours/imports/").content.decode()
    with household_context(two):
        file = read(two, Account.objects.get(name="Card"), checking([("11/03/2026", "SHOP", "-1.00")]))
    sent = {"account": "new", "new_name": "Savings", "new_kind": "savings", "new_currency": "USD"}
    assert member_client.post(f"/h/ours/imports/{file.pk}/account/", sent).status_code == 422
    told = member_client.post("/h/ours/imports/take-in/", sent).json()
    assert told["error"]
    assert names(two) == ["Checking", "Card"]
    with household_context(two):
        assert ImportFile.objects.get().state == "read"
    give_plan(two, "basic", account_limit=3)
    assert "A new account …" in member_client.get("/h/ours/imports/").content.decode()


def test_of_many_at_once_no_more_come_than_there_is_room_for(fresh_database: str) -> None:
    ours = Household.objects.get(public_id="ours")
    give_plan(ours, "basic", account_limit=5)
    bob = belonging(ours, "Bob")

    def deed(number: int) -> None:
        # Half of them keep theirs to themselves, so that the others do not see them.
        visibility = Account.Visibility.PRIVATE if number % 2 else Account.Visibility.SHARED
        person_id = bob.pk if number % 2 else ours.memberships.get(role="owner").user_id
        with household_context(ours, person_id=person_id):
            account = Account(name=f"Account {number}", currency="USD", visibility=visibility)
            keeping_accounts.add(account, actor_id=person_id)

    raised = at_once(*[partial(deed, number) for number in range(20)])
    assert {type(error) for error in raised} == {AccountLimitReached}
    assert (len(raised), len(names(ours))) == (15, 5)
