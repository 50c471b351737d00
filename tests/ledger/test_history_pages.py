"""What was done stands in the history, in words, and can be undone there."""

import pytest
from django.contrib.messages.storage.base import Message
from django.db import connections
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household, Membership
from apps.ledger.models import Account, Changeset, Reconciliation, Tag, Transaction, TransactionTag
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand, delete_rows, edit_rows, split
from tests.planes import both_planes

pytestmark = both_planes
HISTORY = "/h/ours/history/"


@pytest.fixture
def row(household: Household) -> Transaction:
    with household_context(household):
        return by_hand(Account.objects.create(name="Checking", currency="USD"), "2026-11-03", "-6.45", "COFFEE")


def edited(household: Household, row: Transaction, **values: object) -> Changeset:
    with household_context(household):
        changeset = edit_rows(Transaction.objects.filter(pk=row.pk), **values)
        Changeset.objects.filter(pk=changeset.pk).update(note="A note on one row")
        return changeset


def test_an_empty_history_says_what_will_stand_there(member_client: Client) -> None:
    assert "Nothing was changed yet" in member_client.get(HISTORY).content.decode()


def test_a_deed_is_told_field_by_field(member_client: Client, household: Household, row: Transaction) -> None:
    changeset = edited(household, row, notes="with <Ann>", amount="-7.00", status="matched")
    page = member_client.get(f"{HISTORY}{changeset.pk}/").content.decode()
    for words in (
        "A note on one row",
        "COFFEE, 3 Nov 2026",
        "<bdi>nothing</bdi> → <bdi>with &lt;Ann&gt;</bdi>",
        "<bdi>−$6.45</bdi> → <bdi>−$7.00</bdi>",
        "<bdi>Unreconciled</bdi> → <bdi>Matched</bdi>",
    ):
        assert words in page


def test_amounts_are_told_to_the_last_digit(member_client: Client, household: Household, row: Transaction) -> None:
    changeset = edited(household, row, amount="-123456789012345.6789")
    page = member_client.get(f"{HISTORY}{changeset.pk}/").content.decode()
    assert "<bdi>−$6.45</bdi> → <bdi>−$123,456,789,012,345.6789</bdi>" in page
    with household_context(household):
        split(Transaction.objects.get(), groceries="-123456789012345.6701", dining="-0.0088")
        deleted = delete_rows(Transaction.objects.all())
    told = member_client.get(f"{HISTORY}{deleted.pk}/").content.decode()
    assert "−$123,456,789,012,345.6701" in told


def test_a_deed_is_undone_with_one_click(member_client: Client, household: Household, row: Transaction) -> None:
    changeset = edited(household, row, notes="mine")
    response = member_client.post(f"{HISTORY}{changeset.pk}/undo/", follow=True)
    assert response.redirect_chain == [("/h/ours/history/", 302)]
    assert "Undone: A note on one row." in response.content.decode()
    with household_context(household):
        assert Transaction.objects.get(pk=row.pk).notes == ""
    again = member_client.post(f"{HISTORY}{changeset.pk}/undo/", follow=True).content.decode()
    assert "This was undone already." in again


def test_undo_goes_back_to_the_page_of_the_household_it_was_clicked_on(
    member_client: Client, household: Household, row: Transaction
) -> None:
    for number, (before, expected) in enumerate(
        {
            "/h/ours/transactions/?q=coffee": "/h/ours/transactions/?q=coffee",
            "http://evil.example/h/ours/": HISTORY,
            "/h/theirs/": HISTORY,
            "/h/ours/no-such-page/": HISTORY,
            "": HISTORY,
        }.items()
    ):
        changeset = edited(household, row, notes=f"mine {number}")
        response = member_client.post(f"{HISTORY}{changeset.pk}/undo/", {"next": before})
        assert response["Location"] == expected


def test_undo_does_not_go_back_to_the_page_of_what_it_deletes(member_client: Client, household: Household) -> None:
    page = member_client.post(
        "/h/ours/accounts/new/",
        {"name": "Savings", "kind": "savings", "currency": "USD", "opening_balance": ""},
        follow=True,
    ).content.decode()
    with household_context(household):
        account, changeset = Account.objects.get(), Changeset.objects.get()
    assert f'name="next" value="/h/ours/accounts/{account.pk}/"' in page
    response = member_client.post(f"{HISTORY}{changeset.pk}/undo/", {"next": f"/h/ours/accounts/{account.pk}/"})
    assert response["Location"] == HISTORY
    with household_context(household):
        assert not Account.objects.exists()


