"""What rules do to rows: exactly, in order, and so that it can be taken back to the byte."""

from decimal import Decimal

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.categorization.applying import Outcome, apply_rules
from apps.categorization.models import CategoryRule
from apps.categorization.rules import with_all
from apps.households.models import Household
from apps.ledger import bucketing, journal
from apps.ledger.models import (
    Account,
    Changeset,
    Reconciliation,
    SplitPart,
    SplitTemplate,
    Tag,
    Transaction,
    TransactionTag,
)
from tests.categorization.making import bucket, ledger_bytes, occasion, rule, tags_of
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


@pytest.fixture
def shop(account: Account) -> Transaction:
    return by_hand(account, "2026-11-01", "-20.00", "CORNER SHOP", merchant="Corner Shop")


def run(*, overwrites: bool = False) -> tuple[Outcome, Changeset | None]:
    with journal.deed(Changeset.Kind.RULES) as deed:
        outcome = apply_rules(
            with_all().filter(is_enabled=True), Transaction.objects.all(), deed=deed, overwrites=overwrites
        )
    return outcome, deed.changeset


def choose(row: Transaction, tag: Tag | None, source: str = "person") -> None:
    with journal.deed(Changeset.Kind.EDIT) as deed:
        bucketing.set_bucket(Transaction.objects.filter(pk=row.pk), tag, deed=deed, source=source)


def template(*parts: tuple[str, str | None]) -> SplitTemplate:
    made = SplitTemplate.objects.create(name="Shared")
    for value, percent in parts:
        SplitPart.objects.create(template=made, tag=bucket(value), percent=percent and Decimal(percent))
    return made


SHOP = ("description", "contains", "shop")


def test_a_rule_does_everything_it_says(shop: Transaction) -> None:
    made = rule(
        "All", SHOP, bucket=bucket("groceries"), occasion=occasion("party"), merchant="The Corner", note="For the party",
        marks_transfer=True, ignores=True,
    )  # fmt: skip
    outcome, changeset = run()
    shop.refresh_from_db()
    assert tags_of(shop.pk) == [("groceries", None), ("party", None)]
    assert (shop.merchant, shop.notes, shop.status, shop.bucket_source) == (
        "The Corner",
        "For the party",
        "ignored",
        "rule",
    )
    assert shop.is_transfer
    assert outcome.hits == {made.pk: {shop.pk}}
    assert changeset is not None
    changeset.refresh_from_db()
    assert changeset.row_count == 1


def test_the_first_rule_with_a_bucket_decides_and_the_rest_adds_up(shop: Transaction) -> None:
    first = rule("First", SHOP, bucket=bucket("groceries"), merchant="One")
    second = rule("Second", SHOP, bucket=bucket("dining"), occasion=occasion("party"), merchant="Two", note="b")
    third = rule("Third", SHOP, bucket=bucket("dining"), merchant="Three")
    fourth = rule("Fourth", ("merchant", "is", "one"), occasion=occasion("later"), note="c")
    outcome, _ = run()
    shop.refresh_from_db()
    assert tags_of(shop.pk) == [("groceries", None), ("later", None), ("party", None)]
    assert (shop.merchant, shop.notes) == ("One", "b\nc")
    assert outcome.hits == {one.pk: {shop.pk} for one in (first, second, fourth)}
    assert third.pk not in outcome.hits


def test_a_second_run_changes_nothing(shop: Transaction) -> None:
    rule("One", SHOP, bucket=bucket("groceries"), note="n", merchant="M", occasion=occasion("party"))
    run()
    before = ledger_bytes()
    outcome, changeset = run()
    assert (outcome.hits, changeset) == ({}, None)
    assert ledger_bytes() == before


@pytest.mark.parametrize("source", ["", "words", "history", "bank", "rule"])
def test_a_guess_gives_way(shop: Transaction, source: str) -> None:
    choose(shop, bucket("dining"), source)
    rule("One", SHOP, bucket=bucket("groceries"))
    run()
    assert tags_of(shop.pk) == [("groceries", None)]


def test_what_a_person_chose_stays_unless_it_is_to_be_overwritten(shop: Transaction) -> None:
    choose(shop, bucket("dining"))
    made = rule("One", SHOP, bucket=bucket("groceries"), occasion=occasion("party"))
    assert run()[0].hits == {made.pk: {shop.pk}}
    assert tags_of(shop.pk) == [("dining", None), ("party", None)]
    run(overwrites=True)
    assert tags_of(shop.pk) == [("groceries", None), ("party", None)]


def test_a_row_from_which_a_person_took_the_bucket_gets_one(shop: Transaction) -> None:
    choose(shop, bucket("dining"))
    choose(shop, None)
    rule("One", SHOP, bucket=bucket("groceries"))
    run()
    assert tags_of(shop.pk) == [("groceries", None)]


def test_a_split_that_the_file_brought_stays(shop: Transaction) -> None:
    for value in ("dining", "housing"):
        TransactionTag.objects.create(transaction=shop, tag=bucket(value), amount=Decimal(-10))
    rule("One", SHOP, bucket=bucket("groceries"))
    assert run()[0].hits == {}
    run(overwrites=True)
    assert tags_of(shop.pk) == [("groceries", None)]


