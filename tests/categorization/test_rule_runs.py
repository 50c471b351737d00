"""Runs of rules over old rows: ordered once, done once, logged by rule and row, undone as one."""

import datetime
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from apps.categorization import rule_runs
from apps.categorization.errors import NothingToRun, RunGoingOn
from apps.categorization.models import CategoryRule, RuleHit, RuleRun
from apps.categorization.run_log import rules_of_row, rules_that_hit
from apps.households.models import Household
from apps.ledger import journal
from apps.ledger.models import Account, Reconciliation, SplitPart, SplitTemplate, Transaction
from apps.tenancy.context import HouseholdLike, household_context
from tests.categorization.making import bucket, ledger_bytes, rule, tags_of
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

HOME = "/h/ours/rules/"
SHOP = ("description", "contains", "shop")


@pytest.fixture
def rows(household: Household) -> list[int]:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        return [by_hand(account, "2026-11-01", "-20.00", text).pk for text in ("SHOP", "SHOP", "RENT")]


@pytest.fixture
def made(household: Household, rows: list[int]) -> CategoryRule:
    with household_context(household):
        return rule("Shops", SHOP, bucket=bucket("groceries"))


def ordered(household: Household, one: CategoryRule | None = None) -> RuleRun:
    """By the household's owner."""
    owner_id = household.memberships.get().user_id
    with household_context(household):
        return rule_runs.order(one, overwrites=False, actor_id=owner_id)


def fresh(household: Household, run: RuleRun) -> RuleRun:
    with household_context(household):
        return RuleRun.objects.select_related("changeset").get(pk=run.pk)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_run_is_ordered_by_a_click_and_done_by_its_job(
    member_client: Client, household: Household, rows: list[int], made: CategoryRule, commit: Any
) -> None:
    with commit():
        response = member_client.post(f"{HOME}apply/")
    with household_context(household):
        run = RuleRun.objects.get()
    assert response.headers["Location"] == f"{HOME}runs/{run.pk}/"
    assert Household.objects.get(pk=household.pk).work_ordered_at is not None
    waiting = text_of(member_client.get(f"{HOME}runs/{run.pk}/"))
    assert "of 3 rows" in waiting
    rule_runs.do(household, run.pk)
    shown = text_of(member_client.get(f"{HOME}runs/{run.pk}/"))
    assert "2 rows of 3 were changed." in shown
    assert "Shops 2" in shown
    assert "2 rows changed" in text_of(member_client.get(f"{HOME}runs/"))
    assert "2 rows" in text_of(member_client.get(HOME))


def test_a_run_is_logged_by_rule_and_row(household: Household, rows: list[int], made: CategoryRule) -> None:
    with household_context(household):
        second = rule("Notes", ("amount", "is", "20"), note="twenty")
    run = ordered(household)
    rule_runs.do(household, run.pk)
    done = fresh(household, run)
    assert (done.state, done.changed_count, done.row_count, done.error) == ("done", 3, 3, "")
    with household_context(household):
        hits = list(RuleHit.objects.order_by("rule_id", "transaction_id").values_list("rule_id", "transaction_id"))
        assert hits == [(made.pk, rows[0]), (made.pk, rows[1]), *((second.pk, row) for row in rows)]
        assert [(one.name, one.row_count) for one in rules_that_hit(done)] == [("Notes", 3), ("Shops", 2)]
        assert [hit.rule_name for hit in rules_of_row(rows[0])] == ["Notes", "Shops"]
        assert list(CategoryRule.objects.values_list("use_count", "last_used_at")) == [
            (2, done.finished_at),
            (3, done.finished_at),
        ]
        assert done.changeset is not None
        assert (done.changeset.kind, done.changeset.note) == ("rules", "All rules")
    assert done.changeset.actor_id == household.memberships.get().user_id


