"""Two who work on the same rows at once: each deed is done wholly or told why not, and none undoes another unseen."""

import datetime
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import cast

import pytest
from django.db import connections
from django.http import QueryDict

from apps.core.periods import Calendar
from apps.households.answers import BUSY, MEANWHILE, refusal
from apps.households.models import Household
from apps.imports import rolling_back
from apps.ledger import bucketing, bulk, journal
from apps.ledger.models import Account, Changeset, Revision, Tag, Transaction, TransactionTag
from apps.ledger.selecting import Selection
from apps.tenancy.context import household_context
from tests.blocking import wait_until_blocked
from tests.imports.bank import bring_in, checking
from tests.ledger.entries import by_hand, delete_rows, edit_rows

Work = Callable[[], object]


@pytest.fixture
def ours(fresh_database: str) -> Household:
    return Household.objects.get(public_id="ours")


@pytest.fixture
def rows(ours: Household) -> list[Transaction]:
    with household_context(ours):
        account = Account.objects.create(name="Checking", currency="USD")
        return [by_hand(account, "2026-11-01", "-1.00", text) for text in ("COFFEE", "TEA")]


def of(*rows: Transaction) -> "object":
    return Transaction.objects.filter(pk__in=[row.pk for row in rows])


def told(household: Household, work: Work) -> str:
    """Does the work in a transaction of its own, as a page does: the sentence that says why it was not done."""
    try:
        with household_context(household):
            return refusal(cast("Callable[[], None]", work))
    finally:
        connections.close_all()


def meanwhile(household: Household, first: Work, second: Work) -> str:
    """Begins the second while the first is done and not yet committed. What the second was told."""
    with ThreadPoolExecutor(1) as beside:
        with household_context(household):
            first()
            answer = beside.submit(told, household, second)
            wait_until_blocked(answer)
        return answer.result(timeout=30)


def bucket(rows: "object", value: str, source: str = "person") -> None:
    with journal.deed(Changeset.Kind.EDIT) as deed:
        bucketing.set_bucket(rows, Tag.objects.get(value=value), deed=deed, source=source)


def links(household: Household) -> list[tuple[int, str]]:
    with household_context(household):
        return list(TransactionTag.objects.order_by("transaction", "tag").values_list("transaction", "tag__value"))


def test_a_tag_that_two_add_at_once_is_added_once(ours: Household, rows: list[Transaction]) -> None:
    with household_context(ours):
        tag = Tag.objects.create(namespace="occasion", value="holiday", name="Holiday")

    def add() -> None:
        with journal.deed(Changeset.Kind.EDIT) as deed:
            bucketing.add_tag(of(*rows), tag, deed=deed)

    assert meanwhile(ours, add, add) == ""
    assert links(ours) == [(rows[0].pk, "holiday"), (rows[1].pk, "holiday")]


def test_a_rule_does_not_overrule_the_person_it_waited_for(ours: Household, rows: list[Transaction]) -> None:
    said = meanwhile(
        ours,
        lambda: bucket(of(rows[0]), "dining"),
        lambda: bucket(Transaction.objects.without_bucket(), "shopping", source="rule"),
    )
    assert said == ""
    assert links(ours) == [(rows[0].pk, "dining"), (rows[1].pk, "shopping")]


def test_a_tag_that_somebody_deletes_while_rows_get_it_is_told(ours: Household, rows: list[Transaction]) -> None:
    def delete() -> None:
        with journal.deed(Changeset.Kind.TAGS) as deed:
            deed.take_out(Tag.objects.filter(value="dining"))

    assert meanwhile(ours, delete, lambda: bucket(of(*rows), "dining")) == MEANWHILE
    assert links(ours) == []


def test_a_tag_that_rows_get_while_somebody_deletes_it_stays(ours: Household, rows: list[Transaction]) -> None:
    def delete() -> None:
        with journal.deed(Changeset.Kind.TAGS) as deed:
            deed.take_out(Tag.objects.filter(value="dining"))

    assert meanwhile(ours, lambda: refusal(lambda: bucket(of(rows[0]), "dining")), delete) == MEANWHILE
    assert links(ours) == [(rows[0].pk, "dining")]


def test_of_two_that_wait_for_each_other_one_is_told(ours: Household, rows: list[Transaction]) -> None:
    def both(one: Transaction, other: Transaction, pause: Work) -> None:
        with journal.deed(Changeset.Kind.EDIT) as deed:
            deed.touch(of(one), "notes")
            pause()
            deed.touch(of(other), "notes")

    with ThreadPoolExecutor(1) as beside, household_context(ours):
        answers: list[Future[str]] = []

        def begin_the_other() -> None:
            answers.append(beside.submit(told, ours, lambda: both(rows[1], rows[0], lambda: None)))
            wait_until_blocked(answers[0])

        mine = refusal(lambda: both(rows[0], rows[1], begin_the_other))
        assert sorted([mine, answers[0].result(timeout=30)]) == ["", BUSY]


