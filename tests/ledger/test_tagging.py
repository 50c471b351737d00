"""Tags: made, renamed, coloured and put in order, each so that it can be undone."""

from collections.abc import Callable

import pytest

from apps.households.models import Household
from apps.ledger import journal
from apps.ledger.models import Changeset, Tag, TransactionTag
from apps.ledger.models.accounts import Account
from apps.ledger.tagging import BadNamespace, Look, NameTaken, OtherOrder, add_tag, edit_tag, namespace_of, reorder
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes


def added(namespace: str, name: str) -> Tag:
    return add_tag(namespace, Look(name), actor_id=None)[0]


def everything() -> list[dict[str, object]]:
    return list(Tag.objects.order_by("pk").values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Café & Bäckerei", "café-bäckerei"),
        ("  Two   words ", "two-words"),
        ("ÉCOLE", "école"),
        ("★", "tag"),
        ("None", "none-2"),
        ("هدايا", "هدايا"),
    ],
)
def test_the_word_in_addresses_is_made_of_the_name(opened: Household, name: str, value: str) -> None:
    assert added("bucket", name).value == value


def test_two_names_that_make_one_word_get_two(opened: Household) -> None:
    assert [added("bucket", name).value for name in ("Fun!", "Fun?", "fun")] == ["fun", "fun-2", "fun-3"]


def test_a_long_word_keeps_room_for_its_number(opened: Household) -> None:
    first, second = (added("occasion", "ﬁ" * count) for count in (60, 61))
    assert (first.value, second.value) == ("fi" * 40, "fi" * 39 + "-2")


def test_a_new_tag_is_the_last_of_its_kind(opened: Household) -> None:
    before = list(Tag.objects.filter(namespace="bucket"))
    tag = added("bucket", "Pets")
    assert list(Tag.objects.filter(namespace="bucket")) == [*before, tag]
    assert added("trip", "Rome").sort_order == 0


@pytest.mark.parametrize("name", ["Groceries", "GROCERIES", "groceries"])
def test_a_name_is_taken_whatever_its_case(opened: Household, name: str) -> None:
    with pytest.raises(NameTaken, match=r"“Groceries” exists already\. Choose another name, or merge the two."):
        add_tag("bucket", Look(name), actor_id=None)
    dining = Tag.objects.get(value="dining")
    with pytest.raises(NameTaken) as refused:
        edit_tag(dining, Look(name), actor_id=None)
    assert refused.value.other == Tag.objects.get(value="groceries")
    assert added("occasion", name).namespace == "occasion"


def test_a_rename_keeps_the_word_and_every_row(opened: Household) -> None:
    account = Account.objects.create(name="Checking", currency="USD")
    groceries = Tag.objects.get(value="groceries")
    row = by_hand(account, "2026-11-01", "-1")
    TransactionTag.objects.create(transaction=row, tag=groceries)
    changeset = edit_tag(groceries, Look("Food", 5, "what we eat"), actor_id=7)
    renamed = row.transaction_tags.get().tag
    assert (renamed.pk, renamed.value, renamed.name, renamed.colour) == (groceries.pk, "groceries", "Food", 5)
    assert changeset is not None
    assert (changeset.kind, changeset.actor_id, changeset.note) == ("tags", 7, "Tag “Groceries” renamed to “Food”")


def test_the_case_of_a_name_can_be_changed_and_nothing_is_no_deed(opened: Household) -> None:
    groceries = Tag.objects.get(value="groceries")
    assert edit_tag(groceries, Look("groceries", groceries.colour), actor_id=None) is not None
    groceries.refresh_from_db()
    count = Changeset.objects.count()
    assert edit_tag(groceries, Look("groceries", groceries.colour), actor_id=None) is None
    assert Changeset.objects.count() == count


@pytest.mark.parametrize(
    "deed",
    [
        lambda: add_tag("trip", Look("Rome"), actor_id=None)[1],
        lambda: edit_tag(Tag.objects.get(value="dining"), Look("Eating out", 8, "cafés"), actor_id=None),
        lambda: reorder("bucket", [Tag.objects.get(value="other").pk], actor_id=None),
    ],
)
def test_every_deed_can_be_undone(opened: Household, deed: Callable[[], Changeset]) -> None:
    before = everything()
    changeset = deed()
    assert everything() != before
    journal.undo(changeset.pk, actor_id=None)
    assert everything() == before


def test_the_order_is_what_the_list_says_and_what_it_does_not_know_comes_after(opened: Household) -> None:
    rome, oslo, bern = (added("trip", name).pk for name in ("Rome", "Oslo", "Bern"))
    reorder("trip", [bern, rome], actor_id=None)
    assert list(Tag.objects.filter(namespace="trip").values_list("pk", flat=True)) == [bern, rome, oslo]
    assert reorder("trip", [bern, rome, oslo], actor_id=None) is None


def test_a_list_with_a_tag_that_is_gone_or_of_another_kind_is_not_sorted(opened: Household) -> None:
    rome, oslo = (added("trip", name).pk for name in ("Rome", "Oslo"))
    for foreign in (oslo + 1000, Tag.objects.get(value="dining").pk):
        with pytest.raises(OtherOrder, match="Sort the list as it is now"):
            reorder("trip", [oslo, foreign, rome], actor_id=None)
    assert list(Tag.objects.filter(namespace="trip").values_list("pk", flat=True)) == [rome, oslo]


def test_a_namespace_is_a_word_and_not_one_that_means_something_else(opened: Household) -> None:
    assert namespace_of("Holiday Plans") == "holiday-plans"
    for text in ("★", "", "Account", "none"):
        with pytest.raises(BadNamespace):
            namespace_of(text)
