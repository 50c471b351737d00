"""The review queue: one row at a time, answered, undone, given to a member."""

import json

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.categorization import reviewing
from apps.households.models import Household, Membership
from apps.ledger import departing
from apps.ledger.models import Account, Changeset, Revision, Tag, Transaction, TransactionTag
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.conftest import PASSWORD
from tests.ledger.entries import by_hand, edit_rows
from tests.planes import both_planes

pytestmark = both_planes

PAGE = "/h/ours/review/"


def bucket(value: str) -> Tag:
    return Tag.objects.get(namespace=Tag.Namespace.BUCKET, value=value)


def waiting(account: Account, date: str, merchant: str, value: str = "") -> Transaction:
    row = by_hand(account, date, "-5.00", merchant, merchant=merchant, needs_review=True)
    if value:
        TransactionTag.objects.create(transaction=row, tag=bucket(value), source=TransactionTag.Source.WORDS)
    return row


@pytest.fixture
def rows(household: Household) -> list[Transaction]:
    """Newest first: three of ACME and one of another; the eldest is not waiting."""
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        by_hand(account, "2026-10-01", "-5.00", "REVIEWED")
        return [
            waiting(account, "2026-11-05", "ACME", "dining"),
            waiting(account, "2026-11-04", "ACME"),
            waiting(account, "2026-11-03", "KIOSK", "shopping"),
            waiting(account, "2026-11-03", "ACME", "housing"),
        ]


@pytest.fixture
def partner(household: Household) -> User:
    partner = User.objects.create_user("partner@example.com", PASSWORD, name="Partner")
    Membership.objects.create(household=household, user=partner, role=Membership.Role.MEMBER)
    return partner


def state(household: Household, row: Transaction) -> tuple[str, str, bool]:
    """Bucket, its source, and whether the row still waits."""
    with household_context(household):
        row.refresh_from_db()
        bucket = TransactionTag.objects.filter(transaction=row, tag__namespace="bucket").first()
        return (bucket.tag.value if bucket else "", row.bucket_source, row.needs_review)


def said(household: Household, **fields: object) -> dict[str, object]:
    with household_context(household):
        values = {name: bucket(str(fields.pop(name))).pk for name in ("bucket", "other") if name in fields}
        return {"as_of": Revision.current(), "notes": "", **values, **fields}


def address(row: Transaction, deed: str = "answer") -> str:
    return f"{PAGE}{row.pk}/{deed}/"


def shown(client: Client, query: str = "") -> Transaction | None:
    return client.get(PAGE + query).context.get("row")


def test_nothing_to_review(member_client: Client) -> None:
    assert "Nothing to review" in member_client.get(PAGE).content.decode()


