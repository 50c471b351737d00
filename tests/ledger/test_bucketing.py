"""Buckets, tags and status of many rows at once."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household
from apps.ledger import journal
from apps.ledger.bucketing import add_tag, remove_tag, set_bucket, set_status
from apps.ledger.models import Account, Change, Changeset, Reconciliation, Tag, Transaction, TransactionTag
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

Source = TransactionTag.Source


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


@pytest.fixture
def dining(opened: Household) -> Tag:
    return Tag.objects.get(namespace="bucket", value="dining")


@pytest.fixture
def shopping(opened: Household) -> Tag:
    return Tag.objects.get(namespace="bucket", value="shopping")


@pytest.fixture
def holiday(opened: Household) -> Tag:
    return Tag.objects.create(namespace="occasion", value="holiday", name="Holiday")


def tagged(account: Account, *tags: Tag, source: str = "", **fields: object) -> Transaction:
    row = by_hand(account, "2026-11-01", "-30", **fields)
    for tag in tags:
        TransactionTag.objects.create(transaction=row, tag=tag, source=source)
    return row


def links(row: Transaction) -> list[tuple[str, Decimal | None]]:
    found = TransactionTag.objects.filter(transaction=row).order_by("tag__name")
    return list(found.values_list("tag__name", "amount"))


def do(deed: Callable[[journal.Deed], list[int]]) -> tuple[list[int], Changeset | None]:
    with journal.deed(Changeset.Kind.EDIT) as doing:
        ids = deed(doing)
    return ids, doing.changeset


def test_a_bucket_takes_the_place_of_another_and_of_a_split(
    account: Account, dining: Tag, shopping: Tag, holiday: Tag
) -> None:
    bare, other = tagged(account), tagged(account, shopping, holiday)
    split = by_hand(account, "2026-11-01", "-30")
    for tag, amount in ((dining, "-10"), (shopping, "-20")):
        TransactionTag.objects.create(transaction=split, tag=tag, amount=Decimal(amount))
    ids, _ = do(lambda deed: set_bucket(Transaction.objects.all(), dining, deed=deed))
    assert ids == [bare.pk, other.pk, split.pk]
    assert [links(row) for row in (bare, other, split)] == [
        [("Dining", None)],
        [("Dining", None), ("Holiday", None)],
        [("Dining", None)],
    ]


def test_no_bucket_takes_it_away(account: Account, dining: Tag, holiday: Tag) -> None:
    row, bare = tagged(account, dining, holiday), tagged(account)
    ids, _ = do(lambda deed: set_bucket(Transaction.objects.all(), None, deed=deed))
    assert (ids, links(row), links(bare)) == ([row.pk], [("Holiday", None)], [])


def test_what_a_person_says_is_theirs_and_looked_at(account: Account, dining: Tag) -> None:
    row = tagged(account, dining, source=Source.RULE, needs_review=True)
    do(lambda deed: set_bucket(Transaction.objects.all(), dining, deed=deed))
    row.refresh_from_db()
    assert (row.bucket_source, row.needs_review) == ("person", False)


@pytest.mark.parametrize(("source", "waits"), [(Source.RULE, False), (Source.HISTORY, True), (Source.WORDS, True)])
def test_what_a_rule_says_is_decided_and_a_guess_waits_for_a_look(
    account: Account, dining: Tag, source: str, *, waits: bool
) -> None:
    row = tagged(account, needs_review=True)
    do(lambda deed: set_bucket(Transaction.objects.all(), dining, deed=deed, source=source))
    row.refresh_from_db()
    assert (row.bucket_source, row.needs_review, links(row)) == (source, waits, [("Dining", None)])


def test_a_rule_that_says_the_same_does_not_take_the_word_from_a_person(account: Account, dining: Tag) -> None:
    row = tagged(account, dining, source=Source.PERSON)
    ids, changeset = do(lambda deed: set_bucket(Transaction.objects.all(), dining, deed=deed, source=Source.RULE))
    row.refresh_from_db()
    assert (ids, changeset, row.bucket_source) == ([], None, "person")


def test_a_tag_is_added_and_removed_where_it_makes_a_difference(account: Account, dining: Tag, holiday: Tag) -> None:
    bare, has = tagged(account, dining), tagged(account, holiday)
    ids, _ = do(lambda deed: add_tag(Transaction.objects.all(), holiday, deed=deed))
    assert (ids, links(bare)) == ([bare.pk], [("Dining", None), ("Holiday", None)])
    TransactionTag.objects.filter(transaction=has).delete()
    ids, _ = do(lambda deed: remove_tag(Transaction.objects.all(), holiday, deed=deed))
    assert (ids, links(bare)) == ([bare.pk], [("Dining", None)])


def test_a_status_is_set_where_it_differs(account: Account) -> None:
    tagged(account, status="ignored")
    open_row = tagged(account)
    ids, _ = do(lambda deed: set_status(Transaction.objects.all(), "ignored", deed=deed))
    assert (ids, set(Transaction.objects.values_list("status", flat=True))) == ([open_row.pk], {"ignored"})


def test_a_locked_row_keeps_its_status_and_may_change_its_bucket(account: Account, dining: Tag) -> None:
    statement = Reconciliation.objects.create(account=account, statement_date="2026-11-30", statement_balance=0)
    row = tagged(account, reconciliation=statement, status="matched")
    with pytest.raises(journal.LockedRows):
        do(lambda deed: set_status(Transaction.objects.all(), "ignored", deed=deed))
    do(lambda deed: set_bucket(Transaction.objects.all(), dining, deed=deed))
    row.refresh_from_db()
    assert (row.status, links(row)) == ("matched", [("Dining", None)])


@pytest.fixture
def ledger_image(opened: Household) -> Callable[[], list[object]]:
    def image() -> list[object]:
        rows = Transaction.objects.order_by("pk").values_list("pk", "needs_review", "status")
        tags = TransactionTag.objects.order_by("transaction_id", "tag_id").values_list(
            "transaction_id", "tag_id", "amount", "source"
        )
        return [*rows, *tags]

    return image


def test_undoing_restores_everything(
    account: Account, dining: Tag, shopping: Tag, holiday: Tag, ledger_image: Callable[[], list[object]]
) -> None:
    tagged(account, shopping, holiday, needs_review=True)
    split = by_hand(account, "2026-11-01", "-30")
    for tag, amount in ((dining, "-10"), (shopping, "-20")):
        TransactionTag.objects.create(transaction=split, tag=tag, amount=Decimal(amount), source=Source.RULE)
    rows, before = Transaction.objects.all(), ledger_image()

    def everything(deed: journal.Deed) -> list[int]:
        set_status(rows, "matched", deed=deed)
        remove_tag(rows, holiday, deed=deed)
        return set_bucket(rows, dining, deed=deed)

    _, changeset = do(everything)
    assert changeset is not None
    assert ledger_image() != before
    journal.undo(changeset.pk, actor_id=None)
    assert ledger_image() == before


def test_one_row_and_thirty_take_the_same_statements(account: Account, dining: Tag) -> None:
    counts = []
    for count in (1, 30):
        rows = Transaction.objects.filter(pk__in=[tagged(account).pk for _ in range(count)])
        with CaptureQueriesContext(connections["households"]) as captured:
            do(lambda deed, rows=rows: set_bucket(rows, dining, deed=deed))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert Change.objects.count() == 31
