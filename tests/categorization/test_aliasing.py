"""Aliases over the rows that are there: preview, apply, undo, and what is suggested."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from apps.categorization import aliasing, merchant_suggestions
from apps.categorization.models import MerchantAlias
from apps.households.models import Household
from apps.ledger import journal
from apps.ledger.models import Account, Changeset, Transaction
from apps.tenancy.context import household_context
from apps.tenancy.planes import LEDGER
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

ACTOR = 7


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def names() -> list[str]:
    return list(Transaction.objects.order_by("pk").values_list("merchant", flat=True))


def alias(pattern: str, merchant: str, match: str = "contains", priority: int = 0) -> MerchantAlias:
    return MerchantAlias.objects.create(pattern=pattern, merchant=merchant, match=match, priority=priority)


def coffee(account: Account) -> None:
    """Three rows of one merchant by two names, one that looks like it, and one without a text of a bank."""
    by_hand(account, "2026-11-01", "-3.00", "SQ *BLUE BOTTLE #1", merchant="SQ *BLUE BOTTLE #1")
    by_hand(account, "2026-11-02", "-4.00", "SQ *BLUE BOTTLE #1", merchant="SQ *BLUE BOTTLE #1")
    by_hand(account, "2026-11-03", "-5.00", "Blüe Bottle 100%_\\", merchant="BLUE BOTTLE")
    by_hand(account, "2026-11-04", "-6.00", "BLUE MOON", merchant="Blue Moon")
    by_hand(account, "2026-11-05", "-7.00", "", merchant="Blue Bottle")


def test_the_preview_says_which_rows_would_change_and_by_which_alias(account: Account) -> None:
    coffee(account)
    bottle, moon = alias("blue bottle", "Blue Bottle"), alias("^blue", "Blue", "regex", priority=-1)
    preview = aliasing.Preview.of(aliasing.renamings())
    assert preview.row_count == 4
    assert [(one.old, one.new, one.row_count) for one in preview.sample] == [
        ("SQ *BLUE BOTTLE #1", "Blue Bottle", 2),
        ("Blue Moon", "Blue", 1),
        ("BLUE BOTTLE", "Blue Bottle", 1),
    ]
    assert preview.by_alias == [(bottle, 3), (moon, 1)]
    assert names()[0] == "SQ *BLUE BOTTLE #1"


def test_applying_is_one_changeset_and_its_undoing_brings_the_names_back(account: Account) -> None:
    coffee(account)
    before, one = names(), alias("blue bottle", "Blue Bottle")
    changeset = aliasing.apply_all(actor_id=ACTOR)
    assert changeset is not None
    changeset.refresh_from_db()
    assert (changeset.kind, changeset.actor_id, changeset.row_count) == (Changeset.Kind.MERCHANTS, ACTOR, 3)
    assert changeset.note == "Merchant names by aliases on 3 rows"
    assert names() == ["Blue Bottle", "Blue Bottle", "Blue Bottle", "Blue Moon", "Blue Bottle"]
    one.refresh_from_db()
    assert (one.use_count, one.last_used_at is not None) == (3, True)
    journal.undo(changeset.pk, actor_id=ACTOR)
    assert names() == before


def test_applied_twice_the_second_time_nothing_is_done(account: Account) -> None:
    coffee(account)
    alias("blue bottle", "Blue Bottle")
    aliasing.apply_all(actor_id=ACTOR)
    assert aliasing.apply_all(actor_id=ACTOR) is None


@pytest.mark.parametrize(
    ("match", "pattern", "row_count"),
    [
        ("contains", "100%_\\", 1),
        ("contains", "blüe bottle", 3),
        ("contains", "bottle%1", 0),
        ("exact", "blue   BOTTLE 100%_\\", 1),
        ("exact", "blue bottle", 0),
        ("regex", "bottle (#1|100)", 3),
    ],
)
def test_a_new_alias_is_tried_before_it_is_kept(account: Account, match: str, pattern: str, row_count: int) -> None:
    coffee(account)
    new = MerchantAlias(pattern=pattern, merchant="New", match=match)
    assert aliasing.Preview.of(aliasing.renamings(only=new)).row_count == row_count
    assert not MerchantAlias.objects.exists()


def test_a_new_alias_names_nothing_that_another_one_names_before_it(account: Account) -> None:
    coffee(account)
    alias("bottle", "Bottle", priority=1)
    found = aliasing.renamings(only=MerchantAlias(pattern="blue", merchant="Blue"))
    assert [one.description for one in found] == ["BLUE MOON"]


def test_keeping_an_alias_with_the_old_rows_is_one_deed(account: Account) -> None:
    coffee(account)
    before = names()
    changeset = aliasing.keep(MerchantAlias(pattern="blue", merchant="Blue"), actor_id=ACTOR, renames_old=True)
    assert changeset is not None
    changeset.refresh_from_db()
    assert changeset.note == "Texts with “blue” are Blue on 4 rows"
    assert names() == ["Blue", "Blue", "Blue", "Blue", "Blue Bottle"]
    journal.undo(changeset.pk, actor_id=ACTOR)
    assert names() == before
    assert not MerchantAlias.objects.exists()


def test_a_changed_alias_gets_its_old_pattern_back(account: Account) -> None:
    coffee(account)
    kept = alias("blue", "Blue")
    kept.pattern = "moon"
    changeset = aliasing.keep(kept, actor_id=ACTOR, renames_old=False)
    assert changeset is not None
    assert names()[3] == "Blue Moon"
    journal.undo(changeset.pk, actor_id=ACTOR)
    assert MerchantAlias.objects.get().pattern == "blue"


def test_the_same_text_twice_is_told(account: Account) -> None:
    coffee(account)
    alias("Blue", "Blue")
    with pytest.raises(aliasing.AliasExists, match="“BLUE” names a merchant already"):
        aliasing.keep(MerchantAlias(pattern="BLUE", merchant="Other"), actor_id=ACTOR, renames_old=True)
    assert names()[3] == "Blue Moon"


def test_a_deleted_alias_leaves_the_names_and_can_be_brought_back(account: Account) -> None:
    coffee(account)
    one = alias("blue", "Blue")
    aliasing.apply_all(actor_id=ACTOR)
    changeset = aliasing.forget(one, actor_id=ACTOR)
    assert changeset is not None
    assert (MerchantAlias.objects.count(), names()[3]) == (0, "Blue")
    journal.undo(changeset.pk, actor_id=ACTOR)
    assert MerchantAlias.objects.get().pattern == "blue"


def test_the_number_of_queries_does_not_grow_with_the_rows(account: Account) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connections[LEDGER]) as caught:
            assert aliasing.apply_all(actor_id=ACTOR) is not None
        return len(caught)

    alias("blue", "Blue")
    by_hand(account, "2026-11-01", "-3.00", "BLUE 0")
    few = queries()
    for number in range(1, 30):
        by_hand(account, "2026-11-01", "-3.00", f"BLUE {number}")
    assert queries() == few


def test_suggestions_of_similar_names_become_aliases_and_are_applied(account: Account, opened: Household) -> None:
    coffee(account)
    before = names()
    (found,) = merchant_suggestions.suggestions(opened)
    assert found.name == "Blue Bottle"
    assert found.members == (("SQ *BLUE BOTTLE #1", 2), ("BLUE BOTTLE", 1), ("Blue Bottle", 1))
    changeset = merchant_suggestions.accept(found.name, [name for name, _ in found.members], actor_id=ACTOR)
    assert changeset is not None
    assert names() == ["Blue Bottle", "Blue Bottle", "Blue Bottle", "Blue Moon", "Blue Bottle"]
    assert merchant_suggestions.suggestions(opened) == []
    assert [(one.match, one.pattern) for one in MerchantAlias.objects.all()] == [("contains", "SQ *BLUE BOTTLE #1")]
    journal.undo(changeset.pk, actor_id=ACTOR)
    assert names() == before
    assert not MerchantAlias.objects.exists()


def test_an_alias_of_a_suggestion_finds_no_rows_of_others(account: Account) -> None:
    by_hand(account, "2026-11-01", "-3.00", "UBER", merchant="UBER")
    by_hand(account, "2026-11-01", "-3.00", "UBER #12", merchant="UBER #12")
    by_hand(account, "2026-11-01", "-3.00", "UBER EATS", merchant="UBER EATS")
    merchant_suggestions.accept("Uber", ["UBER", "UBER #12"], actor_id=ACTOR)
    assert [(one.match, one.pattern) for one in MerchantAlias.objects.order_by("pk")] == [
        ("exact", "UBER"),
        ("contains", "UBER #12"),
    ]
    assert names() == ["Uber", "Uber", "UBER EATS"]
    assert aliasing.renamings() == []


def test_where_the_clean_name_is_in_all_texts_one_alias_is_enough(account: Account) -> None:
    for number in range(3):
        by_hand(account, "2026-11-01", "-3.00", f"KROGER #{number}", merchant=f"KROGER #{number}")
    merchant_suggestions.accept("Kroger", ["KROGER #0", "KROGER #1", "KROGER #2"], actor_id=ACTOR)
    assert [(one.match, one.pattern) for one in MerchantAlias.objects.all()] == [("contains", "Kroger")]


def test_a_dismissed_suggestion_is_shown_no_more_and_to_nobody_elses_loss(
    account: Account, opened: Household, other_household: Household
) -> None:
    coffee(account)
    merchant_suggestions.dismiss(opened, "Blue Bottle")
    assert merchant_suggestions.suggestions(opened) == []
    assert [one.name for one in merchant_suggestions.suggestions(other_household)] == ["Blue Bottle"]


def test_merchants_that_were_renamed_meanwhile_are_told(account: Account) -> None:
    coffee(account)
    with pytest.raises(merchant_suggestions.NoSuchMerchants):
        merchant_suggestions.accept("Gone", ["NOBODY"], actor_id=ACTOR)
    assert not MerchantAlias.objects.exists()


def test_another_households_aliases_name_nothing_here(other_household: Household, household: Household) -> None:
    with household_context(other_household):
        alias("blue", "Theirs")
    with household_context(household):
        coffee(Account.objects.create(name="Checking", currency="USD"))
        assert aliasing.apply_all(actor_id=ACTOR) is None
