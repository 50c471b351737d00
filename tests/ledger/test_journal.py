"""Whatever a deed did, its undoing puts back exactly, and leaves what somebody changed since."""

import json
from decimal import Decimal

import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.households.models import Household
from apps.ledger import journal
from apps.ledger.journal.deeds import JournalError
from apps.ledger.models import (
    Account,
    Change,
    Changeset,
    Reconciliation,
    Revision,
    Tag,
    Transaction,
    TransactionTag,
    Transfer,
)
from apps.tenancy.planes import LEDGER
from apps.tenancy.statements import fetch
from tests.ledger.entries import by_hand, delete_rows, edit_rows
from tests.planes import both_planes

pytestmark = both_planes

_TABLES = ("ledger_transaction", "ledger_transactiontag", "ledger_tag", "ledger_account", "ledger_transfer")


def ledger_bytes() -> str:
    """Everything that the ledger holds, as PostgreSQL writes it."""
    with connections[LEDGER].cursor() as cursor:
        held = {}
        for table in _TABLES:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            held[table] = [row for (row,) in cursor.fetchall()]
    return json.dumps(held)


def tag(value: str, namespace: str = "occasion") -> Tag:
    return Tag.objects.get_or_create(namespace=namespace, value=value, defaults={"name": value.title()})[0]


@pytest.fixture
def rows(opened: Household) -> list[Transaction]:
    """Six rows of two accounts, with a bucket, a split, an occasion, an umlaut and odd amounts."""
    checking = Account.objects.create(name="Checking", currency="USD")
    savings = Account.objects.create(name="Savings", currency="USD")
    rows = [
        by_hand(checking, "2026-11-01", "-20.00", "COFFEE"),
        by_hand(checking, "2026-11-02", "-100.0001", "CAFÉ ØRSTED", notes="a\nb"),
        by_hand(checking, "2026-11-03", "-300.00", "TO SAVINGS"),
        by_hand(savings, "2026-11-04", "300.00", "FROM CHECKING"),
        by_hand(savings, "2026-11-05", "1.50", "INTEREST", running_balance=Decimal("301.50")),
        by_hand(savings, "2026-11-06", "-301.50", "BACK"),
    ]
    dining, shopping = tag("dining", "bucket"), tag("shopping", "bucket")
    TransactionTag.objects.create(transaction=rows[0], tag=dining)
    TransactionTag.objects.create(transaction=rows[1], tag=dining, amount=Decimal("-60.0001"))
    TransactionTag.objects.create(transaction=rows[1], tag=shopping, amount=Decimal("-40.00"))
    TransactionTag.objects.create(transaction=rows[1], tag=tag("holiday"))
    return rows


def of(*rows: Transaction) -> "object":
    return Transaction.objects.filter(pk__in=[row.pk for row in rows])


def test_an_edit_keeps_what_changed_and_forgets_what_did_not(rows: list[Transaction]) -> None:
    Transaction.objects.filter(pk=rows[0].pk).update(notes="mine")
    before = Revision.current()
    changeset = edit_rows(of(rows[0], rows[1]), notes="mine")
    assert [(one.row_id, one.before, one.after) for one in changeset.changes.all()] == [
        (rows[1].pk, {"notes": "a\nb"}, {"notes": "mine"})
    ]
    changeset.refresh_from_db()
    assert (changeset.row_count, changeset.revision, Revision.current()) == (1, before + 1, before + 1)


def test_a_deed_that_changes_nothing_leaves_no_trace(rows: list[Transaction]) -> None:
    before = (Revision.current(), Changeset.objects.count())
    with journal.deed(Changeset.Kind.EDIT) as deed:
        deed.touch(of(*rows), "notes", "buckets")
    assert deed.changeset is None
    assert (Revision.current(), Changeset.objects.count()) == before


def test_images_after_are_written_beside_those_before(opened: Household) -> None:
    """The room for them is a setting of the table that no model can say, so that a squashed migration may lose it."""
    ((options,),) = fetch("SELECT reloptions FROM pg_class WHERE oid = 'ledger_change'::regclass")
    assert options == ["fillfactor=50"]