def test_delivered_twice_it_is_done_once(household: Household, made: CategoryRule) -> None:
    run = ordered(household)
    rule_runs.do(household, run.pk)
    first = fresh(household, run)
    rule_runs.do(household, run.pk)
    with household_context(household):
        assert RuleRun.objects.count() == 1
        assert CategoryRule.objects.get().use_count == 2
    assert fresh(household, run).finished_at == first.finished_at


def test_one_rule_is_applied_alone(household: Household, rows: list[int], made: CategoryRule) -> None:
    with household_context(household):
        rule("Rent", ("description", "is", "rent"), bucket=bucket("housing"))
    rule_runs.do(household, ordered(household, made).pk)
    with household_context(household):
        assert [tags_of(row) for row in rows] == [[("groceries", None)], [("groceries", None)], []]


def test_undoing_a_run_restores_the_ledger_and_keeps_the_log(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    with household_context(household):
        before = ledger_bytes()
    run = ordered(household)
    rule_runs.do(household, run.pk)
    done = fresh(household, run)
    member_client.post(f"/h/ours/history/{done.changeset_id}/undo/")
    with household_context(household):
        assert ledger_bytes() == before
        assert RuleHit.objects.count() == 2
        assert rules_of_row(RuleHit.objects.all()[0].transaction_id) == []
    assert "This was undone." in text_of(member_client.get(f"{HOME}runs/{run.pk}/"))


def test_a_second_click_is_told_and_orders_nothing(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    ordered(household)
    response = member_client.post(f"{HOME}{made.pk}/apply/", follow=True)
    assert "Rules are being applied already" in text_of(response)
    with household_context(household):
        assert RuleRun.objects.count() == 1
        with pytest.raises(RunGoingOn):
            rule_runs.order(None, overwrites=False, actor_id=None)


def test_a_rule_that_is_off_and_no_rule_at_all_are_told(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    member_client.post(f"{HOME}{made.pk}/disable/")
    assert "“Shops” is switched off" in text_of(member_client.post(f"{HOME}{made.pk}/apply/", follow=True))
    assert "No rule is switched on" in text_of(member_client.post(f"{HOME}apply/", follow=True))
    assert "No rule is switched on" in text_of(member_client.get(f"{HOME}apply/"))
    with household_context(household):
        assert not RuleRun.objects.exists()
        with pytest.raises(NothingToRun):
            rule_runs.order(None, overwrites=False, actor_id=None)


def test_a_rule_switched_off_after_the_order_ends_the_run_with_a_sentence(
    member_client: Client, household: Household, made: CategoryRule
) -> None:
    run = ordered(household, made)
    member_client.post(f"{HOME}{made.pk}/disable/")
    rule_runs.do(household, run.pk)
    assert fresh(household, run).state == "failed"
    assert "“Shops” is switched off" in text_of(member_client.get(f"{HOME}runs/{run.pk}/"))


def test_what_goes_wrong_leaves_nothing_and_frees_the_next_run(
    household: Household, rows: list[int], made: CategoryRule
) -> None:
    run = ordered(household)
    with household_context(household):
        before = ledger_bytes()
        RuleHit.objects.create(run=run, transaction_id=rows[0], rule_id=made.pk, rule_name="in the way of the log")
    with pytest.raises(IntegrityError):
        rule_runs.do(household, run.pk)
    assert (fresh(household, run).state, fresh(household, run).error) == ("failed", rule_runs.FAILED)
    with household_context(household):
        assert ledger_bytes() == before
    rule_runs.do(household, ordered(household).pk)


def test_a_run_that_no_job_has_done_is_sent_again_once_a_minute(household: Household, made: CategoryRule) -> None:
    run = ordered(household)
    cache.clear()
    with household_context(household):
        assert rule_runs.take_due(household) == []
        RuleRun.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=2))
        assert rule_runs.take_due(household) == [run]
        assert rule_runs.take_due(household) == []
    rule_runs.do(household, run.pk)
    with household_context(household):
        assert RuleRun.objects.get().changed_count == 2


def test_a_run_that_was_never_done_is_given_up_after_an_hour(household: Household, made: CategoryRule) -> None:
    run = ordered(household)
    with household_context(household):
        RuleRun.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=61))
        before = ledger_bytes()
    rule_runs.do(household, run.pk)
    done = fresh(household, run)
    assert (done.state, "not done within an hour" in done.error) == ("failed", True)
    with household_context(household):
        assert ledger_bytes() == before


