"""Accounts that the plan has no room for: nobody changes them, everybody reads them, and nothing of them is lost."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from apps.categorization import rule_runs
from apps.categorization.models import CategoryRule, RuleCondition
from apps.households.models import Household
from apps.imports import booking, rolling_back
from apps.imports.accounts import account_of
from apps.imports.allowing import ClosedAccount
from apps.imports.errors import NotNow
from apps.imports.models import ImportFile
from apps.imports.states import State
from apps.ledger import entering, freezing, journal, keeping_accounts
from apps.ledger.freezing import TooManyChosen
from apps.ledger.journal import FrozenRows
from apps.ledger.merging_accounts import Opening, merge
from apps.ledger.models import Account, Changeset, Revision, Transaction
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.households.people import belonging, browser
from tests.imports.bank import Line, bring_in, checking, read
from tests.ledger.entries import by_hand
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes
TOLD = "This account is read-only, for your plan Basic has room for 1 account. Nothing was changed."
SHOP: list[Line] = [("11/03/2026", "SHOP", "-7.00")]


@pytest.fixture
def three(household: Household) -> Household:
    """Old, Middle and New, named for when they were last in use; the plan has room for one."""
    with household_context(household):
        for days, name in ((3, "Old"), (2, "Middle"), (1, "New")):
            account = Account.objects.create(name=name, currency="USD")
            row = by_hand(account, "2026-11-03", "-1.00", name)
            used_at = timezone.now() - datetime.timedelta(days=days)
            Account.objects.filter(pk=account.pk).update(created_at=used_at)
            Transaction.objects.filter(pk=row.pk).update(created_at=used_at)
    give_plan(household, "basic", account_limit=1)
    return household


@pytest.fixture
def frozen(three: Household) -> Household:
    with household_context(three):
        freezing.fit_accounts(1)
    return three


def active(household: Household) -> list[str]:
    with household_context(household):
        return list(Account.objects.filter(is_frozen=False).order_by("pk").values_list("name", flat=True))


def named(household: Household, name: str) -> Account:
    with household_context(household):
        return Account.objects.get(name=name)


# --- which ones -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(0, []), (1, ["New"]), (2, ["Middle", "New"]), (3, ["Old", "Middle", "New"]), (None, ["Old", "Middle", "New"])],
)
def test_those_last_in_use_stay_and_a_better_plan_thaws(
    three: Household, limit: int | None, expected: list[str]
) -> None:
    with household_context(three):
        assert freezing.fit_accounts(limit) == 3 - len(expected)
        assert freezing.fit_accounts(limit) == 3 - len(expected)
    assert active(three) == expected
    with household_context(three):
        assert freezing.fit_accounts(None) == 0
        assert Transaction.objects.count() == 3
    assert active(three) == ["Old", "Middle", "New"]


def test_a_preview_tells_it_and_does_nothing(three: Household) -> None:
    with household_context(three):
        told = freezing.preview(1)
        assert ({account.name for account in told.accounts}, told.unseen_count, told.count) == ({"Old", "Middle"}, 0, 2)
        assert freezing.preview(None).count == 0
    assert active(three) == ["Old", "Middle", "New"]


def test_the_households_choice_stays_whatever_the_plan_does_meanwhile(three: Household) -> None:
    with household_context(three):
        freezing.choose([Account.objects.get(name="Old").pk], limit=1)
        assert freezing.preview(2).accounts == [Account.objects.get(name="Middle")]
        freezing.fit_accounts(None)
        freezing.fit_accounts(1)
    assert active(three) == ["Old"]


def test_a_choice_for_a_smaller_plan_waits_for_it(three: Household) -> None:
    give_plan(three, "pro")
    with household_context(three):
        freezing.choose([Account.objects.get(name="Old").pk], limit=1)
    assert active(three) == ["Old", "Middle", "New"]
    with household_context(three):
        freezing.fit_accounts(1)
    assert active(three) == ["Old"]


def test_more_than_there_is_room_for_cannot_be_chosen(frozen: Household) -> None:
    with household_context(frozen):
        ids = Account.objects.values_list("pk", flat=True)
        with pytest.raises(TooManyChosen, match="You chose 3, and there is room for 1 account"):
            freezing.choose(ids, limit=1)
    assert active(frozen) == ["New"]


def test_which_ones_are_active_does_not_change_with_the_rows_that_go(frozen: Household) -> None:
    long_ago = timezone.now() - datetime.timedelta(days=30)
    with household_context(frozen):
        Account.objects.filter(name="New").update(created_at=long_ago)
        Transaction.objects.filter(account__name="New").delete()
        freezing.fit_accounts(1)
    assert active(frozen) == ["New"]
    with household_context(frozen):
        freezing.fit_accounts(2)
        freezing.choose([Account.objects.get(name="Old").pk], limit=1)
    assert active(frozen) == ["Old"]


def test_what_is_in_the_archive_takes_no_room(three: Household, owner: User) -> None:
    with household_context(three, person_id=owner.pk):
        keeping_accounts.archive(Account.objects.get(name="Old"), now=timezone.now(), actor_id=owner.pk)
        assert freezing.fit_accounts(2) == 0
        assert freezing.fit_accounts(1) == 1
    # An account less makes room for the next at once.
    with household_context(three, person_id=owner.pk):
        keeping_accounts.archive(Account.objects.get(name="New"), now=timezone.now(), actor_id=owner.pk)
    assert active(three) == ["Old", "Middle", "New"]


def test_an_account_less_makes_room_whatever_took_it_away(three: Household, owner: User) -> None:
    give_plan(three, "basic", account_limit=2)
    with household_context(three):
        freezing.fit_accounts(2)
    assert active(three) == ["Middle", "New"]
    with household_context(three, person_id=owner.pk):
        middle, new = (Account.objects.get(name=name) for name in ("Middle", "New"))
        merge(middle, new, opening=Opening.BOTH, as_of=Revision.current(), actor_id=owner.pk)
    assert active(three) == ["Old", "New"]
    with household_context(three, person_id=owner.pk):
        keeping_accounts.archive(Account.objects.get(name="New"), now=timezone.now(), actor_id=owner.pk)
        added = keeping_accounts.add(Account(name="Newest", currency="USD"), actor_id=owner.pk)
    assert added is not None
    give_plan(three, "basic", account_limit=1)
    with household_context(three):
        freezing.fit_accounts(1)
    assert active(three) == ["New", "Newest"]
    with household_context(three, person_id=owner.pk):
        journal.undo(added.pk, actor_id=owner.pk)
    assert active(three) == ["Old", "New"]


def test_accounts_that_the_owner_does_not_see_are_counted_and_give_way(three: Household, owner: User) -> None:
    bob = belonging(three, "Bob")
    with household_context(three):
        Account.objects.filter(name="New").update(name="SECRET", owner_id=bob.pk, visibility=Account.Visibility.PRIVATE)
    with household_context(three, person_id=owner.pk):
        told = freezing.preview(1)
        assert ({account.name for account in told.accounts}, told.unseen_count) == ({"Old", "Middle"}, 0)
        freezing.choose([Account.objects.get(name="Middle").pk], limit=1)
        told = freezing.preview(1)
        assert ({account.name for account in told.accounts}, told.unseen_count) == ({"Old"}, 1)
        assert not Account.objects.filter(name="SECRET").exists()
    assert active(three) == ["Middle"]
    # Bob still sees his, and that it can only be read.
    page = browser(bob).get(f"/h/ours/accounts/{named(three, 'SECRET').pk}/").content.decode()
    assert "read-only (plan)" in page
    assert "SECRET" in page


# --- nobody changes them --------------------------------------------------------------------------------------------


def _edit(account: Account, person_id: int) -> None:
    row = account.transactions.get()
    values = {"notes": "changed"}
    entering.edit(row, actor_id=person_id, as_of=Revision.current(), values=values, tags=(), bucket=None)


def _rename(account: Account, person_id: int) -> None:
    account.name = "Another name"
    keeping_accounts.edit(account, as_of=Revision.current(), actor_id=person_id)


DEEDS: dict[str, Callable[[Account, int], object]] = {
    "edit a row": _edit,
    "delete a row": lambda account, person_id: entering.delete(
        account.transactions.get(), actor_id=person_id, as_of=Revision.current()
    ),
    "rename it": _rename,
    "archive it": lambda account, person_id: keeping_accounts.archive(account, now=timezone.now(), actor_id=person_id),
    "delete it": lambda account, person_id: keeping_accounts.delete(account, actor_id=person_id),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("visibility", Account.Visibility.values)
def test_whoever_owns_it_is_told_why(frozen: Household, owner: User, deed: str, visibility: str) -> None:
    with household_context(frozen):
        Account.objects.filter(name="Old").update(owner_id=owner.pk, visibility=visibility)
    with household_context(frozen, person_id=owner.pk):
        account = Account.objects.get(name="Old")
        before = list(Transaction.objects.filter(account=account).values())
        with pytest.raises(FrozenRows, match=TOLD):
            DEEDS[deed](account, owner.pk)
        assert list(Transaction.objects.filter(account=account).values()) == before


def test_a_deed_is_not_undone_there(three: Household, owner: User) -> None:
    with household_context(three, person_id=owner.pk):
        account = Account.objects.get(name="Old")
        _edit(account, owner.pk)
        done = Changeset.objects.order_by("-pk")[0]
        freezing.fit_accounts(1)
    with household_context(three, person_id=owner.pk), pytest.raises(FrozenRows):
        journal.undo(done.pk, actor_id=owner.pk)


def test_pages_tell_it_and_what_they_offer_is_done_elsewhere(frozen: Household, member_client: Client) -> None:
    account = named(frozen, "Old")
    with household_context(frozen):
        row = account.transactions.get()
    listed = member_client.get("/h/ours/accounts/").content.decode()
    assert listed.count("read-only (plan)") == 2
    assert "<b>2 accounts can only be read.</b>" in listed
    page = member_client.get(f"/h/ours/accounts/{account.pk}/").content.decode()
    assert "Your plan Basic has room for 1 account; nothing of this one was deleted." in page
    assert 'href="/h/ours/accounts/active/"' in page
    assert "Reconcile<" not in page
    detail = member_client.get(f"/h/ours/transactions/{row.pk}/").content.decode()
    assert "read-only (plan)" in detail
    assert f"/h/ours/transactions/{row.pk}/edit/" not in detail
    for address, sent in (
        (f"transactions/{row.pk}/notes/", {"notes": "x", "as_of": "999"}),
        (f"accounts/{account.pk}/archive/", {}),
        (f"transactions/{row.pk}/delete/", {"as_of": "999"}),
    ):
        told = member_client.post(f"/h/ours/{address}", sent, follow=True).content.decode()
        assert TOLD in told, address
    assert member_client.get("/h/ours/transactions/export/csv/").status_code in {200, 302}


def test_no_row_is_entered_there(frozen: Household, member_client: Client) -> None:
    page = member_client.get("/h/ours/transactions/new/").content.decode()
    assert ">New</option>" in page
    assert ">Old</option>" not in page
    # Nor moved there.
    with household_context(frozen):
        row = Account.objects.get(name="New").transactions.get()
    sent = {
        "row": [row.pk],
        f"as_of_{row.pk}": "999",
        "account": named(frozen, "Old").pk,
    }
    member_client.post("/h/ours/transactions/bulk/move/confirmed/", sent)
    with household_context(frozen):
        row.refresh_from_db()
        assert row.account.name == "New"


def test_a_run_of_rules_leaves_them_as_they_are(frozen: Household, owner: User) -> None:
    with household_context(frozen, person_id=owner.pk):
        rule = CategoryRule.objects.create(name="All of them", merchant="Renamed")
        RuleCondition.objects.create(rule=rule, field="description", operator="contains", value="e")
        run = rule_runs.order(rule=None, overwrites=True, actor_id=owner.pk)
        assert run.row_count == 1


# --- imports --------------------------------------------------------------------------------------------------------


def test_imports_are_refused_at_the_choice_at_the_order_and_where_they_are_booked(
    three: Household, owner: User, member_client: Client
) -> None:
    with household_context(three):
        old = Account.objects.get(name="Old")
        file, ordered, undoing = (
            read(three, old, checking([("11/05/2026", f"SHOP {number}", f"-{number}7.00")])) for number in range(3)
        )
        booking.confirm(ordered, actor_id=owner.pk)
        booking.book(undoing)
        rolling_back.order_roll_back(undoing, actor_id=owner.pk)
        assert account_of(file) == old
        freezing.choose([Account.objects.get(name="New").pk], limit=1)
        assert account_of(file) is None
        with pytest.raises(ClosedAccount, match=TOLD):
            booking.book(ImportFile.objects.get(pk=file.pk))
        count = Transaction.objects.count()
    assert ">Old</option>" not in member_client.get("/h/ours/imports/").content.decode()
    told = member_client.post(f"/h/ours/imports/{file.pk}/confirm/", follow=True).content.decode()
    assert TOLD in told
    # With the eyes of who ordered it, and with nobody's.
    for person_id in (owner.pk, None):
        with household_context(three):
            ImportFile.objects.filter(pk=ordered.pk).update(state=State.CONFIRMED, error="")
        booking.book_file(three, ordered.pk, person_id=person_id)
        with household_context(three):
            ordered.refresh_from_db()
            assert ordered.state == State.READ
            assert ordered.error.startswith(TOLD)
    rolling_back.roll_back_file(three, undoing.pk, person_id=owner.pk)
    with household_context(three):
        undoing.refresh_from_db()
        assert (undoing.state, Transaction.objects.count()) == (State.BOOKED, count)
        assert undoing.error.startswith(TOLD)
    with household_context(three, person_id=owner.pk), pytest.raises(NotNow, match=TOLD):
        rolling_back.order_roll_back(ImportFile.objects.get(pk=undoing.pk), actor_id=owner.pk)


def test_thawed_again_everything_goes_on(frozen: Household, owner: User) -> None:
    with household_context(frozen):
        freezing.fit_accounts(3)
    with household_context(frozen, person_id=owner.pk):
        account = Account.objects.get(name="Old")
        _edit(account, owner.pk)
        assert bring_in(frozen, account, checking(SHOP)).booked_count == 1


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_owner_chooses_on_a_page(frozen: Household, member_client: Client) -> None:
    old, new = named(frozen, "Old"), named(frozen, "New")
    page = member_client.get("/h/ours/accounts/active/").content.decode()
    assert "<b>1 account</b>" in page
    assert f'value="{new.pk}" checked' in page
    assert f'value="{old.pk}" checked' not in page
    refused = member_client.post("/h/ours/accounts/active/", {"account": [old.pk, new.pk]})
    assert refused.status_code == 422
    assert "You chose 2, and there is room for 1 account." in refused.content.decode()
    assert member_client.post("/h/ours/accounts/active/", {"account": [old.pk]}).status_code == 302
    assert active(frozen) == ["Old"]


def test_the_page_takes_a_choice_for_the_plan_to_come(three: Household, member_client: Client) -> None:
    give_plan(three, "family")
    nothing = member_client.get("/h/ours/accounts/active/").content.decode()
    assert "All of your accounts are active" in nothing
    page = member_client.get("/h/ours/accounts/active/?plan=basic").content.decode()
    assert "The others will then only be read" in page
    sent = {"account": [named(three, "Old").pk]}
    assert member_client.post("/h/ours/accounts/active/?plan=basic", sent).status_code == 302
    assert active(three) == ["Old", "Middle", "New"]
    with household_context(three):
        freezing.fit_accounts(1)
    assert active(three) == ["Old"]


def test_only_the_owner_chooses(frozen: Household) -> None:
    client = browser(belonging(frozen, "Bob"))
    assert client.get("/h/ours/accounts/active/").status_code == 403
    assert client.post("/h/ours/accounts/active/", {"account": [1]}).status_code == 403
