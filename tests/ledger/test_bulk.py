"""One thing done to many rows: all of them or none, those that were shown and no others, undone as one."""

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from apps.households.models import Household, Membership
from apps.ledger.models import Account, Changeset, Reconciliation, Revision, Tag, Transaction, TransactionTag
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand, edit_rows, link
from tests.ledger.test_journal import ledger_bytes
from tests.planes import both_planes

pytestmark = both_planes
BULK = "/h/ours/transactions/bulk/"
HISTORY = "/h/ours/history/"


@pytest.fixture
def rows(household: Household) -> list[Transaction]:
    """Three coffees and a tea."""
    with household_context(household):
        checking = Account.objects.create(name="Checking", currency="USD")
        Account.objects.create(name="Savings", currency="USD")
        Account.objects.create(name="Konto", currency="EUR")
        return [
            by_hand(checking, f"2026-11-0{day}", "-6.45", text)
            for day, text in enumerate(("COFFEE", "COFFEE", "COFFEE", "TEA"), start=1)
        ]


def ticks(household: Household, *rows: Transaction) -> list[str]:
    with household_context(household):
        return [f"{row.pk}-{Revision.current()}" for row in rows]


def key(household: Household, value: str) -> int:
    with household_context(household):
        return Tag.objects.get(value=value).pk


def buckets(household: Household) -> dict[str, int]:
    """How many rows are in each bucket."""
    with household_context(household):
        values = list(TransactionTag.objects.values_list("tag__value", flat=True))
    return {value: values.count(value) for value in sorted(set(values))}


def changesets(household: Household) -> list[tuple[str, str, int]]:
    with household_context(household):
        return list(Changeset.objects.exclude(kind="manual").order_by("pk").values_list("kind", "note", "row_count"))