def test_a_row_that_a_deed_touches_twice_keeps_what_the_first_touch_found(rows: list[Transaction]) -> None:
    one = Transaction.objects.filter(pk=rows[0].pk)
    with journal.deed(Changeset.Kind.EDIT) as deed:
        deed.touch(one, "notes")
        one.update(notes="first")
        deed.touch(Transaction.objects.all(), "notes", "merchant")
        Transaction.objects.update(notes="second")
    assert deed.changeset is not None
    change = deed.changeset.changes.get(row_id=rows[0].pk)
    assert (change.before["notes"], change.after["notes"]) == (rows[0].notes, "second")


def test_a_deed_that_fails_changes_nothing(rows: list[Transaction]) -> None:
    before = ledger_bytes()
    with pytest.raises(ValueError, match="has no colour"), journal.deed(Changeset.Kind.DELETE) as deed:
        deed.touch(Transaction.objects.filter(pk__in=deed.take_out(of(*rows))), "colour")
    assert ledger_bytes() == before
    assert not Change.objects.exists()


def test_a_row_that_is_deleted_unannounced_is_a_fault(rows: list[Transaction]) -> None:
    with pytest.raises(JournalError, match="only some fields"), journal.deed(Changeset.Kind.EDIT) as deed:
        Transaction.objects.filter(pk__in=deed.touch(of(rows[4]), "notes")).delete()


def test_a_field_that_is_none_is_refused(rows: list[Transaction]) -> None:
    with (
        pytest.raises(ValueError, match=r"ledger.Transaction has no colour"),
        journal.deed(Changeset.Kind.EDIT) as deed,
    ):
        deed.touch(of(rows[0]), "colour")


def test_deleted_rows_come_back_with_their_tags_and_their_transfer(rows: list[Transaction]) -> None:
    Transfer.objects.create(outgoing=rows[2], incoming=rows[3])
    before = ledger_bytes()
    deleted = delete_rows(of(rows[1], rows[2]))
    assert not Transfer.objects.exists()
    assert TransactionTag.objects.filter(transaction=rows[1].pk).count() == 0
    undone = journal.undo(deleted.pk, actor_id=None)
    assert undone.conflicts == []
    assert ledger_bytes() == before


def test_undoing_is_undone_by_doing_it_again(rows: list[Transaction]) -> None:
    deleted = delete_rows(of(rows[0]))
    after = ledger_bytes()
    undone = journal.undo(deleted.pk, actor_id=7)
    again = journal.undo(undone.changeset.pk, actor_id=7)
    assert ledger_bytes() == after
    deleted.refresh_from_db()
    assert deleted.undone_at is None
    assert journal.undo(deleted.pk, actor_id=None).conflicts == []
    with pytest.raises(journal.NotUndone, match="This was undone already"):
        journal.undo(deleted.pk, actor_id=None)
    assert again.changeset.undoes_id == undone.changeset.pk


def test_of_a_deed_and_its_undoings_every_second_is_undone(rows: list[Transaction]) -> None:
    """Whether a deed is in force decides what imports ask about, and what Undo is offered for."""
    chain = [edit_rows(of(rows[0]), notes="mine")]
    for count in range(1, 4):
        chain.append(journal.undo(chain[-1].pk, actor_id=None).changeset)
        undone = [
            one.undone_at is not None for one in Changeset.objects.filter(pk__in=[c.pk for c in chain]).order_by("pk")
        ]
        assert undone == [(count - place) % 2 == 1 for place in range(count + 1)]


def test_fields_that_others_changed_do_not_hinder_and_stay(rows: list[Transaction]) -> None:
    first = edit_rows(of(rows[0]), merchant="Blue Bottle")
    edit_rows(of(rows[0]), notes="with Ann")
    assert journal.undo(first.pk, actor_id=None).conflicts == []
    row = Transaction.objects.get(pk=rows[0].pk)
    assert (row.merchant, row.notes) == ("", "with Ann")


def test_what_was_changed_since_is_listed_and_left(rows: list[Transaction]) -> None:
    first = edit_rows(of(rows[0], rows[1], rows[4]), notes="first")
    edit_rows(of(rows[1]), notes="second")
    delete_rows(of(rows[4]))
    undone = journal.undo(first.pk, actor_id=None)
    assert [(one.row_id, one.sentence) for one in undone.conflicts] == [
        (rows[1].pk, "was changed since"),
        (rows[4].pk, "was deleted since"),
    ]
    assert list(Transaction.objects.filter(pk__in=[rows[0].pk, rows[1].pk]).order_by("pk").values_list("notes", flat=True)) == [
        "",
        "second",
    ]  # fmt: skip


