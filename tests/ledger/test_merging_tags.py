"""One tag made of two, and tags deleted: nothing refers to nothing, and it can be undone byte for byte."""

from decimal import Decimal

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from apps.categorization.models import CategoryRule
from apps.households.models import Household
from apps.ledger import journal
from apps.ledger.merging_tags import NotMerged, delete_tag, merge_tags
from apps.ledger.models import Account, SavedFilter, SplitPart, SplitTemplate, Tag, Transaction, TransactionTag
from apps.ledger.tag_usage import usage
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


@pytest.fixture
def dining(opened: Household) -> Tag:
    return Tag.objects.get(value="dining")


@pytest.fixture
def groceries(opened: Household) -> Tag:
    return Tag.objects.get(value="groceries")


def tagged(row: Transaction, **amounts: str | None) -> Transaction:
    for value, amount in amounts.items():
        tag = Tag.objects.get(value=value)
        TransactionTag.objects.create(transaction=row, tag=tag, amount=amount and Decimal(amount))
    return row


def links(row: Transaction) -> dict[str, Decimal | None]:
    return {link.tag.value: link.amount for link in row.transaction_tags.select_related("tag")}


def image() -> list[list[dict[str, object]]]:
    """Everything that a merge could touch."""
    models = (Tag, TransactionTag, Transaction, SplitPart, SplitTemplate, SavedFilter, CategoryRule)
    return [list(model.objects.order_by("pk").values()) for model in models]  # type: ignore[attr-defined]


def template(name: str, **parts: tuple[str | None, str | None]) -> SplitTemplate:
    made = SplitTemplate.objects.create(name=name)
    for place, (value, (amount, percent)) in enumerate(parts.items()):
        made.parts.create(
            tag=Tag.objects.get(value=value),
            amount=amount and Decimal(amount),
            percent=percent and Decimal(percent),
            sort_order=place,
        )
    return made


def parts(of: SplitTemplate) -> list[tuple[str, Decimal | None, Decimal | None]]:
    return [(part.tag.value, part.amount, part.percent) for part in of.parts.select_related("tag")]


def test_rows_parts_templates_rules_and_filters_turn_to_the_other(
    account: Account, dining: Tag, groceries: Tag
) -> None:
    whole = tagged(by_hand(account, "2026-11-01", "-10"), dining=None)
    both = tagged(by_hand(account, "2026-11-02", "-40"), dining="-15", groceries="-25")
    three = tagged(by_hand(account, "2026-11-03", "-40"), dining="-15", groceries="-15", other="-10")
    one = tagged(by_hand(account, "2026-11-04", "-40"), dining="-15", other="-25")
    shopping = template("Shopping", dining=(None, "30"), groceries=(None, "20"), other=(None, None))
    rule = CategoryRule.objects.create(name="Lidl", bucket=dining)
    kept = SavedFilter.objects.create(name="Food", query="bucket=dining&bucket=groceries&q=dining")
    before = image()

    changeset = merge_tags(dining, groceries, actor_id=3)

    assert [links(row) for row in (whole, both, three, one)] == [
        {"groceries": None},
        {"groceries": None},
        {"groceries": -30, "other": -10},
        {"groceries": -15, "other": -25},
    ]
    assert parts(shopping) == [("groceries", None, 50), ("other", None, None)]
    rule.refresh_from_db()
    kept.refresh_from_db()
    changeset.refresh_from_db()
    assert (rule.bucket, kept.query) == (groceries, "bucket=groceries&q=dining")
    assert not Tag.objects.filter(value="dining").exists()
    assert (changeset.kind, changeset.note, changeset.row_count) == ("tags", "“Dining” merged into “Groceries”", 4)

    assert journal.undo(changeset.pk, actor_id=3).conflicts == []
    assert image() == before


@pytest.mark.parametrize(
    ("query", "becomes"),
    [
        ("bucket=dining", "bucket=groceries"),
        ("bucket=dining&bucket=groceries", "bucket=groceries"),
        ("tag_not=bucket%3Adining&q=dining", "tag_not=bucket%3Agroceries&q=dining"),
        ("q=%3E50+-bucket%3ADining+cafe", "q=%3E50+-tag%3Abucket%3Agroceries+cafe"),
        ("tag=trip%3Adining", "tag=trip%3Adining"),
        ("q=%22open", "q=%22open"),
    ],
)
def test_a_saved_filter_names_the_other_tag(dining: Tag, groceries: Tag, query: str, becomes: str) -> None:
    saved = SavedFilter.objects.create(name="Mine", query=query)
    changeset = merge_tags(dining, groceries, actor_id=None)
    saved.refresh_from_db()
    assert saved.query == becomes
    journal.undo(changeset.pk, actor_id=None)
    saved.refresh_from_db()
    assert saved.query == query


