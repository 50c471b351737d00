"""One row entered by hand, edited and deleted, through the pages."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client

from apps.households.models import Household, Membership
from apps.ledger import entering, journal
from apps.ledger.models import Account, Change, Changeset, Revision, Tag, Transaction, TransactionTag, Transfer
from apps.plans import metering
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand, edit_rows, imported, link, lock, split
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes

NEW = "/h/ours/transactions/new/"


@pytest.fixture
def checking(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


@pytest.fixture
def savings(opened: Household) -> Account:
    return Account.objects.create(name="Savings", currency="USD")


def bucket(value: str) -> Tag:
    return Tag.objects.get(namespace="bucket", value=value)


def entry(account: Account, /, **fields: object) -> dict[str, object]:
    """What the form of a new row sends."""
    said = {"direction": "out", "amount": "12,50", "date": "2026-11-20", "account": account.pk, "merchant": "Bakery"}
    return said | fields


def edited(row: Transaction, **fields: object) -> dict[str, object]:
    """What the form of a row sends that is there."""
    return {
        "as_of": Revision.current(),
        "direction": "in" if row.amount > 0 else "out",
        "amount": f"{abs(row.amount)}",
        "date": row.date.isoformat(),
        "account": row.account_id,
        "merchant": row.merchant,
        "description": row.description,
        "notes": row.notes,
        "status": row.status,
        "card_member": row.card_member,
        "reference": row.reference,
        **fields,
    }


def post_edit(client: Client, row: Transaction, **fields: object) -> HttpResponse:
    return client.post(f"/h/ours/transactions/{row.pk}/edit/", edited(row, **fields))


def names(row: Transaction) -> set[str]:
    return set(row.transaction_tags.values_list("tag__name", flat=True))


def test_a_row_by_hand_is_one_changeset_and_its_undoing_takes_it_away(member_client: Client, checking: Account) -> None:
    holiday = Tag.objects.create(namespace="occasion", value="holiday", name="Holiday")
    answer = member_client.post(
        NEW, entry(checking, bucket=bucket("dining").pk, tags=[holiday.pk], notes=" two rolls ")
    )
    assert (answer.status_code, answer["Location"]) == (302, "/h/ours/transactions/")
    row = Transaction.objects.get()
    assert (row.amount, row.date, row.status) == (Decimal("-12.50"), datetime.date(2026, 11, 20), "manually_entered")
    assert (row.merchant, row.notes, row.bucket_source, names(row)) == (
        "Bakery",
        "two rolls",
        "person",
        {"Dining", "Holiday"},
    )
    assert (row.changeset.kind, row.changeset.note) == ("manual", "Entered Bakery")
    member_client.post(f"/h/ours/history/{row.changeset_id}/undo/")
    assert not Transaction.objects.exists()
    assert not TransactionTag.objects.exists()


def test_money_in_is_positive(member_client: Client, checking: Account) -> None:
    member_client.post(NEW, entry(checking, direction="in", amount="1,234.5678"))
    assert Transaction.objects.get().amount == Decimal("1234.5678")


def test_save_and_add_another_begins_with_the_same_day_and_account(member_client: Client, checking: Account) -> None:
    answer = member_client.post(NEW, entry(checking, again="1"))
    assert answer["Location"] == f"{NEW}?date=2026-11-20&account={checking.pk}"
    page = member_client.get(answer["Location"]).content.decode()
    assert 'value="2026-11-20"' in page
    assert f'<option value="{checking.pk}" selected>' in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount", "1,234", "two ways"),
        ("amount", "-5", "without a sign"),
        ("date", "0026-11-20", "Check the year"),
        ("date", "soon", "Enter a valid date"),
        ("merchant", "", "Say who was paid"),
        ("merchant", "a\x00b", "Null characters"),
        ("account", "0", "Select a valid choice"),
        ("account", "9" * 30, "Select a valid choice"),
        ("bucket", "x", "Select a valid choice"),
        ("direction", "up", "Select a valid choice"),
    ],
)
def test_what_cannot_be_saved_is_told_beside_its_field(
    member_client: Client, checking: Account, field: str, value: str, sentence: str
) -> None:
    answer = member_client.post(NEW, entry(checking, **{field: value}))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Transaction.objects.exists()


def test_an_archived_account_takes_no_new_rows(member_client: Client, checking: Account) -> None:
    Account.objects.filter(pk=checking.pk).update(archived_at="2026-01-01T00:00Z")
    assert member_client.post(NEW, entry(checking)).status_code == 422
    assert "No account yet" in member_client.get(NEW).content.decode()


@pytest.mark.parametrize("query", ["?date=x&account=x", "?account=99999999999999999999999", "?date=%00"])
def test_no_address_breaks_the_form(member_client: Client, checking: Account, query: str) -> None:
    assert member_client.get(f"{NEW}{query}").status_code == 200


def test_an_edit_changes_what_the_form_says_and_undoes_exactly(member_client: Client, checking: Account) -> None:
    holiday = Tag.objects.create(namespace="occasion", value="holiday", name="Holiday")
    row = by_hand(checking, "2026-11-01", "-10", "SHOP")
    TransactionTag.objects.create(transaction=row, tag=holiday)
    before = Transaction.objects.values().get()
    answer = post_edit(
        member_client, row, amount="11.25", date="2026-11-02", merchant="Shop", bucket=bucket("dining").pk, tags=[]
    )
    assert (answer.status_code, answer["Location"]) == (302, f"/h/ours/transactions/{row.pk}/")
    after = Transaction.objects.get(pk=row.pk)
    assert (after.amount, after.date.day, after.merchant, names(after)) == (Decimal("-11.25"), 2, "Shop", {"Dining"})
    assert after.bucket_source == "person"
    changeset = Changeset.objects.get(kind="edit")
    journal.undo(changeset.pk, actor_id=None)
    assert names(row) == {"Holiday"}
    assert Transaction.objects.values().get() == before


def test_a_form_that_is_sent_as_it_was_changes_nothing(member_client: Client, checking: Account) -> None:
    row = imported(checking, "2026-11-01", "-10.1250", "SHOP", merchant="Shop")
    TransactionTag.objects.create(transaction=row, tag=bucket("dining"), source="rule")
    before = Revision.current()
    post_edit(member_client, row, bucket=bucket("dining").pk)
    row.refresh_from_db()
    assert (Change.objects.count(), Revision.current(), row.bucket_source) == (0, before, "rule")


def test_two_tabs_the_second_is_told_and_keeps_what_it_typed(member_client: Client, checking: Account) -> None:
    row = by_hand(checking, "2026-11-01", "-10", merchant="Shop")
    form = edited(row, merchant="Mine")
    edit_rows(Transaction.objects.filter(pk=row.pk), merchant="Theirs")
    answer = member_client.post(f"/h/ours/transactions/{row.pk}/edit/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "changed after you opened this page" in page
    assert 'value="Mine"' in page
    assert '<dt>Merchant</dt><dd dir="auto">Theirs</dd>' in page
    assert Transaction.objects.get().merchant == "Theirs"
    member_client.post(f"/h/ours/transactions/{row.pk}/edit/", form | {"as_of": Revision.current()})
    assert Transaction.objects.get().merchant == "Mine"


def test_a_row_that_is_gone_cannot_be_edited(member_client: Client, checking: Account) -> None:
    row = by_hand(checking, "2026-11-01", "-10")
    address, form = f"/h/ours/transactions/{row.pk}/edit/", edited(row)
    row.delete()
    assert member_client.post(address, form).status_code == 404


def test_a_split_row_keeps_its_parts_and_refuses_another_amount(member_client: Client, checking: Account) -> None:
    row = by_hand(checking, "2026-11-01", "-30", merchant="Shop")
    split(row, dining="-10", shopping="-20")
    answer = post_edit(member_client, row, amount="31", merchant="Other")
    assert answer.status_code == 422
    assert "Take the split away first" in answer.content.decode()
    assert Transaction.objects.get().merchant == "Shop"
    assert not Changeset.objects.filter(kind="edit").exists()
    post_edit(member_client, row, merchant="Other")
    assert (Transaction.objects.get().merchant, names(row)) == ("Other", {"Dining", "Shopping"})


def test_one_side_of_a_transfer_may_change_while_the_other_fits(
    member_client: Client, checking: Account, savings: Account
) -> None:
    out, into = by_hand(checking, "2026-11-01", "-50", "TO"), by_hand(savings, "2026-11-02", "50", "FROM")
    link(out, into)
    answer = post_edit(member_client, out, amount="49.90")
    assert answer.status_code == 302
    assert Transfer.objects.count() == 1
    for fields, sentence in (
        ({"direction": "in"}, "money in, too"),
        ({"amount": "0"}, "money in, too"),
        ({"account": savings.pk}, "stands in Savings already"),
    ):
        out.refresh_from_db()
        answer = post_edit(member_client, out, **fields)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert Transaction.objects.get(pk=out.pk).amount == Decimal("-49.90")
    assert Transaction.objects.get(pk=out.pk).is_transfer


def test_a_locked_row_keeps_its_facts_and_may_change_the_rest(member_client: Client, checking: Account) -> None:
    row = by_hand(checking, "2026-11-01", "-10", "SHOP", status="matched")
    lock(row)
    assert (
        "A statement agreed with this row" in member_client.get(f"/h/ours/transactions/{row.pk}/edit/").content.decode()
    )
    post_edit(member_client, row, amount="99", date="2026-01-01", status="ignored", direction="in", notes="kept")
    after = Transaction.objects.get()
    assert (after.amount, after.date, after.status, after.notes) == (Decimal(-10), row.date, "matched", "kept")


def test_what_the_bank_wrote_stays_what_a_person_wrote_may_change(member_client: Client, checking: Account) -> None:
    from_file, own = imported(checking, "2026-11-01", "-10", "BANK"), by_hand(checking, "2026-11-01", "-10", "MINE")
    for row in (from_file, own):
        post_edit(member_client, row, description="OTHER", merchant="M")
    assert [Transaction.objects.get(pk=row.pk).description for row in (from_file, own)] == ["BANK", "OTHER"]


def test_a_row_that_moves_leaves_the_balance_that_the_bank_stated_behind(
    member_client: Client, checking: Account, savings: Account
) -> None:
    row = imported(checking, "2026-11-01", "-10", merchant="Shop", running_balance=Decimal(90))
    post_edit(member_client, row, account=savings.pk)
    row.refresh_from_db()
    assert (row.account_id, row.running_balance) == (savings.pk, None)


def test_deleting_asks_and_can_be_undone(member_client: Client, checking: Account, savings: Account) -> None:
    out, into = by_hand(checking, "2026-11-01", "-50", "TO"), by_hand(savings, "2026-11-02", "50", "FROM")
    link(out, into)
    address = f"/h/ours/transactions/{out.pk}/delete/"
    assert "Stays, unlinked" in member_client.get(address).content.decode()
    answer = member_client.post(address, {"as_of": Revision.current()})
    assert answer["Location"] == "/h/ours/transactions/"
    assert [row.pk for row in Transaction.objects.all()] == [into.pk]
    assert not Transfer.objects.exists()
    page = member_client.get("/h/ours/transactions/").content.decode()
    changeset = Changeset.objects.get(kind="delete")
    assert f'action="/h/ours/history/{changeset.pk}/undo/"' in page
    member_client.post(f"/h/ours/history/{changeset.pk}/undo/")
    assert (Transaction.objects.count(), Transfer.objects.count()) == (2, 1)


def test_a_locked_row_and_one_that_changed_since_are_not_deleted(member_client: Client, checking: Account) -> None:
    locked, changed = by_hand(checking, "2026-11-01", "-1"), by_hand(checking, "2026-11-01", "-2")
    lock(locked)
    shown = Revision.current()
    edit_rows(Transaction.objects.filter(pk=changed.pk), notes="new")
    for row, sentence in ((locked, "locked by a reconciled statement"), (changed, "changed after you opened")):
        answer = member_client.post(f"/h/ours/transactions/{row.pk}/delete/", {"as_of": shown}, follow=True)
        assert sentence in answer.content.decode()
    assert Transaction.objects.count() == 2


def test_after_a_deed_one_is_where_one_was_and_nowhere_else(member_client: Client, checking: Account) -> None:
    row = by_hand(checking, "2026-11-01", "-10", merchant="Shop")
    here = "/h/ours/transactions/?q=shop&at=%3C2026-11-03_9"
    assert post_edit(member_client, row, next=here)["Location"] == here
    for elsewhere in ("https://evil.example/", "//evil.example", "/h/theirs/", "/accounts/logout/", "javascript:x"):
        assert post_edit(member_client, row, next=elsewhere)["Location"] == f"/h/ours/transactions/{row.pk}/"


def test_viewers_may_look_and_not_change(member_client: Client, checking: Account, household: Household) -> None:
    row = by_hand(checking, "2026-11-01", "-10")
    Membership.objects.filter(household=household).update(role="viewer")
    assert member_client.post(NEW, entry(checking)).status_code == 403
    assert post_edit(member_client, row).status_code == 403
    assert member_client.post(f"/h/ours/transactions/{row.pk}/delete/").status_code == 403
    page = member_client.get(f"/h/ours/transactions/{row.pk}/").content.decode()
    assert "/edit/" not in page
    assert "<textarea" not in page


def test_the_rows_of_another_household_are_not_there(
    member_client: Client, household: Household, other_household: Household
) -> None:
    with household_context(household):
        ours = Account.objects.create(name="Checking", currency="USD")
        by_hand(ours, "2026-11-01", "-1")
    with household_context(other_household):
        accounts = [Account.objects.create(name=name, currency="USD") for name in ("Checking", "Savings")]
        theirs = [by_hand(accounts[1], "2026-11-01", "-1") for _ in range(3)][-1]
    for address in ("", "edit/", "delete/"):
        assert member_client.get(f"/h/ours/transactions/{theirs.pk}/{address}").status_code == 404
    assert member_client.post(NEW, entry(ours, account=accounts[1].pk)).status_code == 422


def sent(account: Account, /, **fields: object) -> dict[str, object]:
    """What the form of a new row sends, from one page that was opened."""
    return entry(account, form_key="0b8f6a7e-3c1d-4a52-9d55-5c8f5a1d2e90", **fields)


def test_each_page_of_a_new_row_has_a_key_of_its_own(member_client: Client, checking: Account) -> None:
    pages = [member_client.get(NEW) for _ in range(2)]
    keys = [str(page.context["form_key"]) for page in pages]
    assert keys[0] != keys[1]
    assert f'name="form_key" value="{keys[0]}"' in pages[0].content.decode()


def test_a_row_that_is_sent_twice_is_entered_once(member_client: Client, checking: Account) -> None:
    first = member_client.post(NEW, sent(checking))
    second = member_client.post(NEW, sent(checking))
    assert (second.status_code, second["Location"]) == (first.status_code, first["Location"])
    assert Transaction.objects.count() == 1
    assert Changeset.objects.count() == 1
    page = member_client.get("/h/ours/transactions/").content.decode()
    assert "“Bakery” was entered already, and is there once." in page


def test_saving_and_adding_another_after_a_double_click_begins_with_the_same_day_and_account(
    member_client: Client, checking: Account
) -> None:
    member_client.post(NEW, sent(checking))
    second = member_client.post(NEW, sent(checking, again="1"))
    assert second["Location"] == f"{NEW}?date=2026-11-20&account={checking.pk}"
    assert Transaction.objects.count() == 1


def test_going_back_and_saying_something_else_enters_another_row(member_client: Client, checking: Account) -> None:
    member_client.post(NEW, sent(checking))
    member_client.post(NEW, sent(checking, amount="13,50"))
    assert Transaction.objects.count() == 2


@pytest.mark.parametrize("way", ["undo", "delete"])
def test_what_was_entered_and_taken_back_can_be_sent_again(member_client: Client, checking: Account, way: str) -> None:
    member_client.post(NEW, sent(checking))
    row = Transaction.objects.get()
    if way == "undo":
        member_client.post(f"/h/ours/history/{row.changeset_id}/undo/")
    else:
        member_client.post(f"/h/ours/transactions/{row.pk}/delete/", {"as_of": Revision.current()})
    assert not Transaction.objects.exists()
    member_client.post(NEW, sent(checking))
    assert Transaction.objects.get().pk != row.pk


def test_two_rows_alike_of_two_pages_are_two(member_client: Client, checking: Account) -> None:
    for key in ("one", "two", "", ""):
        member_client.post(NEW, entry(checking, form_key=key))
    assert Transaction.objects.count() == 4


def test_a_new_account_that_is_sent_twice_is_there_once(member_client: Client, opened: Household) -> None:
    said = {"name": "Wallet", "kind": "cash", "currency": "USD", "opening_balance": "0"}
    first = member_client.post("/h/ours/accounts/new/", said)
    second = member_client.post("/h/ours/accounts/new/", said)
    assert (first.status_code, second.status_code) == (302, 422)
    assert Account.objects.count() == 1


def test_rows_by_hand_count_against_the_plan(member_client: Client, household: Household, checking: Account) -> None:
    give_plan(household, "basic", row_limit=2)
    for merchant in ("Bakery", "Bakery"):
        member_client.post(NEW, sent(checking, merchant=merchant))
    assert used(household) == 1
    member_client.post(NEW, entry(checking, merchant="Cinema"))
    assert "Your plan Basic has no room for more rows until 1 " in member_client.get(NEW).content.decode()
    refused = member_client.post(NEW, entry(checking, merchant="Too much"))
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "This is a new row, and your plan Basic has no room for more. Nothing has come in." in page
    assert 'value="Too much"' in page
    # Sent once more, the one that is there is found.
    again = member_client.post(NEW, sent(checking, merchant="Bakery"), follow=True).content.decode()
    assert "“Bakery” was entered already, and is there once." in again
    assert (used(household), Transaction.objects.count()) == (2, 2)


def test_what_could_not_be_entered_takes_nothing(household: Household, checking: Account) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(using="households"):
        entering.enter(actor_id=1, account_id=checking.pk + 999, date=datetime.date(2026, 11, 20), amount=Decimal(1))
    assert used(household) == 0


def used(household: Household) -> int:
    return metering.used(Household.objects.get(pk=household.pk).entitlements, household.zone)
