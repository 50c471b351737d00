"""Rules, runs, aliases and the review queue in a household of which somebody does not see all accounts."""

import re

import pytest
from django.test import Client

from apps.categorization import aliasing, rule_runs, rules
from apps.categorization.models import CategoryRule, MerchantAlias, RuleCondition, RuleHit
from apps.categorization.reviewing import waiting
from apps.households.models import Household
from apps.ledger import journal
from apps.ledger.models import Changeset, Tag, Transaction
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.households.people import browser
from tests.ledger.entries import by_hand
from tests.ledger.families import SECRET, Family, family, fill
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def ours(household: Household, owner: User) -> Family:
    found = family(household, owner)
    fill(found)
    return found


@pytest.fixture
def anns(ours: Family) -> Client:
    return browser(ours.ann)


@pytest.fixture
def bobs(ours: Family) -> Client:
    return browser(ours.bob)


def rule_of(ours: Family, name: str, *, of_card: bool) -> CategoryRule:
    """Bakeries are dining, or all that is on the card."""
    with household_context(ours.household):
        dining = Tag.objects.get(namespace="bucket", value="dining")
        rule = CategoryRule.objects.create(name=name, matches_all=False, bucket=dining)
        RuleCondition.objects.create(rule=rule, field="merchant", operator="contains", value="BAKERY")
        if of_card:
            RuleCondition.objects.create(rule=rule, field="account", operator="is", account=ours.card)
    return rule


def bakeries(ours: Family, *, on_card: int = 0) -> Transaction:
    """The row that all see, beside so many on the card."""
    with household_context(ours.household):
        for day in range(1, on_card + 1):
            by_hand(ours.card, f"2026-10-{day:02}", "-1.00", "BAKERY", merchant="BAKERY")
        return by_hand(ours.joint, "2026-11-07", "-9.00", "BAKERY", merchant="BAKERY")


def bob_runs(ours: Family, rule: CategoryRule | None) -> int:
    with household_context(ours.household, person_id=ours.bob.pk):
        pk = rule_runs.order(rule, overwrites=True, actor_id=ours.bob.pk).pk
    rule_runs.do(ours.household, pk)
    return pk


def test_a_rule_about_a_hidden_account_stays_hidden_when_it_is_deleted(ours: Family, anns: Client) -> None:
    with household_context(ours.household, person_id=ours.bob.pk):
        rule = CategoryRule.objects.get(name=f"Rule {SECRET}")
        changeset = rules.delete(rule, actor_id=ours.bob.pk)
    assert changeset is not None
    told = anns.get(f"/h/ours/history/{changeset.pk}/").content.decode()
    assert SECRET not in told
    assert SECRET not in anns.get("/h/ours/history/").content.decode()
    with household_context(ours.household, person_id=ours.bob.pk):
        journal.undo(changeset.pk, actor_id=ours.bob.pk)
        assert CategoryRule.objects.get(name=f"Rule {SECRET}").conditions.get().account_id == ours.card.pk


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_rule_about_a_hidden_account_is_named_nowhere(
    ours: Family, anns: Client, bobs: Client, is_deleted: bool
) -> None:
    """Nor at the rows that all see; there is nothing of its run but the deed without a name."""
    row, rule = bakeries(ours), rule_of(ours, "Mistress card or bakery", of_card=True)
    run = bob_runs(ours, rule)
    if is_deleted:
        with household_context(ours.household, person_id=ours.bob.pk):
            rules.delete(rule, actor_id=ours.bob.pk)
    pages = (f"transactions/{row.pk}/", "history/", "rules/", f"rules/runs/{run}/", "rules/runs/")
    named = {page: "Mistress" in anns.get(f"/h/ours/{page}").content.decode() for page in pages}
    assert not any(named.values()), named
    assert "Mistress" in bobs.get(f"/h/ours/transactions/{row.pk}/").content.decode()


