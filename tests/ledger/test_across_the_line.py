"""Rows that stand between what everybody sees and what one person keeps: linked across, moved across, brought across."""

import datetime
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.test import Client

from apps.households.models import Household
from apps.imports import rolling_back
from apps.imports.models import ImportFile
from apps.ledger import bulk, entering, merging_accounts, stated_balances, transfers
from apps.ledger.models import Account, Changeset, Reconciliation, Revision, Transaction, Transfer
from apps.ledger.sharing import WouldVanish
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.households.people import browser
from tests.ledger.entries import by_hand
from tests.ledger.families import DAY, Family, family
from tests.planes import both_planes

pytestmark = both_planes


# --- linked across -----------------------------------------------------------------------------------------------------


def linked_row(ours: Family) -> Transaction:
    """Of the joint account, linked to a row of Bob's card."""
    with household_context(ours.household):
        return Transaction.objects.get(description="OPEN to card")


def test_who_does_not_see_the_partner_does_not_unmark_a_linked_row(ours: Family, anns: Client) -> None:
    row = linked_row(ours)
    with household_context(ours.household):
        as_of = Revision.current()
    answer = anns.post("/h/ours/transactions/bulk/no-transfer/", {"row": f"{row.pk}-{as_of}"}, follow=True)
    assert "linked to its partner stays a transfer" in answer.content.decode()
    with household_context(ours.household):
        row.refresh_from_db()
        assert row.is_transfer
        assert Transfer.objects.filter(outgoing=row).exists()


def test_nor_turns_it_round(ours: Family) -> None:
    row = linked_row(ours)
    with household_context(ours.household, person_id=ours.ann.pk):
        values = {"amount": Decimal("50.00")}
        with pytest.raises(entering.TransferDoesNotFit, match="whose other side you do not see"):
            entering.edit(row, actor_id=ours.ann.pk, as_of=Revision.current(), values=values, tags=[], bucket=None)
        values["amount"] = Decimal("-51.00")
        entering.edit(row, actor_id=ours.ann.pk, as_of=Revision.current(), values=values, tags=[], bucket=None)
    with household_context(ours.household):
        row.refresh_from_db()
        assert row.amount == -51


def test_nor_is_asked_to_link_it_again(ours: Family, anns: Client) -> None:
    with household_context(ours.household):
        shared = Account.objects.create(name="Till", currency="USD")
        by_hand(shared, "2026-11-05", "50.00", "transfer from joint")
    assert "OPEN to card" not in anns.get("/h/ours/transfers/?since=ever").content.decode()


def test_nobody_is_asked_to_link_what_they_may_only_look_at(ours: Family, anns: Client) -> None:
    with household_context(ours.household):
        by_hand(ours.joint, "2026-11-05", "-70.00", "transfer to savings")
        by_hand(ours.savings, "2026-11-05", "70.00", "transfer from joint")
    asked = ("transfer to savings", "transfer from joint")
    anns_page, bobs_page = (
        client.get("/h/ours/transfers/?since=ever").content.decode() for client in (anns, browser(ours.bob))
    )
    assert all(text in bobs_page for text in asked)
    assert "transfer from joint" not in anns_page


def test_nor_sees_or_counts_the_transfer_among_the_linked(ours: Family, anns: Client) -> None:
    page = anns.get("/h/ours/transfers/?show=linked")
    assert "OPEN to card" not in page.content.decode()
    assert page.context["linked_count"] == len(page.context["pairs"]) == 2
    with household_context(ours.household, person_id=ours.bob.pk):
        assert transfers.linked_pairs().count() == 4


def test_nor_rolls_back_the_import_that_brought_it(ours: Family, anns: Client) -> None:
    with household_context(ours.household):
        file = ImportFile.objects.get(account=ours.joint)
        row = Transaction.objects.create(
            account=ours.joint, changeset=file.changeset, date=DAY, amount=Decimal(-30), description="to card"
        )
        received = by_hand(ours.card, "2026-11-03", "30.00", "from joint")
        Transfer.objects.create(outgoing=row, incoming=received)
        rolling_back.order_roll_back(file, actor_id=ours.ann.pk)
    rolling_back.roll_back_file(ours.household, file.pk, person_id=ours.ann.pk)
    assert (
        "linked to one of an account that you may not change"
        in anns.get(f"/h/ours/imports/{file.pk}/").content.decode()
    )
    with household_context(ours.household):
        file.refresh_from_db()
        assert file.state == "booked"
        assert Transaction.objects.filter(changeset=file.changeset).count() == 2