def test_the_newest_row_comes_first_with_what_it_probably_is(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    page = member_client.get(PAGE)
    assert page.context["row"] == rows[0]
    assert [row.pk for row in page.context["others"]] == [rows[1].pk, rows[3].pk, rows[2].pk]
    assert (page.context["queue"].left_count, page.context["queue"].older_count, page.context["same_count"]) == (
        4,
        3,
        2,
    )


def test_a_choice_is_kept_and_the_next_row_is_shown(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    page = member_client.post(address(rows[0]), said(household, bucket="groceries"), follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    assert state(household, rows[0]) == ("groceries", "person", False)
    assert page.context["row"] == rows[1]
    assert "ACME is Groceries." in page.content.decode()


def test_an_answer_is_undone_exactly(member_client: Client, household: Household, rows: list[Transaction]) -> None:
    member_client.post(address(rows[0]), said(household, bucket="groceries", notes="for the party"))
    with household_context(household):
        changeset = Changeset.objects.get(kind=Changeset.Kind.REVIEW)
        assert Transaction.objects.get(pk=rows[0].pk).notes == "for the party"
    member_client.post(f"/h/ours/history/{changeset.pk}/undo/")
    assert state(household, rows[0]) == ("dining", "words", True)
    assert rows[0].notes == ""


@pytest.mark.parametrize(("number", "after"), [(0, ("dining", "person", False)), (1, ("", "", False))])
def test_done_keeps_the_bucket_that_it_has(
    member_client: Client, household: Household, rows: list[Transaction], number: int, after: tuple[str, str, bool]
) -> None:
    member_client.post(address(rows[number]), said(household))
    assert state(household, rows[number]) == after


def test_another_bucket_and_an_occasion_come_from_the_lists(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    with household_context(household):
        holiday = Tag.objects.create(namespace=Tag.Namespace.OCCASION, value="holiday", name="Holiday")
    member_client.post(address(rows[0]), said(household, other="education", occasion=holiday.pk))
    assert state(household, rows[0]) == ("education", "person", False)
    with household_context(household):
        assert TransactionTag.objects.filter(transaction=rows[0], tag=holiday).exists()
        assert not TransactionTag.objects.filter(transaction=rows[1], tag=holiday).exists()


def test_the_tick_answers_for_all_waiting_rows_of_the_merchant_in_one_deed(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    page = member_client.post(
        address(rows[0]), said(household, bucket="groceries", all_of_merchant="on", notes="one"), follow=True
    )
    assert [state(household, row) for row in rows] == [
        ("groceries", "person", False),
        ("groceries", "person", False),
        ("shopping", "words", True),
        ("groceries", "person", False),
    ]
    assert "ACME is Groceries on 3 rows." in page.content.decode()
    assert page.context["row"] == rows[2]
    with household_context(household):
        assert Changeset.objects.get(kind=Changeset.Kind.REVIEW).row_count == 3
        assert list(Transaction.objects.filter(notes="one")) == [rows[0]]


def test_later_shows_the_next_row_and_in_the_end_begins_again(member_client: Client, rows: list[Transaction]) -> None:
    order, url = [], PAGE
    for _ in range(5):
        page = member_client.get(url)
        order.append(page.context["row"].pk)
        url = page.context["next_url"]
    expected = [row.pk for row in sorted(rows, key=lambda row: (row.date, row.pk), reverse=True)]
    assert order == [*expected, expected[0]]


def test_a_row_that_was_done_meanwhile_is_skipped_with_a_sentence(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    form = said(household, bucket="groceries")
    member_client.post(address(rows[0]), said(household, bucket="education"))
    page = member_client.post(address(rows[0]), form, follow=True)
    assert "ACME was reviewed meanwhile. Nothing was changed; here is the next one." in page.content.decode()
    assert state(household, rows[0]) == ("education", "person", False)
    assert page.context["row"] == rows[1]


def test_a_row_that_was_deleted_meanwhile_is_told(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    form, gone = said(household, bucket="groceries"), address(rows[0])
    with household_context(household):
        TransactionTag.objects.filter(transaction=rows[0]).delete()
        rows[0].delete()
    answer = member_client.post(gone, form)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "This row is not there any more, and nothing was changed." in page
    assert f'href="{PAGE}">See what is there now</a>' in page
    # Where the page stays as it was, the sentence comes by itself.
    toasted = member_client.post(gone, form, headers={"HX-Request": "true"})
    assert toasted.status_code == 404
    assert "This row is not there any more" in json.loads(toasted["HX-Trigger"])["toast"]


def test_a_row_that_was_changed_since_it_was_shown_is_not_answered(
    member_client: Client, household: Household, rows: list[Transaction], partner: User
) -> None:
    form = said(household, bucket="groceries")
    member_client.post(address(rows[0], "assign"), {"member": partner.pk})
    page = member_client.post(address(rows[0]), form, follow=True)
    assert state(household, rows[0]) == ("dining", "words", True)
    assert page.context["row"] == rows[0]


@pytest.mark.parametrize("fields", [{"bucket": "999999"}, {"bucket": "x"}, {"notes": "a\x00b"}, {"as_of": "x"}])
def test_a_form_that_was_tampered_with_changes_nothing(
    member_client: Client, household: Household, rows: list[Transaction], fields: dict[str, str]
) -> None:
    page = member_client.post(address(rows[0]), said(household) | fields, follow=True)
    assert "Nothing was changed." in page.content.decode()
    assert state(household, rows[0]) == ("dining", "words", True)


@pytest.mark.parametrize("after", ["", "x", "<2026-13-01_1", "<2026-11-05_99999999999999999999"])
def test_a_place_that_cannot_be_read_is_the_beginning(
    member_client: Client, rows: list[Transaction], after: str
) -> None:
    page = member_client.get(PAGE, {"after": after, "whose": "x"})
    assert (page.status_code, page.context["row"]) == (200, rows[0])


def asked(household: Household, count: int) -> dict[str, int]:
    with household_context(household):
        return {"as_of": Revision.current(), "count": count}


def test_what_came_or_changed_since_is_not_left_with_everything_older(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    before = [state(household, row) for row in rows]
    shown = asked(household, 3)
    for stale in ({}, shown | {"count": 2}):
        page = member_client.post(address(rows[1], "accept-from-here"), stale, follow=True)
        assert "came in, after you opened this page" in page.content.decode()
    with household_context(household):
        edit_rows(Transaction.objects.filter(pk=rows[3].pk), notes="theirs")
    page = member_client.post(address(rows[1], "accept-from-here"), shown, follow=True)
    assert "came in, after you opened this page" in page.content.decode()
    assert [state(household, row) for row in rows] == before


def test_this_and_everything_older_is_left_as_it_is_and_comes_back_by_undo(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    before = [state(household, row) for row in rows]
    page = member_client.post(address(rows[1], "accept-from-here"), asked(household, 3), follow=True)
    assert [state(household, row) for row in rows] == [
        ("dining", "words", True),
        ("", "", False),
        ("shopping", "person", False),
        ("housing", "person", False),
    ]
    assert page.context["queue"].left_count == 1
    with household_context(household):
        changeset = Changeset.objects.get(kind=Changeset.Kind.REVIEW)
    member_client.post(f"/h/ours/history/{changeset.pk}/undo/")
    assert [state(household, row) for row in rows] == before


def test_a_row_is_given_to_a_member_and_found_among_theirs(
    member_client: Client, household: Household, rows: list[Transaction], partner: User, owner: User
) -> None:
    member_client.post(address(rows[1], "assign"), {"member": owner.pk})
    member_client.post(address(rows[2], "assign"), {"member": partner.pk})
    assert shown(member_client, "?whose=mine") == rows[1]
    assert member_client.get(PAGE, {"whose": "nobody"}).context["queue"].left_count == 2
    assert member_client.get(PAGE).context["queue"].left_count == 4
    member_client.post(address(rows[1], "assign"), {"member": ""})
    assert shown(member_client, "?whose=mine") is None


def test_a_row_is_given_to_no_stranger_and_no_viewer(
    member_client: Client, household: Household, rows: list[Transaction], partner: User
) -> None:
    Membership.objects.filter(user=partner).update(role=Membership.Role.VIEWER)
    stranger = User.objects.get(email="theirs@example.com")
    for pk in (partner.pk, stranger.pk, 999999):
        page = member_client.post(address(rows[0], "assign"), {"member": pk}, follow=True)
        assert "no member of this household" in page.content.decode()
    with household_context(household):
        assert not Transaction.objects.exclude(assigned_to_id=None).exists()


def test_a_viewer_looks_and_changes_nothing(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    form = said(household, bucket="groceries")
    Membership.objects.filter(household=household).update(role=Membership.Role.VIEWER)
    page = member_client.get(PAGE)
    assert "review__choice" not in page.content.decode()
    for deed in ("answer", "assign", "accept-from-here"):
        assert member_client.post(address(rows[0], deed), form).status_code == 403
    assert state(household, rows[0]) == ("dining", "words", True)


def test_the_count_of_waiting_rows_is_kept_for_a_version_of_the_data(
    member_client: Client, household: Household, other_household: Household, rows: list[Transaction]
) -> None:
    with household_context(household):
        assert reviewing.waiting_count(household) == 4
        with CaptureQueriesContext(connections["households"]) as caught:
            assert reviewing.waiting_count(household) == 4
        assert len(caught) == 1
    member_client.post(address(rows[0]), said(household))
    with household_context(household):
        assert reviewing.waiting_count(household) == 3
    with household_context(other_household):
        assert reviewing.waiting_count(other_household) == 0


def test_the_number_of_queries_does_not_grow_with_the_rows(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connections["households"]) as caught:
            assert member_client.get(PAGE).status_code == 200
        return len(caught)

    member_client.get(PAGE)
    few = queries()
    with household_context(household):
        account = Account.objects.get()
        for number in range(30):
            waiting(account, f"2026-09-{number % 28 + 1:02}", "ACME", "dining")
    assert queries() == few


def test_the_stranger_sees_none_of_it(member_client: Client, rows: list[Transaction]) -> None:
    assert member_client.get("/h/theirs/review/").status_code == 404
    assert member_client.post(f"/h/theirs/review/{rows[0].pk}/answer/").status_code == 404


@pytest.mark.parametrize("end", ["leave", "remove", "role"])
def test_rows_of_somebody_who_reviews_no_more_are_nobodys(
    member_client: Client,
    household: Household,
    owner: User,
    partner: User,
    rows: list[Transaction],
    end: str,
) -> None:
    member_client.post(address(rows[0], "assign"), {"member": partner.pk})
    member_client.post(address(rows[1], "assign"), {"member": owner.pk})
    theirs = Client()
    theirs.force_login(partner, backend="allauth.account.auth_backends.AuthenticationBackend")
    pk = Membership.objects.get(user=partner).pk
    members = "/h/ours/settings/members/"
    match end:
        case "leave":
            theirs.post(f"{members}leave/")
        case "remove":
            member_client.post(f"{members}{pk}/remove/")
        case "role":
            member_client.post(f"{members}{pk}/role/", {"role": "viewer"})
    departing.settle(household)
    with household_context(household):
        assigned = dict(Transaction.objects.exclude(assigned_to_id=None).values_list("pk", "assigned_to_id"))
        assert assigned == {rows[1].pk: owner.pk}
        assert Changeset.objects.latest("pk").row_count == 1
    assert "ACME" in member_client.get(f"{PAGE}?whose=nobody").content.decode()
    assert "given to nobody" in member_client.get("/h/ours/history/").content.decode().lower()


def test_who_leaves_without_rows_to_review_leaves_no_deed(
    household: Household, partner: User, rows: list[Transaction]
) -> None:
    with household_context(household):
        before = Changeset.objects.count()
    theirs = Client()
    theirs.force_login(partner, backend="allauth.account.auth_backends.AuthenticationBackend")
    theirs.post("/h/ours/settings/members/leave/")
    departing.settle(household)
    with household_context(household):
        assert Changeset.objects.count() == before