def test_if_everything_was_changed_since_nothing_is_undone(rows: list[Transaction]) -> None:
    first = edit_rows(of(rows[0]), notes="first")
    edit_rows(of(rows[0]), notes="second")
    with pytest.raises(journal.NotUndone, match="all of its rows were changed or locked since"):
        journal.undo(first.pk, actor_id=None)
    first.refresh_from_db()
    assert first.undone_at is None


def test_two_deeds_may_each_have_added_a_tag(rows: list[Transaction]) -> None:
    changesets = []
    for value in ("summer", "tax"):
        with journal.deed(Changeset.Kind.EDIT) as deed:
            deed.touch(of(rows[0]), "tags")
            TransactionTag.objects.create(transaction=rows[0], tag=tag(value))
        changesets.append(deed.changeset)
    assert changesets[0] is not None
    assert journal.undo(changesets[0].pk, actor_id=None).conflicts == []
    words = TransactionTag.objects.filter(transaction=rows[0]).values_list("tag__value", flat=True)
    assert sorted(words) == ["dining", "tax"]


def test_a_row_whose_tag_is_gone_since_is_left(rows: list[Transaction]) -> None:
    holiday = tag("holiday")
    deleted = delete_rows(of(rows[0], rows[1]))
    with journal.deed(Changeset.Kind.TAGS) as deed:
        deed.take_out(Tag.objects.filter(pk=holiday.pk))
    undone = journal.undo(deleted.pk, actor_id=None)
    assert [(one.row_id, one.sentence) for one in undone.conflicts] == [(rows[1].pk, "had a tag that is gone since")]


def test_a_transfer_of_a_row_that_is_left_is_left_with_it(rows: list[Transaction]) -> None:
    transfer = Transfer.objects.create(outgoing=rows[1], incoming=rows[3])
    deleted = delete_rows(of(rows[0], rows[1]))
    with journal.deed(Changeset.Kind.TAGS) as deed:
        deed.take_out(Tag.objects.filter(value="holiday"))
    assert [(one.row_id, one.sentence) for one in journal.undo(deleted.pk, actor_id=None).conflicts] == [
        (rows[1].pk, "had a tag that is gone since"),
        (transfer.pk, "needs something that is gone since: transaction"),
    ]
    assert Transaction.objects.filter(pk=rows[0].pk).exists()


def test_what_was_made_and_is_used_since_is_left(rows: list[Transaction]) -> None:
    with journal.deed(Changeset.Kind.ACCOUNT) as deed:
        account = Account.objects.create(name="Broker", currency="USD")
        bucket, unused = tag("fees", "bucket"), tag("unused", "bucket")
        made = [by_hand(account, "2026-11-09", "-3.10"), by_hand(rows[0].account, "2026-11-09", "-4.10")]
        deed.touch(of(rows[4], rows[5]), "buckets")
        TransactionTag.objects.bulk_create(TransactionTag(transaction=row, tag=bucket) for row in rows[4:])
        deed.made(Account, [account.pk])
        deed.made(Tag, [bucket.pk, unused.pk])
        deed.made(Transaction, [row.pk for row in made])
    Transfer.objects.create(outgoing=made[0], incoming=rows[3])
    TransactionTag.objects.create(transaction=rows[5], tag=tag("more", "bucket"))
    assert deed.changeset is not None
    assert [(one.row_id, one.sentence) for one in journal.undo(deed.changeset.pk, actor_id=None).conflicts] == [
        (account.pk, "is in use since: transaction"),
        (bucket.pk, "is in use since: transaction tag"),
        (rows[5].pk, "was changed since"),
        (made[0].pk, "is in use since: transfer"),
    ]
    assert not of(made[1]).exists()
    assert not Tag.objects.filter(pk=unused.pk).exists()
    assert list(TransactionTag.objects.filter(tag=bucket).values_list("transaction", flat=True)) == [rows[5].pk]