def test_the_note_of_a_run_is_without_the_name_although_all_that_it_changed_is_seen(ours: Family, anns: Client) -> None:
    with household_context(ours.household):
        Transaction.objects.filter(account=ours.card).update(description="")
        row = by_hand(ours.joint, "2026-11-07", "-9.00", "BAKERY", merchant="BAKERY")
        rule = CategoryRule.objects.create(name="Mistress card or bakery", matches_all=False, merchant="Bakery")
        RuleCondition.objects.create(rule=rule, field="account", operator="is", account=ours.card)
        RuleCondition.objects.create(rule=rule, field="merchant", operator="contains", value="BAKERY")
        Transaction.objects.filter(account=ours.card).update(merchant="Bakery")
    bob_runs(ours, rule)
    with household_context(ours.household, person_id=ours.ann.pk):
        changeset = Changeset.objects.filter(kind=Changeset.Kind.RULES).latest("pk")
        assert (changeset.note, changeset.row_count) == ("A rule", 1)
        assert Transaction.objects.get(pk=row.pk).merchant == "Bakery"
    assert "Mistress" not in anns.get("/h/ours/history/").content.decode()


def test_the_log_of_a_deleted_rule_is_told_to_who_saw_the_rule(ours: Family, anns: Client) -> None:
    row, rule = bakeries(ours), rule_of(ours, "Bread", of_card=False)
    bob_runs(ours, rule)
    with household_context(ours.household, person_id=ours.bob.pk):
        rules.delete(rule, actor_id=ours.bob.pk)
    assert "Bread" in anns.get(f"/h/ours/transactions/{row.pk}/").content.decode()


def test_a_run_is_counted_by_the_rows_that_the_reader_sees(ours: Family, anns: Client, bobs: Client) -> None:
    bakeries(ours, on_card=13)
    run = bob_runs(ours, rule_of(ours, "Bread", of_card=False))
    hers, his = (who.get(f"/h/ours/rules/runs/{run}/").context["run"] for who in (anns, bobs))
    with household_context(ours.household):
        everything = Transaction.objects.count()
    assert (hers.changed_count, hers.row_count) == (1, None)
    assert (his.changed_count, his.row_count) == (14, everything)
    for page, told in ((anns, "1 row changed"), (bobs, "14 rows changed")):
        assert told in page.get("/h/ours/rules/runs/").content.decode()
    for page, count in ((anns, 1), (bobs, 14)):
        listed = [rule for group in page.get("/h/ours/rules/").context["groups"] for rule in group.rules]
        assert next(rule for rule in listed if rule.name == "Bread").use_count == count


def test_a_run_that_changed_nothing_tells_nobody_else_how_many_rows_there_are(ours: Family, anns: Client) -> None:
    with household_context(ours.household):
        CategoryRule.objects.update(note="")
    run = bob_runs(ours, None)
    page = anns.get(f"/h/ours/rules/runs/{run}/")
    assert page.context["run"].row_count is None
    assert "No row that you see was changed." in page.content.decode()


def test_how_often_an_alias_was_used_is_told_to_who_sees_all(ours: Family, anns: Client, bobs: Client) -> None:
    with household_context(ours.household):
        for day in range(1, 14):
            by_hand(ours.card, f"2026-10-{day:02}", "-1.00", "CORNER SHOP 77")
    with household_context(ours.household, person_id=ours.bob.pk):
        alias = MerchantAlias(pattern="CORNER SHOP", match="contains", merchant="Corner shop")
        aliasing.keep(alias, actor_id=ours.bob.pk, renames_old=True)
    told = [re.sub(r"\s+", " ", who.get("/h/ours/merchants/").content.decode()) for who in (bobs, anns)]
    assert ["13, last" in text for text in told] == [True, False]
    assert ["Rows renamed" in text for text in told] == [True, False]