def test_rules_that_cannot_be_applied_are_passed_over_and_named(household: Household, rows: list[int]) -> None:
    with household_context(household):
        template = SplitTemplate.objects.create(name="Half")
        SplitPart.objects.create(template=template, tag=bucket("housing"), percent=50)
        rule("Broken", SHOP, split_template=template)
        rule("Shops", SHOP, bucket=bucket("groceries"))
    run = ordered(household)
    rule_runs.do(household, run.pk)
    done = fresh(household, run)
    assert done.error.startswith("Rule “Broken” was passed over. The percentages make 50 of 100")
    with household_context(household):
        assert tags_of(rows[0]) == [("groceries", None)]


def test_locked_rows_that_kept_their_status_are_counted(household: Household, rows: list[int]) -> None:
    with household_context(household):
        account = Account.objects.get()
        lock = Reconciliation.objects.create(account=account, statement_date="2026-11-30", statement_balance=0)
        Transaction.objects.filter(pk=rows[0]).update(reconciliation=lock)
        rule("Ignore", SHOP, ignores=True)
    run = ordered(household)
    rule_runs.do(household, run.pk)
    assert fresh(household, run).error.startswith("1 row is locked by a reconciled statement and kept the status")
    with household_context(household):
        assert Transaction.objects.filter(status="ignored").count() == 1


def test_the_progress_is_seen_outside_of_the_runs_transaction(household: Household, made: CategoryRule) -> None:
    with household_context(household):
        rule("Second", SHOP, note="n")
    run = ordered(household)
    assert rule_runs.progress(household, run) is None
    rule_runs.do(household, run.pk)
    assert rule_runs.progress(household, run) == (2, 2)


def test_the_run_of_another_household_is_not_there(
    member_client: Client, household: Household, other_household: HouseholdLike, made: CategoryRule
) -> None:
    with household_context(other_household):
        for number in range(3):
            rule(f"Theirs {number}", SHOP, note="n")
            theirs = RuleRun.objects.create(state="done")
    assert member_client.get(f"{HOME}runs/{theirs.pk}/").status_code == 404
    assert "Nothing yet" in text_of(member_client.get(f"{HOME}runs/"))
    run = ordered(household)
    rule_runs.do(household, run.pk)
    for query in ("?rule=x", "?rule=99999999999999999999", "?page=x", "?rule=0"):
        assert member_client.get(f"{HOME}runs/{run.pk}/{query}").status_code == 200


def test_a_deleted_rule_stays_in_the_log(member_client: Client, household: Household, made: CategoryRule) -> None:
    run = ordered(household)
    rule_runs.do(household, run.pk)
    member_client.post(f"{HOME}{made.pk}/delete/")
    assert "Shops deleted since" in text_of(member_client.get(f"{HOME}runs/{run.pk}/"))
    with household_context(household):
        assert journal.undo(fresh(household, run).changeset_id or 0, actor_id=None).conflicts == []


@pytest.mark.urls("config.urls_household")
def test_a_row_says_which_rules_changed_it(household: Household, rows: list[int], made: CategoryRule) -> None:
    run = ordered(household)
    rule_runs.do(household, run.pk)
    said = Template("{% load categorization %}{% rules_of row %}")
    with household_context(household):
        told = re.sub(r"<[^>]+>", "", said.render(Context({"row": rows[0]})))
        assert told.startswith("Rule Shops, ")
        assert said.render(Context({"row": rows[2]})).strip() == ""
