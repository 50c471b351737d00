"""The pages of rules: written, corrected, tried out, ordered, switched and deleted."""

import re
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.categorization.models import CategoryRule, RuleCondition, RuleRun
from apps.households.models import Household, Membership
from apps.ledger.models import Account, Changeset, SplitTemplate, Transaction
from apps.tenancy.context import household_context
from tests.categorization.making import bucket, ledger_bytes, occasion, rule
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

HOME = "/h/ours/rules/"
SHOP = ("description", "contains", "shop")


@pytest.fixture
def shop(household: Household) -> Transaction:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        return by_hand(account, "2026-11-01", "-20.00", "CORNER SHOP", merchant="Corner Shop")


@pytest.fixture
def made(household: Household, shop: Transaction) -> CategoryRule:
    with household_context(household):
        return rule("Shops", SHOP, bucket=bucket("groceries"))


def line(number: int = 0, **fields: Any) -> dict[str, Any]:
    return {f"conditions-{number}-{name}": value for name, value in fields.items()}


def sent(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    filled = {"name": "Shops", "matches_all": "True", **fields}
    filled |= {"conditions-TOTAL_FORMS": str(max(len(lines), 1)), "conditions-INITIAL_FORMS": "0"}
    for one in lines:
        filled |= one
    return filled


def groceries(household: Household) -> int:
    with household_context(household):
        return bucket("groceries").pk


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def rules_bytes() -> list[list[dict[str, Any]]]:
    """Rules, conditions and runs, as they are stored."""
    return [list(model.objects.order_by("pk").values()) for model in (CategoryRule, RuleCondition, RuleRun)]


def test_no_rules_says_what_a_rule_is(member_client: Client) -> None:
    assert "Write the first rule" in text_of(member_client.get(HOME))


def test_a_rule_is_written_and_stands_in_the_list(
    member_client: Client, household: Household, shop: Transaction
) -> None:
    lines = [line(0, what="merchant:contains", value="Corner"), line(1, what="amount:between", value="10", until="30")]
    filled = sent(*lines, bucket=groceries(household), note="weekly", group="Food")
    response = member_client.post(f"{HOME}new/", filled)
    with household_context(household):
        kept = CategoryRule.objects.get()
        assert (kept.name, kept.group, kept.note, kept.is_enabled) == ("Shops", "Food", "weekly", True)
        asked = list(kept.conditions.values_list("field", "operator", "value", "until"))
    assert asked == [("merchant", "contains", "Corner", ""), ("amount", "between", "10", "30")]
    assert response.headers["Location"] == f"{HOME}{kept.pk}/test/"
    shown = text_of(member_client.get(HOME))
    assert "Merchant contains “Corner” and Amount is between 10 and 30" in shown
    assert "Food" in shown


def test_a_rule_is_corrected_and_its_old_conditions_go(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    page = member_client.get(f"{HOME}{made.pk}/").content.decode()
    assert 'value="shop"' in page
    assert '<option value="description:contains" selected>' in page
    filled = sent(line(what="date:since", date="2026-11-01"), name="Later", bucket=groceries(household))
    filled["shown"] = member_client.get(f"{HOME}{made.pk}/").context["shown"]
    assert member_client.post(f"{HOME}{made.pk}/", filled).status_code == 302
    with household_context(household):
        made.refresh_from_db()
        assert made.name == "Later"
        assert list(made.conditions.values_list("field", "operator", "value")) == [("date", "since", "2026-11-01")]


@pytest.mark.parametrize(
    ("lines", "fields", "sentence"),
    [
        ([{}], {"note": "n"}, "Say at least one thing that a row must be"),
        ([line(what="notes:contains", value="x")], {}, "Say what the rule does"),
        ([line(what="notes:regex", value="(?=x)")], {"note": "n"}, "cannot be used"),
        ([line(what="notes:regex", value="(a+)+\\1")], {"note": "n"}, "Write one without look-around, back references"),
        ([line(what="amount:more", value="much")], {"note": "n"}, "Write the amount in digits"),
        ([line(what="notes:contains", value="a\x00")], {"note": "n"}, "Null characters are not allowed"),
        ([line(what="notes:contains", value="x")], {"note": "n\x00"}, "Null characters are not allowed"),
        ([line(what="account:is", account="99999999999999999999")], {"note": "n"}, "may have been deleted meanwhile"),
        ([line(what="colour:is", value="x")], {"note": "n"}, "Select a valid choice"),
        ([line(value="x")], {"note": "n"}, "Choose what is asked, or empty the line."),
        ([line(what="notes:contains", value="x")], {"bucket": "987654"}, "may have been deleted meanwhile"),
        ([line(what="notes:contains", value="x")], {"note": "n", "name": ""}, "Give the rule a name."),
    ],
)
def test_what_cannot_be_a_rule_is_told_beside_its_field(
    member_client: Client, household: Household, lines: list[dict[str, Any]], fields: dict[str, Any], sentence: str
) -> None:
    response = member_client.post(f"{HOME}new/", sent(*lines, **fields))
    assert response.status_code == 422
    assert sentence in text_of(response)
    with household_context(household):
        assert not CategoryRule.objects.exists()


def test_a_bucket_and_a_split_are_one_too_many(member_client: Client, household: Household) -> None:
    with household_context(household):
        template = SplitTemplate.objects.create(name="Rent")
    filled = sent(line(what="notes:contains", value="x"), bucket=groceries(household), split_template=template.pk)
    response = member_client.post(f"{HOME}new/", filled)
    assert response.status_code == 422
    assert "A row has a bucket or is split; choose one of the two." in text_of(response)


def test_a_name_is_taken_once(member_client: Client, made: CategoryRule) -> None:
    response = member_client.post(f"{HOME}new/", sent(line(what="notes:contains", value="x"), name="SHOPS", note="n"))
    assert response.status_code == 422
    assert "There is a rule “SHOPS” already" in text_of(response)


def test_a_form_without_its_count_of_lines_is_refused(member_client: Client) -> None:
    filled = sent(line(what="notes:contains", value="x"), note="n")
    for count in ("", "x", "-1", "100000"):
        assert member_client.post(f"{HOME}new/", {**filled, "conditions-TOTAL_FORMS": count}).status_code == 422
        assert member_client.post(f"{HOME}new/more/", {**filled, "conditions-TOTAL_FORMS": count}).status_code == 200


def test_lines_are_added_and_taken_out_without_losing_what_was_typed(
    member_client: Client, household: Household
) -> None:
    lines = [line(0, what="notes:contains", value="one"), line(1, what="amount:more", value="wrong")]
    filled = sent(*lines, note="kept note", matches_all="False", marks_transfer="on", bucket=groceries(household))
    page = member_client.post(f"{HOME}new/more/", filled).content.decode()
    assert 'name="conditions-2-what"' in page
    assert 'value="wrong"' in page
    assert "Write the amount in digits" not in page
    page = member_client.post(f"{HOME}new/without/0/", filled).content.decode()
    assert 'name="conditions-0-value" value="wrong"' in page
    assert 'name="conditions-1-what"' not in page
    assert 'value="kept note"' in page
    assert re.search(r'value="False"[^>]*checked', page)
    assert re.search(r'name="marks_transfer"[^>]*checked', page)
    assert re.search(rf'<option value="{groceries(household)}" selected>', page)


def test_trying_shows_before_and_after_and_changes_nothing(
    member_client: Client, household: Household, shop: Transaction
) -> None:
    with household_context(household):
        before = ledger_bytes()
        tags = {"bucket": bucket("groceries").pk, "occasion": occasion("party").pk}
        before = ledger_bytes()
    filled = sent(
        line(what="description:starts", value="corner"), **tags, merchant="The Corner", note="n", ignores="on"
    )
    response = member_client.post(f"{HOME}new/try/", filled)
    shown = text_of(response)
    assert response.status_code == 200
    assert "1 row matches" in shown
    assert "Bucket nothing → Groceries" in shown
    assert "Merchant Corner Shop → The Corner" in shown
    assert "Notes nothing → n" in shown
    assert "Status Unreconciled → Ignored" in shown
    with household_context(household):
        assert ledger_bytes() == before
        assert not CategoryRule.objects.exists()


def test_a_kept_rule_is_tested_whether_it_is_on_or_off(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    assert "Bucket nothing → Groceries" in text_of(member_client.get(f"{HOME}{made.pk}/test/"))
    member_client.post(f"{HOME}{made.pk}/disable/")
    assert "It is switched off" in text_of(member_client.get(f"{HOME}{made.pk}/test/"))
    with household_context(household):
        made.refresh_from_db()
        assert not made.is_enabled
    member_client.post(f"{HOME}{made.pk}/enable/")
    with household_context(household):
        made.refresh_from_db()
        assert made.is_enabled


def test_a_rule_begins_with_a_row(member_client: Client, household: Household, shop: Transaction) -> None:
    page = member_client.get(f"{HOME}new/?transaction={shop.pk}").content.decode()
    assert '<option value="merchant:is" selected>' in page
    assert 'name="conditions-0-value" value="Corner Shop"' in page
    assert 'name="name" value="Corner Shop"' in page


@pytest.mark.parametrize("row", ["", "0", "abc", "99999999999999999999", "-1"])
def test_a_row_that_is_gone_begins_an_empty_rule(member_client: Client, row: str) -> None:
    assert member_client.get(f"{HOME}new/?transaction={row}").status_code == 200


def test_rules_are_put_in_order_within_their_group(member_client: Client, household: Household) -> None:
    with household_context(household):
        a, b, c = (rule(name, SHOP, note="n", group="G") for name in "abc")
        d = rule("d", SHOP, note="n")
    member_client.post(f"{HOME}order/", {"order": [a.pk, b.pk, c.pk], "up": c.pk})
    with household_context(household):
        assert "".join(CategoryRule.objects.values_list("name", flat=True)) == "acbd"
    member_client.post(f"{HOME}order/", {"order": [b.pk, "x", "", a.pk, 10**30, c.pk]})
    member_client.post(f"{HOME}groups/up/", {"name": ""})
    with household_context(household):
        assert "".join(CategoryRule.objects.values_list("name", flat=True)) == "dbac"
        assert list(CategoryRule.objects.values_list("sort_order", flat=True)) == [0, 1, 2, 3]
        assert d.pk == CategoryRule.objects.first().pk  # type: ignore[union-attr]


def test_a_new_rule_of_a_group_stands_with_its_group(household: Household) -> None:
    with household_context(household):
        for name, group in (("a", "G"), ("b", ""), ("c", "G")):
            rule(name, SHOP, note="n", group=group)
        assert "".join(CategoryRule.objects.values_list("name", flat=True)) == "acb"


def test_a_copy_is_off_and_stands_behind_its_original(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    with household_context(household):
        rule("Last", SHOP, note="n")
    for _ in range(2):
        response = member_client.post(f"{HOME}{made.pk}/duplicate/")
    with household_context(household):
        rules = list(CategoryRule.objects.values_list("name", "is_enabled"))
        copy = CategoryRule.objects.get(name="Shops (copy 2)")
        assert copy.conditions.count() == made.conditions.count() == 1
    assert rules == [("Shops", True), ("Shops (copy 2)", False), ("Shops (copy)", False), ("Last", True)]
    assert response.headers["Location"] == f"{HOME}{copy.pk}/"


def test_deleting_asks_first(member_client: Client, household: Household, made: CategoryRule) -> None:
    assert "Delete this rule?" in text_of(member_client.get(f"{HOME}{made.pk}/delete/"))
    with household_context(household):
        assert CategoryRule.objects.exists()
    member_client.post(f"{HOME}{made.pk}/delete/")
    with household_context(household):
        assert not CategoryRule.objects.exists()


def test_a_deleted_rule_comes_back_with_its_conditions_place_counts_and_log(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    with household_context(household):
        rule("Last", SHOP, note="n")
        CategoryRule.objects.filter(pk=made.pk).update(use_count=7, is_enabled=False)
        run = RuleRun.objects.create(rule=made, state=RuleRun.State.DONE, changed_count=7)
        before = rules_bytes()
    deleted = member_client.post(f"{HOME}{made.pk}/delete/", follow=True)
    with household_context(household):
        assert not RuleCondition.objects.filter(rule=made.pk).exists()
        run.refresh_from_db()
        assert (run.rule_id, run.changed_count) == (None, 7)
        changeset = Changeset.objects.get(kind=Changeset.Kind.RULES)
    undo = f"/h/ours/history/{changeset.pk}/undo/"
    assert undo in deleted.content.decode()
    page = text_of(member_client.get(f"/h/ours/history/{changeset.pk}/"))
    assert "Rule “Shops” deleted" in page
    assert "Rule condition" in page
    member_client.post(undo)
    with household_context(household):
        assert rules_bytes() == before
        again = Changeset.objects.get(kind=Changeset.Kind.UNDO)
    member_client.post(f"/h/ours/history/{again.pk}/undo/")
    with household_context(household):
        assert [known.name for known in CategoryRule.objects.all()] == ["Last"]


def test_a_deleted_rule_whose_name_was_given_away_stays_deleted(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    member_client.post(f"{HOME}{made.pk}/delete/")
    with household_context(household):
        taker = rule("shops", SHOP, note="n")
        changeset = Changeset.objects.get(kind=Changeset.Kind.RULES)
    told = text_of(member_client.post(f"/h/ours/history/{changeset.pk}/undo/", follow=True))
    assert "something with the same name or the same rows has taken its place since" in told
    with household_context(household):
        assert list(CategoryRule.objects.all()) == [taker]


def test_the_bucket_of_a_deleted_rule_may_go_and_then_the_rule_does_not_come_back(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    member_client.post(f"{HOME}{made.pk}/delete/")
    with household_context(household):
        bucket("groceries").delete()
        changeset = Changeset.objects.get(kind=Changeset.Kind.RULES)
    told = text_of(member_client.post(f"/h/ours/history/{changeset.pk}/undo/", follow=True))
    assert "needs something that is gone since: tag" in told
    with household_context(household):
        assert not CategoryRule.objects.exists()


@pytest.mark.parametrize(
    "deed", ["", "enable/", "disable/", "duplicate/", "delete/", "apply/", "try/", "more/", "without/0/"]
)
def test_a_rule_that_was_deleted_meanwhile_is_told(member_client: Client, made: CategoryRule, deed: str) -> None:
    member_client.post(f"{HOME}{made.pk}/delete/")
    member_client.get(HOME)
    response = member_client.post(f"{HOME}{made.pk}/{deed}", sent())
    assert response.status_code == 404
    assert "This rule is not there any more, and nothing was changed." in text_of(response)
    assert f'href="{HOME}">See what is there now</a>' in response.content.decode()


def test_a_rule_being_applied_cannot_be_deleted(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    with household_context(household):
        RuleRun.objects.create(rule=made)
    response = member_client.post(f"{HOME}{made.pk}/delete/", follow=True)
    assert "is being applied just now" in text_of(response)
    with household_context(household):
        assert CategoryRule.objects.filter(pk=made.pk).exists()


def test_the_rules_of_another_household_are_not_there(
    member_client: Client, household: Household, other_household: Household
) -> None:
    with household_context(other_household):
        for number in range(3):
            theirs = rule(f"Theirs {number}", SHOP, note="n")
        foreign = occasion("theirs")
    for page in ("", "test/", "delete/"):
        assert member_client.get(f"{HOME}{theirs.pk}/{page}").status_code == 404
    assert "Theirs" not in text_of(member_client.get(HOME))
    response = member_client.post(f"{HOME}new/", sent(line(what="notes:contains", value="x"), occasion=foreign.pk))
    assert response.status_code == 422


def test_a_viewer_sees_rules_and_no_buttons(member_client: Client, household: Household, made: CategoryRule) -> None:
    Membership.objects.filter(household=household).update(role=Membership.Role.VIEWER)
    page = member_client.get(HOME).content.decode()
    assert "Shops" in page
    assert 'role="switch"' not in page
    assert "New rule" not in page
    assert member_client.post(f"{HOME}{made.pk}/disable/").status_code == 403


def test_the_list_asks_no_more_with_more_rules(member_client: Client, household: Household) -> None:
    member_client.get(HOME)  # what the shell shows is in the cache from now on
    counts = []
    for name in ("a", "bc"):
        with household_context(household):
            for one in name:
                rule(one, SHOP, ("amount", "more", "1"), bucket=bucket("groceries"), occasion=occasion("party"))
        with CaptureQueriesContext(connections["households"]) as queries:
            member_client.get(HOME)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_two_tabs_that_change_one_rule(member_client: Client, household: Household, made: CategoryRule) -> None:
    address = f"{HOME}{made.pk}/"
    opened = {"shown": member_client.get(address).context["shown"], "bucket": str(groceries(household))}
    asked = line(0, what="merchant:contains", value="Corner")
    assert member_client.post(address, sent(asked, name="One", **opened)).status_code == 302
    other = sent(line(0, what="merchant:contains", value="Other"), name="Other", **opened)
    for again in ("more/", "without/0/", "try/"):
        assert member_client.post(f"{address}{again}", other).context["shown"] == opened["shown"]
    refused = member_client.post(address, other)
    assert refused.status_code == 422
    assert "Somebody changed this rule after you opened this page" in refused.content.decode()
    with household_context(household):
        kept = CategoryRule.objects.get()
        assert (kept.name, kept.conditions.get().value) == ("One", "Corner")
    assert member_client.post(address, other | {"shown": refused.context["shown"]}).status_code == 302


def test_a_rule_that_was_applied_or_moved_meanwhile_can_still_be_kept(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    shown = member_client.get(f"{HOME}{made.pk}/").context["shown"]
    with household_context(household):
        CategoryRule.objects.filter(pk=made.pk).update(use_count=9, sort_order=4, is_enabled=False)
    filled = sent(line(0, what="merchant:contains", value="Corner"), bucket=groceries(household), shown=shown)
    assert member_client.post(f"{HOME}{made.pk}/", filled).status_code == 302