def test_a_tag_that_is_gone_hinders_only_rows_that_would_get_it_again(rows: list[Transaction]) -> None:
    with journal.deed(Changeset.Kind.EDIT) as deed:
        deed.touch(of(rows[1]), "tags")
        TransactionTag.objects.create(transaction=rows[1], tag=tag("tax"))
    with journal.deed(Changeset.Kind.TAGS) as merging:
        merging.touch(of(rows[1]), "tags")
        TransactionTag.objects.filter(tag=tag("holiday")).delete()
        merging.take_out(Tag.objects.filter(value="holiday"))
    assert deed.changeset is not None
    assert journal.undo(deed.changeset.pk, actor_id=None).conflicts == []
    assert not TransactionTag.objects.filter(transaction=rows[1], tag__namespace="occasion").exists()


def test_a_tag_that_was_taken_out_with_its_links_comes_back(rows: list[Transaction]) -> None:
    before = ledger_bytes()
    holiday, dining = tag("holiday"), tag("dining", "bucket")
    with journal.deed(Changeset.Kind.TAGS) as deed:
        for one, field in ((holiday, "tags"), (dining, "buckets")):
            deed.touch(Transaction.objects.filter(transaction_tags__tag=one), field)
            TransactionTag.objects.filter(tag=one).delete()
            deed.take_out(Tag.objects.filter(pk=one.pk))
    assert deed.changeset is not None
    assert journal.undo(deed.changeset.pk, actor_id=None).conflicts == []
    assert ledger_bytes() == before


def test_a_name_that_was_taken_since_is_told(opened: Household) -> None:
    with journal.deed(Changeset.Kind.TAGS) as deed:
        deed.take_out(Tag.objects.filter(value="dining"))
    Tag.objects.create(namespace="bucket", value="dining", name="Dining")
    assert deed.changeset is not None
    with pytest.raises(journal.NotUndone, match="has taken its place since"):
        journal.undo(deed.changeset.pk, actor_id=None)


def lock(row: Transaction) -> None:
    statement = Reconciliation.objects.create(account=row.account, statement_date=row.date, statement_balance=0)
    Transaction.objects.filter(pk=row.pk).update(reconciliation=statement)


def test_facts_of_a_locked_row_stay_and_words_may_change(rows: list[Transaction]) -> None:
    lock(rows[0])
    with pytest.raises(journal.LockedRows, match="This row is locked by a reconciled statement"):
        edit_rows(of(rows[0], rows[1]), amount=Decimal(5))
    with pytest.raises(journal.LockedRows):
        delete_rows(of(rows[0]))
    assert edit_rows(of(rows[0]), notes="still mine").row_count == 0
    assert Transaction.objects.get(pk=rows[0].pk).notes == "still mine"


def test_undoing_leaves_the_facts_of_rows_that_were_locked_since(rows: list[Transaction]) -> None:
    changeset = edit_rows(of(rows[0], rows[1]), amount=Decimal(5))
    lock(rows[0])
    undone = journal.undo(changeset.pk, actor_id=None)
    assert [(one.row_id, one.sentence) for one in undone.conflicts] == [
        (rows[0].pk, "is locked by a reconciled statement")
    ]


def test_an_import_and_a_statement_have_their_own_way_back(opened: Household) -> None:
    for kind, told in (
        (Changeset.Kind.IMPORT, "taken back on its own page"),
        (Changeset.Kind.RECONCILE, "is unlocked"),
    ):
        changeset = Changeset.objects.create(kind=kind)
        with pytest.raises(journal.NotUndone, match=told):
            journal.undo(changeset.pk, actor_id=None)


def test_rows_that_were_changed_after_they_were_shown_are_known(rows: list[Transaction]) -> None:
    shown = Revision.current()
    edit_rows(of(rows[0]), notes="elsewhere")
    ids = [rows[0].pk, rows[1].pk]
    assert journal.changed_since(ids, shown) == {rows[0].pk}
    assert journal.changed_since(ids, Revision.current()) == set()
    with pytest.raises(journal.ChangedMeanwhile, match="This row was changed after you opened this page"):
        journal.refuse_stale(ids, shown)
    with pytest.raises(journal.ChangedMeanwhile):
        journal.refuse_stale(ids, None)


# --- any sequence -----------------------------------------------------------------------------------------------------

