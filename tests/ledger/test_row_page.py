"""The page of one row, and the small deeds that are done in the list and on that page."""

import json
from decimal import Decimal

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household, Membership
from apps.ledger import journal
from apps.ledger.models import Account, Change, Changeset, Revision, Tag, Transaction, TransactionTag
from apps.users.models import User
from tests.ledger.entries import by_hand, edit_rows, imported, link, lock, split
from tests.planes import both_planes

pytestmark = both_planes

LIST = "/h/ours/transactions/?q=shop"


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


@pytest.fixture
def row(account: Account) -> Transaction:
    return by_hand(account, "2026-11-01", "-10", "SHOP", merchant="Shop")


@pytest.fixture
def holiday(opened: Household) -> Tag:
    return Tag.objects.create(namespace="occasion", value="holiday", name="Holiday")


def bucket(value: str) -> Tag:
    return Tag.objects.get(namespace="bucket", value=value)


def post(
    client: Client, row: Transaction, deed: str, headers: dict[str, str] | None = None, **form: object
) -> HttpResponse:
    said = {"as_of": Revision.current(), "next": LIST} | form
    return client.post(f"/h/ours/transactions/{row.pk}/{deed}/", said, headers=headers)


def in_list(row: Transaction, *, target: str) -> dict[str, str]:
    """What htmx says of a request from the list."""
    return {
        "HX-Request": "true",
        "HX-Target": f"{target}-{row.pk}",
        "HX-Current-URL": f"http://testserver{LIST}",
    }