# --- moved across ------------------------------------------------------------------------------------------------------


def move(row: Transaction, account: Account, *, actor_id: int) -> None:
    plan = bulk.PLANS["move"](QueryDict(f"account={account.pk}"))
    bulk.carry_out(plan, Transaction.objects.filter(pk=row.pk), actor_id=actor_id)


def test_rows_that_others_see_are_not_moved_where_they_do_not(ours: Family, anns: Client) -> None:
    with household_context(ours.household, person_id=ours.bob.pk):
        row = by_hand(ours.joint, "2026-11-12", "-900.00", "RENT")
        with pytest.raises(WouldVanish, match="Others see “Joint” and not “SECRET card”"):
            move(row, ours.card, actor_id=ours.bob.pk)
        values = {"account": ours.card}
        with pytest.raises(WouldVanish):
            entering.edit(row, actor_id=ours.bob.pk, as_of=Revision.current(), values=values, tags=[], bucket=None)
    assert "RENT" in anns.get("/h/ours/transactions/").content.decode()


def test_the_owner_of_both_accounts_moves_them(ours: Family) -> None:
    """Who sees his savings is his choice."""
    with household_context(ours.household, person_id=ours.bob.pk):
        row = by_hand(ours.savings, "2026-11-12", "-900.00", "RENT")
        move(row, ours.card, actor_id=ours.bob.pk)
        row.refresh_from_db()
        assert row.account == ours.card


def test_an_account_that_others_see_does_not_become_part_of_a_private_one(ours: Family) -> None:
    with household_context(ours.household, person_id=ours.bob.pk):
        Transfer.objects.all().delete()
        with pytest.raises(merging_accounts.CannotMerge, match="Others see “Joint” and would not see “SECRET card”"):
            merging_accounts.preview(ours.joint, ours.card)
        assert merging_accounts.preview(ours.card, ours.joint).row_count > 0


# --- brought across ----------------------------------------------------------------------------------------------------


def test_a_row_that_left_a_private_account_has_a_page(ours: Family, anns: Client) -> None:
    """Brought by a file into the card, and moved to the joint account by its owner: it stands in Ann's list."""
    with household_context(ours.household, person_id=ours.bob.pk):
        changeset = Changeset.objects.get(note="SECRET.csv")
        row = Transaction.objects.create(
            account=ours.card,
            changeset=changeset,
            date=datetime.date(2026, 11, 9),
            amount=Decimal(-7),
            description="PIZZA",
        )
        move(row, ours.joint, actor_id=ours.bob.pk)
    assert "PIZZA" in anns.get("/h/ours/transactions/").content.decode()
    page = anns.get(f"/h/ours/transactions/{row.pk}/").content.decode()
    assert "from another account" in page
    assert "SECRET" not in page
    assert anns.get(f"/h/ours/transactions/{row.pk}/edit/").status_code == 200
    assert anns.get(f"/h/ours/transactions/{row.pk}/delete/").status_code == 200


def test_both_see_one_balance_of_an_account_that_both_see(household: Household, owner: User) -> None:
    """One that was stated of the card, which became part of the joint account: its deed stays hidden."""
    ours = family(household, owner)
    with household_context(household, person_id=ours.bob.pk):
        stated_balances.check(ours.card, date=DAY, amount=Decimal("500.00"), today=DAY, actor_id=ours.bob.pk)
        Reconciliation.objects.all().delete()
        opening, as_of = merging_accounts.Opening.BOTH, Revision.current()
        merging_accounts.merge(ours.card, ours.joint, opening=opening, as_of=as_of, actor_id=ours.bob.pk)
        Account.objects.create(name="Still private", currency="USD", owner_id=ours.bob.pk, visibility="private")
    pages = [browser(person).get(f"/h/ours/accounts/{ours.joint.pk}/") for person in (ours.ann, ours.bob)]
    seen = [(page.context["account"].balance, len(page.context["stated"])) for page in pages]
    assert seen[0] == seen[1] == (Decimal("500.00"), 1)
