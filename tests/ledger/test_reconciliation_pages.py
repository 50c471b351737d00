"""The pages on which an account is held against a statement."""

from decimal import Decimal

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.audit.models import AuditEvent
from apps.households.models import Household, Membership
from apps.ledger import journal
from apps.ledger.models import Account, Changeset, Reconciliation, Revision, StatedBalance, Transaction
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def account(household: Household) -> Account:
    with household_context(household):
        return Account.objects.create(name="Checking", currency="USD", opening_balance=Decimal(100))


@pytest.fixture
def rows(household: Household, account: Account) -> list[int]:
    with household_context(household):
        return [by_hand(account, "2026-10-01", amount).pk for amount in ("-10", "-20", "-30")]


def begin(client: Client, account: Account, balance: str) -> str:
    """The address of the reconciliation that the statement of 31 October begins."""
    sent = {"date": "2026-10-31", "balance": balance}
    return client.post(f"/h/ours/accounts/{account.pk}/reconcile/", sent).headers["Location"]


def said(page: object) -> list[str]:
    return [str(message) for message in page.context["messages"]]  # type: ignore[attr-defined]


def test_a_statement_is_ticked_locked_and_unlocked(
    member_client: Client, household: Household, owner: User, account: Account, rows: list[int]
) -> None:
    address = begin(member_client, account, "60")
    assert member_client.get(f"/h/ours/accounts/{account.pk}/reconcile/").headers["Location"] == address
    assert member_client.get(f"{address}unlock/").headers["Location"] == address
    first = member_client.post(f"{address}ticks/", {"row": rows[:2]}, follow=True)
    assert first.context["figures"].missing == -10
    assert [row["is_ticked"] for row in first.context["rows"]] == [True, True, False]
    page = member_client.post(f"{address}ticks/", {"was": rows[:2], "row": [rows[0], rows[2]]}, follow=True)
    assert page.context["figures"].missing == 0
    locked = member_client.post(f"{address}lock/", {"as_of": page.context["revision"]}, follow=True)
    assert said(locked) == ["Checking agrees with the statement of 31 October 2026; 2 rows locked."]
    assert [row.pk for row in member_client.get(address).context["rows"]] == [rows[0], rows[2]]
    with household_context(household):
        assert Transaction.objects.filter(status="matched").count() == 2
    assert "2 rows" in member_client.get(f"{address}unlock/").content.decode()
    unlocked = member_client.post(f"{address}unlock/", follow=True)
    assert unlocked.context["figures"].ticked_count == 2
    event = AuditEvent.objects.get(action="reconciliation_unlocked")
    with household_context(household):
        pk = Reconciliation.objects.get().pk
        assert not Transaction.objects.filter(status="matched").exists()
    assert (event.actor_id, event.household_id) == (owner.pk, household.pk)
    assert event.details == {"account_id": account.pk, "reconciliation_id": pk}


def test_all_are_ticked_and_unticked(member_client: Client, account: Account, rows: list[int]) -> None:
    address = begin(member_client, account, "60")
    assert member_client.post(f"{address}tick-all/", follow=True).context["figures"].ticked_count == 3
    assert member_client.post(f"{address}untick-all/", follow=True).context["figures"].ticked_count == 0


def test_two_tabs_do_not_lose_each_others_ticks(member_client: Client, account: Account, rows: list[int]) -> None:
    address = begin(member_client, account, "60")
    member_client.post(f"{address}ticks/", {"row": [rows[0]]})
    page = member_client.post(f"{address}ticks/", {"row": [rows[1]]}, follow=True)
    assert page.context["figures"].ticked_count == 2


def test_what_is_missing_is_told_and_nothing_is_locked(
    member_client: Client, household: Household, account: Account, rows: list[int]
) -> None:
    address = begin(member_client, account, "60")
    page = member_client.post(f"{address}tick-all/", follow=True)
    page = member_client.post(f"{address}lock/", {"as_of": page.context["revision"]}, follow=True)
    assert said(page) == ["Nothing was locked: $20.00 is missing to the balance of the statement."]
    assert "Is it really on the statement?" in page.content.decode()
    with household_context(household):
        assert Reconciliation.objects.get().locked_at is None


def test_a_row_that_changed_after_the_page_was_shown_loses_its_tick(
    member_client: Client, household: Household, account: Account, rows: list[int]
) -> None:
    address = begin(member_client, account, "40")
    page = member_client.post(f"{address}tick-all/", follow=True)
    with household_context(household), journal.deed(Changeset.Kind.EDIT) as doing:
        doing.touch(Transaction.objects.filter(pk=rows[0]), "date")
        Transaction.objects.filter(pk=rows[0]).update(date="2026-10-02")
    page = member_client.post(f"{address}lock/", {"as_of": page.context["revision"]}, follow=True)
    assert said(page) == [
        "Nothing was locked: 1 ticked row was changed or deleted meanwhile and lost the tick. Look at what is there now."
    ]
    assert page.context["figures"].ticked_count == 2