def ticked(household: Household, *rows: Transaction) -> Selection:
    with household_context(household):
        sent = "&".join(f"row={row.pk}-{Revision.current()}" for row in rows)
    return Selection.parse(QueryDict(sent))


def put(selection: Selection, value: str) -> None:
    plan = bulk.PLANS["bucket"](QueryDict(f"bucket={Tag.objects.get(value=value).pk}"))
    bulk.carry_out(plan, selection.held(calendar=Calendar(datetime.date(2026, 11, 30))), actor_id=1)


def test_ticked_rows_that_somebody_is_changing_just_now_are_told(ours: Household, rows: list[Transaction]) -> None:
    shown = ticked(ours, *rows)
    said = meanwhile(ours, lambda: bucket(of(rows[0]), "dining"), lambda: put(shown, "shopping"))
    assert said.startswith("This row was changed after you opened this page")
    assert links(ours) == [(rows[0].pk, "dining")]


def test_a_row_that_somebody_is_changing_just_now_is_told(ours: Household, rows: list[Transaction]) -> None:
    with household_context(ours):
        shown = Revision.current()

    def edit() -> None:
        journal.refuse_stale([rows[0].pk], shown)
        edit_rows(of(rows[0]), notes="mine")

    said = meanwhile(ours, lambda: edit_rows(of(rows[0]), notes="first"), edit)
    assert said.startswith("This row was changed after you opened this page")


def test_everything_shown_is_what_was_asked_also_while_somebody_changes_it(
    ours: Household, rows: list[Transaction]
) -> None:
    with household_context(ours):
        asked = QueryDict(f"everything=yes&query=&shown_count=2&as_of={Revision.current()}")
    said = meanwhile(
        ours, lambda: edit_rows(of(rows[0]), notes="mine"), lambda: put(Selection.parse(asked), "shopping")
    )
    assert said.startswith("When you were asked, 2 rows matched")
    assert links(ours) == []


def test_undo_clicked_twice_at_once_undoes_once(ours: Household, rows: list[Transaction]) -> None:
    with household_context(ours):
        edited = edit_rows(of(*rows), notes="mine")

    def undo() -> None:
        journal.undo(edited.pk, actor_id=None)

    assert meanwhile(ours, undo, undo) == "This was undone already."
    with household_context(ours):
        assert Changeset.objects.filter(kind="undo").count() == 1


def test_an_undoing_sees_what_somebody_is_changing_just_now(ours: Household, rows: list[Transaction]) -> None:
    with household_context(ours):
        first = edit_rows(of(*rows), notes="first")
    said = meanwhile(
        ours,
        lambda: edit_rows(of(rows[0]), notes="second"),
        lambda: journal.undo(first.pk, actor_id=None, leaves_conflicts=False),
    )
    assert said == str(journal.HasConflicts())
    with household_context(ours):
        assert list(Transaction.objects.order_by("pk").values_list("notes", flat=True)) == ["second", "first"]


def test_rows_are_deleted_once(ours: Household, rows: list[Transaction]) -> None:
    def delete() -> None:
        with journal.deed(Changeset.Kind.DELETE) as deed:
            deed.take_out(of(*rows))

    assert meanwhile(ours, lambda: delete_rows(of(rows[0])), delete) == ""
    with household_context(ours):
        assert list(Changeset.objects.filter(kind="delete").order_by("pk").values_list("row_count", flat=True)) == [
            1,
            1,
        ]


def test_a_row_that_comes_again_while_its_import_is_taken_back_goes_with_it(ours: Household) -> None:
    with household_context(ours):
        account = Account.objects.create(name="Checking", currency="USD")
        file = bring_in(ours, account, checking([("11/03/2026", "COFFEE", "-6.45"), ("11/04/2026", "TEA", "-3.10")]))
        deleted = delete_rows(Transaction.objects.filter(description="COFFEE"))
        rolling_back.order_roll_back(file)
    said = meanwhile(
        ours,
        lambda: rolling_back.roll_back_file(ours, file.pk),
        lambda: journal.undo(deleted.pk, actor_id=None),
    )
    assert said == "Nothing of this can be undone: all of its rows were changed or locked since."
    with household_context(ours):
        assert not Transaction.objects.exists()