def test_an_alias_of_what_is_only_on_a_hidden_account_is_hidden(ours: Family, anns: Client, bobs: Client) -> None:
    with household_context(ours.household):
        row = by_hand(ours.card, "2026-10-01", "-1.00", "STRIP CLUB 77")
        by_hand(ours.card, "2026-10-02", "-1.00", "CORNER SHOP 1")
        by_hand(ours.joint, "2026-10-02", "-1.00", "CORNER SHOP 2")
    for pattern in ("STRIP CLUB", "CORNER SHOP"):
        sent = {"pattern": pattern, "match": "contains", "merchant": "Place", "priority": 0, "renames_old": "on"}
        assert bobs.post("/h/ours/merchants/aliases/new/", sent).status_code == 302
    with household_context(ours.household):
        deeds = Changeset.objects.filter(kind=Changeset.Kind.MERCHANTS).values_list("pk", flat=True)
        pages = ("merchants/", "history/", *(f"history/{deed}/" for deed in deeds))
        assert Transaction.objects.get(pk=row.pk).merchant == "Place"
    hers, his = ("".join(who.get(f"/h/ours/{page}").content.decode() for page in pages) for who in (anns, bobs))
    assert ("STRIP CLUB" in hers, "CORNER SHOP" in hers, "STRIP CLUB" in his) == (False, True, True)
    # She may say what she likes of the same text.
    sent = {"pattern": "STRIP CLUB", "match": "contains", "merchant": "Hardware", "priority": 0}
    assert anns.post("/h/ours/merchants/aliases/new/", sent).status_code == 302


def test_putting_her_rules_in_order_leaves_hidden_rules_where_they_are(ours: Family) -> None:
    with household_context(ours.household):
        CategoryRule.objects.all().delete()
        tag = Tag.objects.get(namespace="bucket", value="dining")
        second = CategoryRule.objects.create(name="Second", bucket=tag, sort_order=1)
        hidden = CategoryRule.objects.create(name="Hidden", bucket=tag, sort_order=2)
        fourth = CategoryRule.objects.create(name="Fourth", bucket=tag, sort_order=3)
        RuleCondition.objects.create(rule=hidden, field="account", operator="is", account=ours.card)
        CategoryRule.objects.create(name="First", bucket=tag, sort_order=0)
    for order in ([second.pk, fourth.pk], [fourth.pk, second.pk]):
        with household_context(ours.household, person_id=ours.ann.pk):
            rules.arrange(order)
        with household_context(ours.household):
            assert [*CategoryRule.objects.values_list("name", flat=True)][::2] == ["First", "Hidden"]
            assert [*CategoryRule.objects.filter(pk__in=order).values_list("pk", flat=True)] == order


def test_all_aliases_are_applied_to_what_she_may_change(ours: Family) -> None:
    with household_context(ours.household):
        for account in (ours.savings, ours.joint):
            by_hand(account, "2026-11-15", "-3.00", "BAKERY 1")
        MerchantAlias.objects.create(pattern="BAKERY", match="contains", merchant="Bakery")
    with household_context(ours.household, person_id=ours.ann.pk):
        assert [one.row_count for one in aliasing.renamings()] == [1]
        aliasing.apply_all(actor_id=ours.ann.pk)
    with household_context(ours.household):
        assert ours.joint.transactions.filter(merchant="Bakery").count() == 1
        assert not ours.savings.transactions.filter(merchant="Bakery").exists()


def test_her_review_queue_holds_what_she_can_answer(ours: Family) -> None:
    with household_context(ours.household):
        Transaction.objects.update(needs_review=True)
    with household_context(ours.household, person_id=ours.ann.pk):
        assert {row.account_id for row in waiting()} == {ours.joint.pk}


def test_the_log_of_rules_is_written_only_at_rows_that_she_may_change(ours: Family) -> None:
    with household_context(ours.household, person_id=ours.ann.pk):
        assert RuleHit.objects.filter(rule_name="Rule SEEN").count() == 1
        assert RuleHit.objects.filter(rule_name="Rule SEEN").update(rule_name="x") == 0
        assert RuleHit.objects.filter(rule_name="Rule OPEN").update(rule_name="x") == 1


def test_why_a_run_failed_is_told_to_who_ordered_it(ours: Family, anns: Client, bobs: Client) -> None:
    rule = rule_of(ours, "Mistress card", of_card=True)
    with household_context(ours.household, person_id=ours.bob.pk):
        run = rule_runs.order(rule, overwrites=True, actor_id=ours.bob.pk).pk
        rules.switch(rule, on=False)
    rule_runs.do(ours.household, run)
    with household_context(ours.household, person_id=ours.bob.pk):
        rules.delete(rule, actor_id=ours.bob.pk)
    hers, his = (who.get(f"/h/ours/rules/runs/{run}/").content.decode() for who in (anns, bobs))
    assert ("Mistress" in hers, "It was not done" in hers, "Mistress" in his) == (False, True, True)
