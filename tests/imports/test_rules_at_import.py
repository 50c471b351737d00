"""Rules are asked of the rows that a file brings, as they come in."""

import re
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.categorization.models import CategoryRule, RuleHit, RuleRun
from apps.households.models import Household
from apps.imports.rolling_back import conflicts, order_roll_back, roll_back_file
from apps.ledger.models import Account, Change, SplitPart, SplitTemplate, Transaction
from apps.tenancy.context import household_context
from tests.categorization.making import bucket, ledger_bytes, rule, tags_of
from tests.imports.bank import bring_in, checking
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

LINES = [
    ("11/01/2026", "TRADER JOES 12", "-10.00"),
    ("11/02/2026", "TRADER JOES 7", "-11.00"),
    ("11/03/2026", "X", "-1.00"),
]


@pytest.fixture
def account(household: Household) -> Account:
    with household_context(household):
        return Account.objects.create(name="Checking", kind=Account.Kind.CHECKING, currency="USD")


def joes(**does: Any) -> CategoryRule:
    return rule("Joe’s", ("description", "contains", "trader joes"), **does)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_rule_names_the_bucket_of_what_comes_in_and_of_nothing_else(household: Household, account: Account) -> None:
    with household_context(household):
        old = by_hand(account, "2026-10-01", "-5.00", "TRADER JOES 1")
        made = joes(bucket=bucket("healthcare"), note="weekly")
        file = bring_in(household, account, checking(LINES))
        brought = Transaction.objects.filter(changeset=file.changeset_id).order_by("date")
        assert [tags_of(row.pk) for row in brought[:2]] == [[("healthcare", None)]] * 2
        assert [(row.bucket_source, row.notes) for row in brought[:2]] == [("rule", "weekly")] * 2
        assert (tags_of(old.pk), Transaction.objects.get(pk=old.pk).notes) == ([], "")
        run = RuleRun.objects.get()
        assert (run.state, run.changeset_id, run.changed_count, run.row_count) == ("done", file.changeset_id, 2, 3)
        assert set(RuleHit.objects.values_list("rule_id", "transaction_id")) == {
            (made.pk, row.pk) for row in brought[:2]
        }
        made.refresh_from_db()
        assert made.use_count == 2


def test_an_import_without_a_hit_has_no_run(household: Household, account: Account) -> None:
    with household_context(household):
        rule("Else", ("description", "contains", "nowhere"), note="n")
        off = joes(note="n")
        off.is_enabled = False
        off.save()
        bring_in(household, account, checking(LINES))
        assert not RuleRun.objects.exists()


def test_rules_are_no_conflict_when_the_import_is_rolled_back(household: Household, account: Account) -> None:
    with household_context(household):
        joes(bucket=bucket("healthcare"), note="weekly")
        before = ledger_bytes()
        file = bring_in(household, account, checking(LINES))
        assert not Change.objects.exists()
        assert not conflicts(file).exists()
        order_roll_back(file)
    roll_back_file(household, file.pk)
    with household_context(household):
        assert ledger_bytes() == before


def test_a_rule_that_cannot_be_applied_does_not_stop_the_import(household: Household, account: Account) -> None:
    with household_context(household):
        template = SplitTemplate.objects.create(name="Half")
        SplitPart.objects.create(template=template, tag=bucket("housing"), percent=50)
        joes(split_template=template)
        file = bring_in(household, account, checking(LINES))
        assert (file.state, file.booked_count) == ("booked", 3)
        assert "Rule “Joe’s” was passed over" in RuleRun.objects.get().error


def test_the_result_page_says_which_rule_named_how_many(
    member_client: Client, household: Household, account: Account
) -> None:
    with household_context(household):
        joes(bucket=bucket("healthcare"))
        file = bring_in(household, account, checking(LINES))
        run = RuleRun.objects.get()
    shown = text_of(member_client.get(f"/h/ours/imports/{file.pk}/"))
    assert "By your rules Joe’s · 2 rows" in shown
    assert "It is undone with the import itself." in text_of(member_client.get(f"/h/ours/rules/runs/{run.pk}/"))


def test_without_rules_an_import_asks_one_query_more_and_with_rules_none_a_row(
    household: Household, account: Account
) -> None:
    with household_context(household):
        joes(bucket=bucket("healthcare"), note="n", merchant="Joe")
        counts = []
        for month, number in ((1, 1), (2, 30)):
            lines = [(f"{month:02}/{1 + day % 28:02}/2026", f"TRADER JOES {day}", "-1.00") for day in range(number)]
            with CaptureQueriesContext(connections["households"]) as queries:
                bring_in(household, account, checking(lines))
            counts.append(sum("ledger_transactiontag" in query["sql"] for query in queries))
        assert counts[0] == counts[1]