_ROWS = st.sets(st.integers(0, 5), min_size=1, max_size=4)
_DEEDS = st.one_of(
    st.tuples(st.just("edit"), _ROWS, st.sampled_from(["", "x", "ß\x01 ✓", '{"a": null}', "l\nm"])),
    st.tuples(st.just("amount"), _ROWS, st.decimals("-999999999999.9999", "999999999999.9999", places=4)),
    st.tuples(st.just("bucket"), _ROWS, st.sampled_from(["dining", "shopping", ""])),
    st.tuples(st.just("split"), _ROWS, st.decimals("-5000", "5000", places=2)),
    st.tuples(st.just("occasion"), _ROWS, st.sampled_from(["holiday", "tax"])),
    st.tuples(st.just("delete"), _ROWS, st.none()),
    st.tuples(st.just("new"), _ROWS, st.none()),
    st.tuples(st.just("rename"), _ROWS, st.sampled_from(["Essen", "Ausgehen"])),
    st.tuples(st.just("merge"), _ROWS, st.none()),
)


def do(action: tuple[str, set[int], object], ids: list[int]) -> Changeset | None:
    name, numbers, value = action
    rows = Transaction.objects.filter(pk__in=[ids[number] for number in numbers])
    dining, shopping = tag("dining", "bucket"), Tag.objects.filter(value="shopping").first()
    with journal.deed(Changeset.Kind.EDIT, note=name) as deed:
        if name == "edit":
            Transaction.objects.filter(pk__in=deed.touch(rows, "notes")).update(notes=value)
        elif name == "amount":
            Transaction.objects.filter(pk__in=deed.touch(rows, "amount")).update(amount=value)
        elif name in {"bucket", "split"}:
            found = deed.touch(rows, "buckets")
            TransactionTag.objects.filter(transaction__in=found, tag__namespace="bucket").delete()
            parts = (
                [(dining, value), (shopping, Decimal(1))]
                if name == "split"
                else [(Tag.objects.filter(value=value or "-").first(), None)]
            )
            TransactionTag.objects.bulk_create(
                TransactionTag(transaction_id=pk, tag=one, amount=amount)
                for pk in found
                for one, amount in parts
                if one
            )
        elif name == "occasion":
            found = deed.touch(rows, "tags")
            TransactionTag.objects.bulk_create(
                [TransactionTag(transaction_id=pk, tag=tag(str(value))) for pk in found], ignore_conflicts=True
            )
        elif name == "delete":
            deed.take_out(rows)
        elif name == "new":
            made = by_hand(Account.objects.get(name="Checking"), "2026-11-09", "-3.10")
            deed.made(Transaction, [made.pk])
        elif name == "rename":
            deed.touch(Tag.objects.filter(pk=dining.pk), "name")
            Tag.objects.filter(pk=dining.pk).update(name=value)
        elif shopping:
            found = deed.touch(Transaction.objects.filter(transaction_tags__tag=shopping), "buckets")
            TransactionTag.objects.filter(tag=shopping).delete()
            TransactionTag.objects.bulk_create(
                [TransactionTag(transaction_id=pk, tag=dining) for pk in found], ignore_conflicts=True
            )
            deed.take_out(Tag.objects.filter(pk=shopping.pk))
    return deed.changeset


@settings(max_examples=15)
@given(actions=st.lists(_DEEDS, min_size=1, max_size=7), undoings=st.lists(st.integers(0, 20), max_size=6))
def test_undone_in_reverse_any_sequence_restores_the_ledger_byte_for_byte(
    rows: list[Transaction], actions: list[tuple[str, set[int], object]], undoings: list[int]
) -> None:
    from django.db import transaction

    ids = [row.pk for row in rows]
    sid = transaction.savepoint(using=LEDGER)
    for value in ("dining", "shopping"):
        tag(value, "bucket")
    tag("tax")
    states, changesets = [ledger_bytes()], []
    for action in actions:
        if (changeset := do(action, ids)) is not None:
            changesets.append(changeset)
            states.append(ledger_bytes())
    # Some undone and done again on the way.
    for number in undoings:
        if not changesets:
            break
        newest = changesets[-1]
        undone = journal.undo(newest.pk, actor_id=None)
        assert undone.conflicts == []
        assert ledger_bytes() == states[-2]
        if number % 2:
            journal.undo(undone.changeset.pk, actor_id=None)
            assert ledger_bytes() == states[-1]
        else:
            changesets.pop()
            states.pop()
    for changeset in reversed(changesets):
        assert journal.undo(changeset.pk, actor_id=None).conflicts == []
    assert ledger_bytes() == states[0]
    transaction.savepoint_rollback(sid, using=LEDGER)