def test_a_tab_left_over_from_before_the_lock_changes_nothing(
    member_client: Client, household: Household, account: Account, rows: list[int]
) -> None:
    address = begin(member_client, account, "40")
    page = member_client.post(f"{address}tick-all/", follow=True)
    member_client.post(f"{address}lock/", {"as_of": page.context["revision"]})
    for deed in ("ticks", "tick-all", "untick-all", "lock"):
        page = member_client.post(f"{address}{deed}/", follow=True)
        assert "This reconciliation is not open any more: it was locked or discarded meanwhile." in said(page)
    assert member_client.post(f"{address}statement/", {"date": "2026-10-30", "balance": "1"}).status_code == 302
    member_client.post(f"{address}discard/")
    with household_context(household):
        assert Reconciliation.objects.get().transactions.count() == 3


def test_the_statement_is_corrected_or_told_why_not(member_client: Client, account: Account, rows: list[int]) -> None:
    address = begin(member_client, account, "60")
    page = member_client.post(f"{address}statement/", {"date": "2026-10-30", "balance": "40.00"}, follow=True)
    assert page.context["figures"].missing == -60
    wrong = member_client.post(f"{address}statement/", {"date": "2199-01-01", "balance": "x"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["balance"])


def test_discarding_ends_on_the_page_of_the_account(
    member_client: Client, household: Household, account: Account, rows: list[int]
) -> None:
    address = begin(member_client, account, "60")
    answer = member_client.post(f"{address}discard/")
    assert answer.headers["Location"] == f"/h/ours/accounts/{account.pk}/"
    assert member_client.get(address).status_code == 404
    with household_context(household):
        assert not Reconciliation.objects.exists()


def test_the_newest_balance_of_the_bank_is_suggested(
    member_client: Client, household: Household, account: Account
) -> None:
    with household_context(household):
        changeset = Changeset.objects.create(kind=Changeset.Kind.IMPORT)
        StatedBalance.objects.create(account=account, changeset=changeset, date="2026-10-31", amount=Decimal("88.5"))
    page = member_client.get(f"/h/ours/accounts/{account.pk}/reconcile/").content.decode()
    assert 'value="2026-10-31"' in page
    assert 'value="88.50"' in page


def test_of_a_card_the_statement_says_what_is_owed(member_client: Client, household: Household) -> None:
    with household_context(household):
        card = Account.objects.create(name="Card", currency="USD", kind="credit_card")
        by_hand(card, "2026-10-01", "-30")
    page = member_client.post(f"{begin(member_client, card, '30')}tick-all/", follow=True)
    assert (page.context["figures"].statement, page.context["figures"].missing) == (-30, 0)


def test_the_second_tab_that_begins_is_told_that_one_is_open(
    member_client: Client, household: Household, account: Account
) -> None:
    address = begin(member_client, account, "60")
    sent = {"date": "2026-11-01", "balance": "1"}
    page = member_client.post(f"/h/ours/accounts/{account.pk}/reconcile/", sent, follow=True)
    assert page.redirect_chain == [(address, 302)]
    assert said(page) == ["A reconciliation of this account was open already; here it is."]


def test_the_page_asks_as_often_for_three_rows_as_for_one(
    member_client: Client, household: Household, account: Account
) -> None:
    counts = []
    address = begin(member_client, account, "60")
    for _ in range(2):
        with household_context(household):
            for number in range(1 + 2 * len(counts)):
                by_hand(account, "2026-10-02", f"-{number + 1}")
            Revision.go_up()
        member_client.post(f"{address}tick-all/")
        with CaptureQueriesContext(connections["households"]) as captured:
            assert member_client.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_page_beyond_the_last_shows_the_last(
    member_client: Client, household: Household, account: Account, rows: list[int]
) -> None:
    address = begin(member_client, account, "60")
    for page in ("99", "x", "-1", "9" * 40):
        assert len(member_client.get(address, {"page": page}).context["rows"]) == 3


def test_a_viewer_looks_and_does_not_touch(
    member_client: Client, household: Household, account: Account, rows: list[int]
) -> None:
    address = begin(member_client, account, "60")
    viewer = User.objects.create_user("viewer@example.com", "a-long-enough-word", name="V")
    viewer.emailaddress_set.create(email=viewer.email, verified=True, primary=True)
    Membership.objects.create(household=household, user=viewer, role=Membership.Role.VIEWER)
    client = Client()
    client.force_login(viewer, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(address).content.decode()
    assert page.count("disabled") == 3
    assert ">Lock" not in page
    for deed in ("ticks", "tick-all", "untick-all", "statement", "lock", "discard", "unlock"):
        assert client.post(f"{address}{deed}/").status_code == 403


def test_reconciliations_of_another_household_are_not_there(
    member_client: Client, other_household: Household, household: Household
) -> None:
    with household_context(other_household):
        account = Account.objects.create(name="Theirs", currency="USD")
        pk = Reconciliation.objects.create(account=account, statement_date="2026-10-31", statement_balance=0).pk
    for number in (pk, "9" * 40):
        assert member_client.get(f"/h/ours/accounts/statements/{number}/").status_code == 404
        for deed in ("ticks", "tick-all", "untick-all", "statement", "lock", "discard", "unlock"):
            assert member_client.post(f"/h/ours/accounts/statements/{number}/{deed}/").status_code == 404