def test_undo_on_a_page_that_answered_a_form_does_not_go_back_to_it(
    member_client: Client, household: Household, row: Transaction
) -> None:
    member_client.post(f"/h/ours/transactions/{row.pk}/notes/", {"notes": "mine", "as_of": "999"})
    answer = member_client.post("/h/ours/tags/new/", {"kind": "bucket", "name": ""})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Notes: COFFEE." in page
    form = page[page.index('class="notice__undo"') : page.index("</form>", page.index('class="notice__undo"'))]
    assert 'name="next"' not in form


def test_long_notes_are_told_in_short(member_client: Client, household: Household, row: Transaction) -> None:
    changeset = edited(household, row, notes="word " * 900)
    page = member_client.get(f"{HISTORY}{changeset.pk}/").content.decode()
    assert "…</bdi>" in page
    assert page.count("word") < 60


def test_conflicts_are_listed_and_the_others_can_be_undone(
    member_client: Client, household: Household, row: Transaction
) -> None:
    with household_context(household):
        other = by_hand(row.account, "2026-11-04", "-9.00", "TEA")
        changeset = edit_rows(Transaction.objects.all(), notes="first")
        edit_rows(Transaction.objects.filter(pk=other.pk), notes="second")
    response = member_client.post(f"{HISTORY}{changeset.pk}/undo/", follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(f"{HISTORY}{changeset.pk}/", 302)]
    assert "1 row cannot get back what it held" in page
    assert "was changed since" in page
    page = member_client.post(f"{HISTORY}{changeset.pk}/undo-the-rest/", follow=True).content.decode()
    assert "1 row stayed as it is." in page
    with household_context(household):
        assert dict(Transaction.objects.values_list("pk", "notes")) == {row.pk: "", other.pk: "second"}


def test_deleted_rows_and_buckets_are_told_by_name(
    member_client: Client, household: Household, row: Transaction
) -> None:
    with household_context(household):
        TransactionTag.objects.create(transaction=row, tag=Tag.objects.get(value="dining"))
        changeset = delete_rows(Transaction.objects.filter(pk=row.pk))
    page = member_client.get(f"{HISTORY}{changeset.pk}/").content.decode()
    assert "<bdi>Dining</bdi> → <bdi>nothing</bdi>" in page
    assert "<bdi>Checking</bdi> → <bdi>nothing</bdi>" in page
    assert "Deleted" in page


def test_the_number_of_queries_does_not_grow(member_client: Client, household: Household, row: Transaction) -> None:
    counts = []
    for wanted in (1, 3):
        with household_context(household):
            while Changeset.objects.filter(kind="edit").count() < wanted:
                by_hand(row.account, "2026-11-04", "-9.00", "TEA")
                last = edit_rows(Transaction.objects.all(), notes=str(Changeset.objects.count()))
        for address in (HISTORY, f"{HISTORY}{last.pk}/"):
            with CaptureQueriesContext(connections["households"]) as ledger:
                assert member_client.get(address).status_code == 200
            counts.append(len(ledger))
    assert counts[:2] == counts[2:]


def test_a_viewer_sees_it_and_may_not_undo(member_client: Client, household: Household, row: Transaction) -> None:
    changeset = edited(household, row, notes="mine")
    Membership.objects.filter(household=household).update(role=Membership.Role.VIEWER)
    assert "<button" not in member_client.get(HISTORY).content.decode().partition("<main")[2].partition("</main>")[0]
    assert member_client.post(f"{HISTORY}{changeset.pk}/undo/").status_code == 403


def test_another_households_deed_is_not_there(
    member_client: Client, household: Household, other_household: Household
) -> None:
    with household_context(other_household):
        foreign = Changeset.objects.create(kind=Changeset.Kind.EDIT, note="theirs")
    for deed in ("", "undo/", "undo-the-rest/"):
        address = f"{HISTORY}{foreign.pk + 1000}/{deed}"
        answer = member_client.post(address) if deed else member_client.get(address)
        assert answer.status_code == 404


def test_a_statement_is_not_unlocked_here(member_client: Client, household: Household, row: Transaction) -> None:
    with household_context(household):
        Reconciliation.objects.create(account=row.account, statement_date=row.date, statement_balance=0)
        changeset = Changeset.objects.create(kind=Changeset.Kind.RECONCILE, note="Statement")
    page = member_client.post(f"{HISTORY}{changeset.pk}/undo/", follow=True).content.decode()
    assert "A reconciled statement is unlocked on the page of its account." in page


def test_only_an_address_makes_a_message_one_that_can_be_undone() -> None:
    """Others keep other words where a deed keeps the address of its undoing."""
    shown = render_to_string(
        "components/messages.html", {"messages": [Message(25, "Saved.", extra_tags="account safe")]}
    )
    assert "Saved." in shown
    assert "<form" not in shown