def page_of(client: Client, row: Transaction) -> str:
    answer = client.get(f"/h/ours/transactions/{row.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def names(row: Transaction) -> set[str]:
    return set(row.transaction_tags.values_list("tag__name", flat=True))


def test_without_javascript_a_bucket_is_set_and_one_is_back_in_the_list(
    member_client: Client, row: Transaction
) -> None:
    answer = post(member_client, row, "bucket", bucket=bucket("dining").pk)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert names(row) == {"Dining"}
    changeset = Changeset.objects.get(kind="edit")
    page = member_client.get(LIST).content.decode()
    assert "Bucket Dining: Shop." in page
    assert f'action="/h/ours/history/{changeset.pk}/undo/"' in page


def test_with_htmx_the_list_gets_the_row_and_a_sentence_in_passing(member_client: Client, row: Transaction) -> None:
    answer = post(member_client, row, "bucket", in_list(row, target="row"), bucket=bucket("dining").pk)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.strip().startswith(f'<tr id="row-{row.pk}"')
    assert f'value="{bucket("dining").pk}" selected' in page
    assert f'name="next" value="{LIST}"' in page
    assert json.loads(answer["HX-Trigger"]) == {"toast": {"value": "Bucket Dining: Shop."}}
    assert "Bucket Dining: Shop." not in member_client.get(LIST).content.decode()


def test_from_the_opened_row_the_row_above_it_comes_along(member_client: Client, row: Transaction) -> None:
    page = post(member_client, row, "bucket", in_list(row, target="transaction"), bucket="").content.decode()
    assert f'id="transaction-{row.pk}"' in page
    assert f'<template><tr id="row-{row.pk}" hx-swap-oob="true"' in page


def test_on_its_own_page_there_is_no_row_above_it(member_client: Client, row: Transaction) -> None:
    own = in_list(row, target="transaction") | {"HX-Current-URL": f"http://testserver/h/ours/transactions/{row.pk}/"}
    page = post(member_client, row, "status", own, status="matched").content.decode()
    assert f'id="transaction-{row.pk}"' in page
    assert "<template>" not in page


def test_no_bucket_is_a_choice(member_client: Client, row: Transaction) -> None:
    TransactionTag.objects.create(transaction=row, tag=bucket("dining"))
    post(member_client, row, "bucket", bucket="")
    assert names(row) == set()


def test_notes_that_are_too_long_are_refused_and_not_cut(member_client: Client, row: Transaction) -> None:
    page = member_client.post(
        f"/h/ours/transactions/{row.pk}/notes/", {"notes": "x" * 5001, "as_of": 10**6}, follow=True
    )
    assert "Notes have at most 5,000 signs, and these have 5,001." in page.content.decode()
    row.refresh_from_db()
    assert row.notes == ""


def test_status_notes_and_occasions(member_client: Client, row: Transaction, holiday: Tag) -> None:
    post(member_client, row, "status", status="ignored")
    post(member_client, row, "notes", notes=" two\r\nlines\x00 ")
    post(member_client, row, "tags", tag=holiday.pk)
    row.refresh_from_db()
    assert (row.status, row.notes, names(row)) == ("ignored", "two\nlines", {"Holiday"})
    post(member_client, row, f"tags/{holiday.pk}/remove")
    assert names(row) == set()
    assert [changeset.note for changeset in Changeset.objects.filter(kind="edit").order_by("pk")] == [
        "Status Ignored: Shop",
        "Notes: Shop",
        "Added Holiday: Shop",
        "Removed Holiday: Shop",
    ]


@pytest.mark.parametrize(
    ("deed", "form"),
    [
        ("bucket", {"bucket": "99999999"}),
        ("bucket", {"bucket": "9" * 40}),
        ("bucket", {"bucket": "\x00"}),
        ("tags", {"tag": ""}),
        ("tags", {"tag": "x"}),
        ("status", {"status": "paid"}),
    ],
)
def test_what_cannot_be_chosen_changes_nothing_and_is_told(
    member_client: Client, row: Transaction, deed: str, form: dict[str, str]
) -> None:
    answer = post(member_client, row, deed, **form)
    assert answer["Location"] == LIST
    page = member_client.get(LIST).content.decode()
    assert "choose again" in page or "Choose one of the statuses" in page
    assert not Change.objects.exists()


@pytest.mark.parametrize("tag", ["bucket", "none"])
def test_a_tag_that_is_gone_cannot_be_taken_off(member_client: Client, row: Transaction, tag: str) -> None:
    tag_id = bucket("dining").pk if tag == "bucket" else 99999999
    for at in ({}, in_list(row, target="row")):
        answer = post(member_client, row, f"tags/{tag_id}/remove", at)
        assert answer.status_code == 404
        assert "This tag is not there any more" in answer.content.decode() + answer.get("HX-Trigger", "")
    assert not Change.objects.exists()


def test_an_occasion_is_no_bucket_and_a_bucket_no_occasion(
    member_client: Client, row: Transaction, holiday: Tag
) -> None:
    post(member_client, row, "bucket", bucket=holiday.pk)
    post(member_client, row, "tags", tag=bucket("dining").pk)
    assert names(row) == set()


def test_a_row_that_was_changed_since_is_left_as_it_is(member_client: Client, row: Transaction) -> None:
    shown = Revision.current()
    edit_rows(Transaction.objects.all(), notes="theirs")
    answer = post(member_client, row, "bucket", in_list(row, target="row"), as_of=shown, bucket=bucket("dining").pk)
    assert "changed after you opened this page" in json.loads(answer["HX-Trigger"])["toast"]["value"]
    assert f'name="as_of" value="{Revision.current()}"' in answer.content.decode()
    assert names(row) == set()


def test_the_status_of_a_locked_row_stays(member_client: Client, row: Transaction) -> None:
    lock(row)
    post(member_client, row, "status", status="ignored")
    row.refresh_from_db()
    assert row.status == "unreconciled"
    page = page_of(member_client, row)
    assert "Locked: a statement agreed with it" in page
    assert 'name="status"' not in page


def test_the_page_tells_the_file_and_the_line_or_the_person(
    member_client: Client, account: Account, owner: User
) -> None:
    row = imported(account, "2026-11-01", "-10", "BANK TEXT", source_line=17, card_member="JO", reference="R-1")
    Changeset.objects.filter(kind="import").update(actor_id=owner.pk)
    page = page_of(member_client, row)
    for said in ("from <bdi>november.csv</bdi>, line 17, imported by <bdi>Ours Owner</bdi>", "BANK TEXT", "JO", "R-1"):
        assert said in page
    own = by_hand(account, "2026-11-01", "-10")
    Changeset.objects.filter(pk=own.changeset_id).update(actor_id=owner.pk)
    assert "by hand, entered by <bdi>Ours Owner</bdi>" in page_of(member_client, own)


def test_the_history_says_who_when_and_what_in_words(
    member_client: Client, row: Transaction, holiday: Tag, owner: User
) -> None:
    TransactionTag.objects.create(transaction=row, tag=bucket("dining"))
    post(member_client, row, "bucket", bucket=bucket("shopping").pk)
    edit_rows(Transaction.objects.all(), amount=Decimal("-12.5"))
    page = page_of(member_client, row)
    assert "<small>Bucket</small> <del><bdi>Dining</bdi></del> → <ins><bdi>Shopping</bdi></ins>" in page
    assert "<del><bdi>−$10.00</bdi></del> → <ins><bdi>−$12.50</bdi></ins>" in page
    assert page.index("−$12.50</bdi></ins>") < page.index("<bdi>Shopping</bdi></ins>")
    assert "<bdi>Ours Owner</bdi>" in page
    changeset = Changeset.objects.get(note="Bucket Shopping: Shop")
    assert f'action="/h/ours/history/{changeset.pk}/undo/"' in page
    journal.undo(changeset.pk, actor_id=owner.pk)
    page = page_of(member_client, row)
    assert "undone since" in page
    assert f'action="/h/ours/history/{changeset.pk}/undo/"' not in page


def test_split_and_transfer_are_shown(member_client: Client, account: Account) -> None:
    savings = Account.objects.create(name="Savings", currency="USD")
    parted, out = by_hand(account, "2026-11-01", "-30"), by_hand(account, "2026-11-01", "-50")
    into = by_hand(savings, "2026-11-02", "50")
    split(parted, dining="-10", shopping="-20")
    link(out, into)
    assert "row-detail__parts" in page_of(member_client, parted)
    assert f'href="/h/ours/transactions/{into.pk}/"' in page_of(member_client, out)


def test_a_long_history_takes_as_many_queries_as_a_short_one(member_client: Client, row: Transaction) -> None:
    counts = []
    for deeds in (1, 12):
        for number in range(deeds):
            edit_rows(Transaction.objects.all(), notes=f"{deeds} {number}")
        with (
            CaptureQueriesContext(connections["households"]) as ledger,
            CaptureQueriesContext(connections["default"]) as people,
        ):
            page_of(member_client, row)
        # Of the people plane only the names count: the session is asked for there when the cache has lost it.
        names = [query for query in people if "users_user" in query["sql"] and " IN (" in query["sql"]]
        counts.append((len(ledger), len(names)))
    assert counts[0] == counts[1]


def test_viewers_see_it_and_change_nothing(member_client: Client, row: Transaction, household: Household) -> None:
    Membership.objects.filter(household=household).update(role="viewer")
    assert "<form" not in page_of(member_client, row).partition('class="row-detail"')[2].partition("</section>")[0]
    for deed in ("bucket", "status", "notes", "tags", "tags/1/remove"):
        assert post(member_client, row, deed).status_code == 403


@pytest.mark.parametrize("pk", ["0", "99999999", "9" * 30])
def test_a_row_that_is_not_there_is_not_found(member_client: Client, row: Transaction, pk: str) -> None:
    assert member_client.get(f"/h/ours/transactions/{pk}/").status_code == 404
    assert member_client.post(f"/h/ours/transactions/{pk}/bucket/").status_code == 404