def test_a_rule_splits_by_its_template(account: Account, shop: Transaction) -> None:
    nothing = by_hand(account, "2026-11-02", "0", "SHOP")
    made = rule("Split", SHOP, split_template=template(("housing", "70"), ("utilities", None)))
    rule("Else", SHOP, bucket=bucket("other"))
    assert run()[0].hits[made.pk] == {shop.pk}
    assert tags_of(shop.pk) == [("housing", "-14.00"), ("utilities", "-6.00")]
    assert tags_of(nothing.pk) == [("other", None)]
    before = ledger_bytes()
    assert run()[1] is None
    assert ledger_bytes() == before


def test_a_note_is_added_once_and_only_as_a_line_of_its_own(account: Account) -> None:
    rows = [by_hand(account, "2026-11-01", "-1", "SHOP", notes=notes) for notes in ("", "Workshop", "a\r\nWork\r\nb")]
    rule("Note", SHOP, note="Work")
    run()
    run()
    assert [Transaction.objects.get(pk=row.pk).notes for row in rows] == ["Work", "Workshop\nWork", "a\r\nWork\r\nb"]


def test_a_locked_row_gets_its_bucket_and_keeps_its_status(account: Account, shop: Transaction) -> None:
    lock = Reconciliation.objects.create(account=account, statement_date="2026-11-30", statement_balance=0)
    Transaction.objects.filter(pk=shop.pk).update(reconciliation=lock)
    free = by_hand(account, "2026-11-02", "-1", "SHOP")
    rule("Ignore", SHOP, bucket=bucket("groceries"), ignores=True)
    outcome, _ = run()
    assert outcome.locked == {shop.pk}
    statuses = [(row.status, row.bucket_source) for row in Transaction.objects.order_by("pk")]
    assert statuses == [("unreconciled", "rule"), ("ignored", "rule")]
    assert tags_of(shop.pk) == tags_of(free.pk) == [("groceries", None)]


def test_a_rule_without_conditions_changes_nothing(shop: Transaction) -> None:
    rule("Empty", bucket=bucket("groceries"))
    assert run()[1] is None


def test_only_the_given_rows_are_changed(account: Account, shop: Transaction) -> None:
    other = by_hand(account, "2026-11-02", "-1", "SHOP")
    rule("One", ("description", "regex", "shop"), bucket=bucket("groceries"))
    with journal.deed(Changeset.Kind.RULES) as deed:
        apply_rules(with_all(), Transaction.objects.filter(pk=other.pk), deed=deed)
    assert (tags_of(shop.pk), tags_of(other.pk)) == ([], [("groceries", None)])


def test_the_number_of_queries_does_not_grow_with_the_rows(account: Account) -> None:
    split = template(("housing", "70"), ("utilities", None))
    rule("Split", ("description", "regex", "rent"), split_template=split, note="n", ignores=True)
    rule("One", SHOP, bucket=bucket("groceries"), occasion=occasion("party"), note="n", merchant="M")
    counts = []
    for number in (1, 30):
        for _ in range(number):
            by_hand(account, "2026-11-01", "-3", "SHOP")
            by_hand(account, "2026-11-01", "-3", "RENT")
        with CaptureQueriesContext(connections["households"]) as queries:
            outcome, _ = run()
        counts.append(len(queries))
        assert len(outcome.changed) == 2 * number
    assert counts[0] == counts[1]


_CONDITIONS = st.sampled_from(
    [
        ("description", "contains", "a"), ("description", "lacks", "b"), ("merchant", "regex", "^[ab]"),
        ("amount", "more", "5"), ("amount", "out", ""), ("notes", "contains", "n"), ("date", "day", "2"),
    ]
)  # fmt: skip
_RULES = st.lists(
    st.tuples(st.lists(_CONDITIONS, min_size=1, max_size=2), st.booleans(), st.integers(0, 127)), min_size=1, max_size=4
)


@settings(max_examples=25)
@given(rules=_RULES, overwrites=st.booleans(), texts=st.lists(st.sampled_from(["a", "b", "ab", "Ä"]), max_size=5))
def test_undoing_a_run_restores_the_ledger_to_the_byte(
    account: Account, rules: list[tuple[list[tuple[str, str, str]], bool, int]], overwrites: bool, texts: list[str]
) -> None:
    # Nothing is rolled back between the examples.
    TransactionTag.objects.all().delete()
    Transaction.objects.all().delete()
    CategoryRule.objects.all().delete()
    SplitTemplate.objects.all().delete()
    split = template(("housing", "70"), ("utilities", None))
    for number, text in enumerate(texts):
        row = by_hand(account, f"2026-11-0{1 + number}", str(number * 4 - 6), text, merchant=text, notes=text * number)
        choose(row, bucket("dining"), ["person", "words"][number % 2])
    for number, (conditions, matches_all, does) in enumerate(rules):
        rule(
            f"R{number}", *conditions, matches_all=matches_all,
            bucket=bucket("groceries") if does & 1 else None, split_template=split if does & 3 == 2 else None,
            occasion=occasion("party") if does & 4 else None, merchant="b" if does & 8 else "",
            note="n" if does & 16 else "", marks_transfer=bool(does & 32), ignores=bool(does & 64),
        )  # fmt: skip
    before = ledger_bytes()
    outcome, changeset = run(overwrites=overwrites)
    after = ledger_bytes()
    assert (changeset is None) == (not outcome.changed) == (before == after)
    if changeset is not None:
        changeset.refresh_from_db()
        assert changeset.row_count == len(outcome.changed)
        undone = journal.undo(changeset.pk, actor_id=None)
        assert ledger_bytes() == before
        journal.undo(undone.changeset.pk, actor_id=None)
        assert ledger_bytes() == after