def test_ticked_rows_get_a_bucket_at_once_and_lose_it_by_undo(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    with household_context(household):
        before = ledger_bytes()
    sent = {"row": ticks(household, *rows[:2]), "bucket": key(household, "dining"), "query": "q=coffee"}
    response = member_client.post(f"{BULK}bucket/", sent, follow=True)
    assert response.redirect_chain == [("/h/ours/transactions/?q=coffee", 302)]
    assert "Bucket Dining: 2 rows." in response.content.decode()
    assert buckets(household) == {"dining": 2}
    assert changesets(household) == [("edit", "Bucket Dining", 2)]
    with household_context(household):
        undo = Changeset.objects.get(kind="edit").pk
    assert f'action="{HISTORY}{undo}/undo/"' in response.content.decode()
    member_client.post(f"{HISTORY}{undo}/undo/")
    with household_context(household):
        assert ledger_bytes() == before


def test_everything_that_matches_is_asked_first_and_then_done(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    sent = {"everything": "yes", "query": "q=coffee", "bucket": key(household, "dining")}
    question = member_client.post(f"{BULK}bucket/", sent)
    assert question.status_code == 200
    assert "Bucket Dining</span>: 3 rows?" in question.content.decode()
    assert buckets(household) == {}
    asked = {"shown_count": question.context["row_count"], "as_of": question.context["as_of"]}
    response = member_client.post(f"{BULK}bucket/confirmed/", sent | asked, follow=True)
    assert "Bucket Dining: 3 rows." in response.content.decode()
    assert buckets(household) == {"dining": 3}


@pytest.mark.parametrize("change", ["more", "changed", "unasked"])
def test_what_was_not_asked_is_not_done(
    member_client: Client, household: Household, rows: list[Transaction], change: str
) -> None:
    sent = {"everything": "yes", "query": "q=coffee", "bucket": key(household, "dining")}
    question = member_client.post(f"{BULK}bucket/", sent)
    asked = {"shown_count": question.context["row_count"], "as_of": question.context["as_of"]}
    with household_context(household):
        if change == "more":
            by_hand(rows[0].account, "2026-11-09", "-1.00", "COFFEE")
        elif change == "changed":
            edit_rows(Transaction.objects.filter(pk=rows[0].pk), notes="mine")
    if change == "unasked":
        asked = {}
    response = member_client.post(f"{BULK}bucket/confirmed/", sent | asked, follow=True)
    assert "Nothing was changed yet" in response.content.decode()
    assert buckets(household) == {}


def test_rows_that_were_changed_since_they_were_shown_are_told(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    shown = ticks(household, *rows)
    with household_context(household):
        edit_rows(Transaction.objects.filter(pk=rows[0].pk), notes="in another tab")
    response = member_client.post(f"{BULK}bucket/", {"row": shown, "bucket": key(household, "dining")}, follow=True)
    assert "This row was changed after you opened this page" in response.content.decode()
    assert buckets(household) == {}
    # What was shown anew on the way counts as it was shown then.
    fresh = [*ticks(household, rows[0]), *shown[1:]]
    member_client.post(f"{BULK}bucket/", {"row": fresh, "bucket": key(household, "dining")})
    assert buckets(household) == {"dining": 4}


def test_rows_that_are_gone_are_told(member_client: Client, household: Household, rows: list[Transaction]) -> None:
    shown = ticks(household, *rows)
    with household_context(household):
        Transaction.objects.filter(pk=rows[3].pk).delete()
    response = member_client.post(f"{BULK}bucket/", {"row": shown, "bucket": key(household, "dining")}, follow=True)
    assert "One of these rows is not there any more, and nothing was changed." in response.content.decode()
    assert buckets(household) == {}


def test_deleting_is_always_asked_and_comes_back(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    sent = {"row": ticks(household, *rows[:2])}
    with household_context(household):
        before = ledger_bytes()
    question = member_client.post(f"{BULK}delete/", sent)
    assert "Delete 2 rows?" in question.content.decode()
    asked = {"shown_count": question.context["row_count"], "as_of": question.context["as_of"]}
    member_client.post(f"{BULK}delete/confirmed/", sent | asked)
    with household_context(household):
        assert Transaction.objects.count() == 2
        deleted = Changeset.objects.get(kind="delete")
    member_client.post(f"{HISTORY}{deleted.pk}/undo/")
    with household_context(household):
        assert ledger_bytes() == before


def test_occasions_are_added_and_removed(member_client: Client, household: Household, rows: list[Transaction]) -> None:
    with household_context(household):
        occasion = Tag.objects.create(namespace="occasion", value="holiday", name="Holiday")
    for deed, left in (("add-tag", {"holiday": 2}), ("remove-tag", {})):
        member_client.post(f"{BULK}{deed}/", {"row": ticks(household, *rows[:2]), "tag": occasion.pk})
        assert buckets(household) == left
    assert changesets(household) == [("edit", "Added Holiday", 2), ("edit", "Removed Holiday", 2)]


def test_status_and_account(member_client: Client, household: Household, rows: list[Transaction]) -> None:
    member_client.post(f"{BULK}status/", {"row": ticks(household, *rows[:2]), "status": "ignored"})
    with household_context(household):
        assert Transaction.objects.filter(status="ignored").count() == 2
        savings = Account.objects.get(name="Savings")
    sent = {"row": ticks(household, *rows), "account": savings.pk}
    question = member_client.post(f"{BULK}move/", sent)
    assert "Moved to Savings</span>: 4 rows?" in question.content.decode()
    member_client.post(f"{BULK}move/confirmed/", sent)
    with household_context(household):
        assert savings.transactions.count() == 4


def test_rows_stay_in_their_currency(member_client: Client, household: Household, rows: list[Transaction]) -> None:
    with household_context(household):
        foreign = Account.objects.get(name="Konto")
    response = member_client.post(
        f"{BULK}move/confirmed/", {"row": ticks(household, *rows), "account": foreign.pk}, follow=True
    )
    assert "Konto is in EUR, and some of these rows are not." in response.content.decode()
    assert changesets(household) == []


def test_locked_rows_keep_all_from_being_changed(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    with household_context(household):
        statement = Reconciliation.objects.create(
            account=rows[0].account, statement_date=rows[0].date, statement_balance=0
        )
        Transaction.objects.filter(pk=rows[0].pk).update(reconciliation=statement)
    question = member_client.post(f"{BULK}delete/", {"row": ticks(household, *rows)}).content.decode()
    assert "1 of these rows is locked by a reconciled statement." in question
    assert "Delete 4 rows</button>" not in question
    response = member_client.post(f"{BULK}delete/confirmed/", {"row": ticks(household, *rows)}, follow=True)
    assert "This row is locked by a reconciled statement, and nothing was changed." in response.content.decode()
    with household_context(household):
        assert Transaction.objects.count() == 4


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"bucket": "1"}, "No row is ticked."),
        ({"row": ["1", "x-1", "99999999999999999999-1", "\x00", "²-²"], "bucket": "1"}, "No row is ticked."),
        ({"row": ["999999999-1"], "bucket": "{dining}"}, "is not there any more"),
        ({"everything": "yes", "bucket": ""}, "Choose the bucket first."),
        ({"everything": "yes", "bucket": "99999999999999999999"}, "Choose the bucket first."),
        ({"everything": "yes", "bucket": "\x00"}, "Choose the bucket first."),
    ],
)
def test_what_makes_no_sense_is_told(
    member_client: Client, household: Household, rows: list[Transaction], sent: dict[str, object], told: str
) -> None:
    sent = {name: str(key(household, "dining")) if value == "{dining}" else value for name, value in sent.items()}
    if told == "No row is ticked.":
        sent["bucket"] = str(key(household, "dining"))
    response = member_client.post(f"{BULK}bucket/", sent, follow=True)
    assert told in response.content.decode()
    assert changesets(household) == []


def test_a_bucket_is_no_occasion(member_client: Client, household: Household, rows: list[Transaction]) -> None:
    sent = {"row": ticks(household, *rows), "tag": key(household, "dining")}
    assert (
        "Choose the occasion or tag first." in member_client.post(f"{BULK}add-tag/", sent, follow=True).content.decode()
    )
    assert buckets(household) == {}


def test_a_deed_that_there_is_not_is_not_found(member_client: Client, rows: list[Transaction]) -> None:
    assert member_client.post(f"{BULK}explode/", {}).status_code == 404
    assert member_client.get(f"{BULK}bucket/").status_code == 405


def test_twice_is_once(member_client: Client, household: Household, rows: list[Transaction]) -> None:
    dining = key(household, "dining")
    for _ in range(2):
        response = member_client.post(f"{BULK}bucket/", {"row": ticks(household, *rows), "bucket": dining}, follow=True)
    assert "All of these rows were like that already." in response.content.decode()
    assert len(changesets(household)) == 1


def test_the_list_is_shown_again_where_it_was(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    sent = {"row": ticks(household, rows[0]), "bucket": "none", "query": "q=tea&evil=//x", "at": "<2026-11-03_1"}
    location = member_client.post(f"{BULK}bucket/", sent)["Location"]
    path, _, query = location.partition("?")
    assert (path, QueryDict(query).dict()) == ("/h/ours/transactions/", {"q": "tea", "at": "<2026-11-03_1"})


def test_a_viewer_and_a_stranger_change_nothing(
    member_client: Client, household: Household, other_household: Household, rows: list[Transaction]
) -> None:
    sent = {"row": ticks(household, *rows), "bucket": key(household, "dining")}
    assert member_client.post("/h/theirs/transactions/bulk/bucket/", sent).status_code == 404
    Membership.objects.filter(household=household).update(role=Membership.Role.VIEWER)
    assert member_client.post(f"{BULK}bucket/", sent).status_code == 403
    assert buckets(household) == {}


def move(client: Client, household: Household, account: str, *rows: Transaction) -> str:
    """Asks for the rows to be moved, and confirms it."""
    with household_context(household):
        into = Account.objects.get(name=account).pk
    sent = {"row": ticks(household, *rows), "account": into}
    return client.post(f"{BULK}move/confirmed/", sent, follow=True).content.decode()


def test_rows_are_not_moved_to_where_the_other_side_of_their_transfer_stands(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    with household_context(household):
        savings = Account.objects.get(name="Savings")
        link(rows[0], by_hand(savings, "2026-11-01", "6.45"))
        before = ledger_bytes()
    assert "Savings would then hold both sides of a transfer" in move(member_client, household, "Savings", *rows)
    with household_context(household):
        assert ledger_bytes() == before
    assert "Moved to Savings: 3 rows." in move(member_client, household, "Savings", *rows[1:])


def test_the_balance_that_the_bank_wrote_does_not_move_to_another_account(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    with household_context(household):
        Transaction.objects.filter(pk=rows[0].pk).update(running_balance="93.55")
        before = ledger_bytes()
    move(member_client, household, "Savings", rows[0])
    with household_context(household):
        moved = Transaction.objects.get(pk=rows[0].pk)
        assert (moved.account.name, moved.running_balance) == ("Savings", None)
        changeset = Changeset.objects.get(kind="edit").pk
    member_client.post(f"{HISTORY}{changeset}/undo/")
    with household_context(household):
        assert ledger_bytes() == before


def test_rows_are_not_moved_into_an_archived_account(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    with household_context(household):
        Account.objects.filter(name="Savings").update(archived_at=timezone.now())
    assert "Choose the account first." in move(member_client, household, "Savings", *rows)