def test_an_occasion_that_a_row_has_twice_it_has_once(account: Account) -> None:
    trip, holiday = (Tag.objects.create(namespace="occasion", value=value, name=value) for value in ("trip", "holiday"))
    row = tagged(by_hand(account, "2026-11-01", "-10"), trip=None, holiday=None, dining=None)
    before = image()
    changeset = merge_tags(trip, holiday, actor_id=None)
    assert links(row) == {"dining": None, "holiday": None}
    journal.undo(changeset.pk, actor_id=None)
    assert image() == before


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"dining": ("10", None), "groceries": ("5", None), "other": (None, None)}, ("15", None)),
        ({"dining": (None, "10"), "groceries": (None, None)}, (None, None)),
        ({"dining": (None, None), "groceries": (None, "10")}, (None, None)),
        ({"dining": ("10", None), "groceries": (None, None)}, (None, None)),
    ],
)
def test_parts_of_a_template_that_fall_together(
    dining: Tag, groceries: Tag, given: dict[str, tuple[str | None, str | None]], made: tuple[str | None, str | None]
) -> None:
    shopping = template("Shopping", **given)
    before = image()
    changeset = merge_tags(dining, groceries, actor_id=None)
    assert parts(shopping)[0] == ("groceries", *(number and Decimal(number) for number in made))
    journal.undo(changeset.pk, actor_id=None)
    assert image() == before


@pytest.mark.parametrize(
    "given",
    [
        {"dining": ("10", None), "groceries": (None, "40"), "other": (None, None)},
        {"dining": ("10", None), "groceries": (None, None), "other": (None, "40")},
    ],
)
def test_a_fixed_part_and_a_share_are_no_one_part(
    account: Account, dining: Tag, groceries: Tag, given: dict[str, tuple[str | None, str | None]]
) -> None:
    tagged(by_hand(account, "2026-11-01", "-10"), dining=None)
    template("Shopping", **given)
    before = image()
    with pytest.raises(NotMerged, match="“Shopping” gives one of the two a fixed amount and the other a share"):
        merge_tags(dining, groceries, actor_id=None)
    assert image() == before


def test_tags_of_two_kinds_and_one_with_itself_are_not_merged(dining: Tag) -> None:
    trip = Tag.objects.create(namespace="occasion", value="trip", name="Trip")
    with pytest.raises(NotMerged, match="“Trip” is of another kind"):
        merge_tags(dining, trip, actor_id=None)
    with pytest.raises(NotMerged, match="Choose another tag than this one"):
        merge_tags(dining, dining, actor_id=None)


def test_a_tag_that_another_tab_deleted_is_not_merged(dining: Tag, groceries: Tag) -> None:
    Tag.objects.filter(pk=groceries.pk).delete()
    with pytest.raises(NotMerged, match="One of the tags is gone"):
        merge_tags(dining, groceries, actor_id=None)


def test_whole_rows_may_lose_a_deleted_tag(account: Account, dining: Tag) -> None:
    row = tagged(by_hand(account, "2026-11-01", "-10"), dining=None)
    before = image()
    changeset = delete_tag(dining, into=None, actor_id=None)
    assert (links(row), changeset.note) == ({}, "Tag “Dining” deleted")
    journal.undo(changeset.pk, actor_id=None)
    assert image() == before


def test_the_rows_of_a_deleted_tag_can_go_to_another(account: Account, dining: Tag, groceries: Tag) -> None:
    row = tagged(by_hand(account, "2026-11-01", "-10"), dining=None)
    changeset = delete_tag(dining, into=groceries, actor_id=None)
    assert links(row) == {"groceries": None}
    assert changeset.note == "Tag “Dining” deleted; its rows went to “Groceries”"


def test_parts_rules_templates_and_filters_need_another_tag(account: Account, dining: Tag) -> None:
    tagged(by_hand(account, "2026-11-01", "-40"), dining="-15", groceries="-25")
    template("Shopping", dining=(None, "30"), other=(None, None))
    CategoryRule.objects.create(name="Lidl", bucket=dining)
    SavedFilter.objects.create(name="Eating", query="bucket=dining")
    before = image()
    with pytest.raises(NotMerged) as refused:
        delete_tag(dining, into=None, actor_id=None)
    assert str(refused.value) == (
        "“Dining” is used by more than whole rows (1 split row; split templates “Shopping”; saved filters “Eating”; "
        "rules “Lidl”). Choose the tag that takes its place."
    )
    assert image() == before


def test_the_usage_tells_rows_sums_and_what_else(account: Account, dining: Tag) -> None:
    euros = Account.objects.create(name="Konto", currency="EUR")
    tagged(by_hand(account, "2026-11-01", "-10"), dining=None)
    tagged(by_hand(account, "2026-11-01", "-40"), dining="-15", groceries="-25")
    tagged(by_hand(euros, "2026-11-01", "-7"), dining=None)
    CategoryRule.objects.create(name="Lidl", bucket=dining)
    used = usage(dining)
    assert (used.row_count, used.split_count) == (3, 1)
    assert [(one.currency, one.amount) for one in used.sums] == [("EUR", -7), ("USD", -25)]
    assert [str(other) for other in used.others] == ["rules “Lidl”"]
    assert not usage(Tag.objects.get(value="education")).is_used


def test_a_merge_asks_as_often_for_one_row_as_for_thirty(account: Account, groceries: Tag) -> None:
    counts = []
    for number in (1, 30):
        tag = Tag.objects.create(namespace="bucket", value=f"b{number}", name=f"B {number}")
        for _ in range(number):
            TransactionTag.objects.create(transaction=by_hand(account, "2026-11-01", "-1"), tag=tag)
        with CaptureQueriesContext(connections["households"]) as captured:
            merge_tags(tag, groceries, actor_id=None)
        counts.append(len(captured))
    assert counts[0] == counts[1]
