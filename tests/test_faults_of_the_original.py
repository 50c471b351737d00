"""The faults of the single-user app that its inventory lists (§22), by number, each with what happens here instead.

Not here, for what they are about is not built yet: 4 and 26 for budgets, 13 (top merchants), 17 (several dashboards). Nor
what is shown elsewhere: 23 (writing while an import runs) in `tests/journeys/test_faults.py`, 25 (signing out ends
the session) in `tests/users/test_signing_in.py`.
"""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, connections, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.categorization import aliasing, rule_runs
from apps.categorization.conditions import UnreadableCondition, cleaned
from apps.categorization.merchants import namer
from apps.categorization.models import MerchantAlias, RuleCondition, RuleRun
from apps.categorization.rules import with_all
from apps.categorization.suggesting import suggest
from apps.core.clock import today_in
from apps.core.patterns import UnusablePattern
from apps.core.periods import Calendar, Month
from apps.households.models import Household
from apps.imports import rolling_back
from apps.imports.models import ImportFormat
from apps.imports.states import State
from apps.ledger import bucketing, journal, splitting, tagging
from apps.ledger.credit import next_due_date
from apps.ledger.filters import Filter
from apps.ledger.models import Account, Changeset, Revision, SavedFilter, Transaction, TransactionTag, Transfer
from apps.ledger.transfers import linking
from apps.reports.monthly_summary import monthly_summary
from apps.tenancy.context import household_context
from apps.tenancy.planes import LEDGER
from tests.categorization.making import bucket, rule
from tests.imports.bank import Line, bring_in, checking, ledger
from tests.ledger.entries import by_hand, delete_rows
from tests.planes import both_planes

pytestmark = both_planes
COFFEE: Line = ("11/03/2026", "STARBUCKS 0182", "-6.45")


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Chase Checking", currency="USD")


def split(row: Transaction, *parts: tuple[str, str]) -> None:
    with journal.deed(Changeset.Kind.EDIT) as deed:
        shares = [splitting.Part(bucket(value).pk, amount=Decimal(amount)) for value, amount in parts]
        splitting.split(Transaction.objects.filter(pk=row.pk), shares, deed=deed)


def test_1_nobody_sees_money_without_signing_in(client: Client, account: Account) -> None:
    for answer in (client.get("/h/ours/transactions/"), client.post("/h/ours/transactions/bulk/delete/")):
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_2_rules_run_over_rows_with_several_buckets(account: Account, household: Household) -> None:
    row = by_hand(account, "2026-11-01", "-30.00", "SHOP")
    split(row, ("dining", "10.00"), ("shopping", "20.00"))
    rule("All", ("description", "contains", "shop"), bucket=bucket("groceries"))
    run = rule_runs.order(None, overwrites=False, actor_id=None)
    rule_runs.do(household, run.pk)
    assert RuleRun.objects.get(pk=run.pk).state == RuleRun.State.DONE
    # The split is a person's, and stays.
    assert TransactionTag.objects.filter(transaction=row, amount__isnull=False).count() == 2


def test_3_a_split_counts_in_each_bucket_with_its_part(account: Account) -> None:
    split(by_hand(account, "2026-11-01", "-30.00"), ("dining", "10.00"), ("shopping", "20.00"))
    summary = monthly_summary(Month(2026, 11), currency="USD", today=datetime.date(2026, 11, 30))
    assert {one.value: one.amount for one in summary.buckets} == {"dining": Decimal(10), "shopping": Decimal(20)}


def test_5_a_rename_leaves_no_rule_or_filter_behind(account: Account) -> None:
    dining = bucket("dining")
    kept = rule("Cafés", ("description", "contains", "café"), bucket=dining)
    SavedFilter.objects.create(name="Eating", query="bucket=dining")
    row = by_hand(account, "2026-11-01", "-5.00")
    TransactionTag.objects.create(transaction=row, tag=dining)
    tagging.edit_tag(dining, tagging.Look("Eating out"), actor_id=None)
    assert str(with_all().get(pk=kept.pk).bucket) == "Eating out"
    found = Filter.parse(QueryDict(SavedFilter.objects.get().query)).apply(
        Transaction.objects.all(), calendar=Calendar(datetime.date(2026, 11, 22))
    )
    assert [one.pk for one in found] == [row.pk]


def test_6_an_import_is_rolled_back_and_a_format_goes_out_and_in(
    member_client: Client, household: Household, account: Account
) -> None:
    file = bring_in(household, account, checking([COFFEE]))
    rolling_back.order_roll_back(file)
    rolling_back.roll_back_file(household, file.pk)
    file.refresh_from_db()
    assert (file.state, ledger(account)) == (State.ROLLED_BACK, [])


def test_7_equal_rows_of_a_file_all_come_in_and_a_third_account_takes_them_too(
    household: Household, account: Account
) -> None:
    for name in ("Chase Checking", "Second", "Third"):
        where, _ = Account.objects.get_or_create(name=name, defaults={"currency": "USD"})
        assert bring_in(household, where, checking([COFFEE, COFFEE])).booked_count == 2
    again = bring_in(household, account, checking([COFFEE, COFFEE]))
    assert (again.booked_count, len(ledger(account))) == (0, 2)


@pytest.mark.parametrize("charset", ["utf-8-sig", "cp1252", "utf-16"])
def test_8_a_file_is_read_whatever_its_charset(household: Household, account: Account, charset: str) -> None:
    content = checking([("11/03/2026", "CAFÉ", "-6.45")]).decode().encode(charset)
    bring_in(household, account, content)
    assert ledger(account) == [("2026-11-03", "CAFÉ", Decimal("-6.45"))]


def test_9_a_bill_may_be_due_on_any_day(account: Account) -> None:
    account.due_day = 31
    account.save()
    assert next_due_date(31, datetime.date(2027, 2, 3)) == datetime.date(2027, 2, 28)
    with pytest.raises(IntegrityError), transaction.atomic(using=LEDGER):
        Account.objects.filter(pk=account.pk).update(due_day=32)


def test_10_an_account_with_a_space_in_its_name_stays_one(household: Household, account: Account) -> None:
    for line in (COFFEE, ("11/04/2026", "POWER", "-80.00")):
        bring_in(household, account, checking([line]))
    assert [(one.name, one.transactions.count()) for one in Account.objects.all()] == [("Chase Checking", 2)]


def test_11_no_link_dangles_and_no_id_comes_again(account: Account) -> None:
    savings = Account.objects.create(name="Savings", currency="USD")
    sent, received = by_hand(account, "2026-11-01", "-5.00"), by_hand(savings, "2026-11-01", "5.00")
    linking.link([(sent.pk, received.pk)], as_of=Revision.current(), actor_id=None)
    delete_rows(Transaction.objects.filter(pk=received.pk))
    assert not Transfer.objects.exists()
    assert by_hand(savings, "2026-11-02", "1.00").pk > received.pk
    with pytest.raises(IntegrityError), transaction.atomic(using=LEDGER):
        Transfer.objects.create(outgoing=sent, incoming=sent)


def test_12_an_import_asks_as_often_for_many_rows_as_for_few(household: Household, account: Account) -> None:
    bring_in(household, account, checking([("02/01/2026", "SHOP", "-1.00")]))  # an account without rows needs fewer
    counts = []
    for month, size in (("03", 3), ("04", 60)):
        lines = [(f"{month}/{day % 28 + 1:02}/2026", f"SHOP {day}", f"-{day + 1}.00") for day in range(size)]
        with CaptureQueriesContext(connections[LEDGER]) as captured:
            bring_in(household, account, checking(lines))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_14_a_field_that_must_be_there_is_asked_for(
    member_client: Client, account: Account, household: Household
) -> None:
    row = by_hand(account, "2026-11-01", "-5.00")
    answer = member_client.post(f"/h/ours/transactions/{row.pk}/edit/", {"amount": "", "date": "", "account": ""})
    assert answer.status_code == 422
    assert Transaction.objects.get(pk=row.pk).amount == Decimal(-5)


def test_15_there_is_one_format_of_a_shape(opened: Household) -> None:
    ImportFormat.objects.create(name="Bank", signature="abc", recipe={})
    with pytest.raises(IntegrityError), transaction.atomic(using=LEDGER):
        ImportFormat.objects.create(name="Other", signature="abc", recipe={})


def test_16_many_rows_are_reconciled_at_once(member_client: Client, household: Household) -> None:
    with household_context(household):
        where = Account.objects.create(name="Checking", currency="USD")
        rows = [by_hand(where, f"2026-11-0{day}", "-5.00") for day in range(1, 4)]
        ticks = [f"{row.pk}-{Revision.current()}" for row in rows]
    member_client.post("/h/ours/transactions/bulk/status/", {"row": ticks, "status": "matched"})
    with household_context(household):
        assert Transaction.objects.filter(status="matched").count() == 3


def test_18_a_pattern_that_would_run_away_cannot_and_case_does_not_count(account: Account) -> None:
    asked = RuleCondition(field="description", operator="regex", value="(a+)+$")
    assert cleaned(asked).value == "(a+)+$"  # RE2 takes time that grows with the text only
    for pattern in ("(a+)\\1", "(?=a)", "((a{1000}){1000}){1000}"):
        with pytest.raises(UnusablePattern):
            cleaned(RuleCondition(field="description", operator="regex", value=pattern))
    with pytest.raises(UnreadableCondition):
        cleaned(RuleCondition(field="description", operator="regex", value=" "))


def test_19_money_is_exact(account: Account) -> None:
    for amount in ("0.1", "0.2", "-0.3", "-33.333", "33.333"):
        by_hand(account, "2026-11-01", amount)
    summary = monthly_summary(Month(2026, 11), currency="USD", today=datetime.date(2026, 11, 30))
    assert (summary.money_in, summary.money_out, summary.net) == (Decimal("33.633"), Decimal("33.633"), Decimal(0))


def test_20_there_is_no_address_that_forgets_who_may_sign_in(client: Client) -> None:
    assert client.delete("/api/v1/auth/test-reset?confirm=RESET_USERS").status_code == 404


def test_21_a_correction_is_what_is_suggested_next(account: Account) -> None:
    rows = [by_hand(account, f"2026-11-0{day}", "-5.00", "STARBUCKS", merchant="Starbucks") for day in (1, 2)]
    with journal.deed(Changeset.Kind.EDIT) as deed:
        bucketing.set_bucket(Transaction.objects.filter(pk=rows[0].pk), bucket("shopping"), deed=deed)
    assert suggest([rows[1]])[rows[1].pk][0].bucket.value == "shopping"
    with pytest.raises(FieldDoesNotExist):
        Transaction._meta.get_field("category")


def test_22_a_count_is_a_whole_number(account: Account) -> None:
    TransactionTag.objects.create(transaction=by_hand(account, "2026-11-01", "-5.00"), tag=bucket("dining"))
    summary = monthly_summary(Month(2026, 11), currency="USD", today=datetime.date(2026, 11, 30))
    assert [type(one.row_count) for one in summary.buckets] == [int]


def test_24_rules_ask_as_often_for_many_rows_as_for_few(account: Account, household: Household) -> None:
    rule("All", ("description", "contains", "shop"), bucket=bucket("groceries"))
    counts = []
    for size in (2, 40):
        for number in range(size):
            by_hand(account, "2026-11-01", f"-{number + 1}", "SHOP")
        run = rule_runs.order(None, overwrites=False, actor_id=None)
        with CaptureQueriesContext(connections[LEDGER]) as captured:
            rule_runs.do(household, run.pk)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_25_who_signed_out_is_out_whoever_kept_the_cookie(member_client: Client, client: Client) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = member_client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/h/ours/").status_code == 200
    member_client.post("/accounts/logout/")
    assert client.get("/h/ours/").status_code == 302


def test_26_the_day_is_that_of_the_household(household: Household) -> None:
    # 25 hours lie between these two.
    assert today_in(ZoneInfo("Pacific/Kiritimati")) > today_in(ZoneInfo("Pacific/Pago_Pago"))
    assert household.zone.key == household.time_zone


def test_27_a_merchant_with_an_alias_keeps_its_history(household: Household, account: Account) -> None:
    file = bring_in(household, account, checking([COFFEE]))
    alias = MerchantAlias(pattern="starbucks", match="contains", merchant="My Coffee")
    aliasing.keep(alias, actor_id=1, renames_old=True)
    with journal.deed(Changeset.Kind.EDIT) as deed:
        bucketing.set_bucket(Transaction.objects.filter(changeset=file.changeset), bucket("shopping"), deed=deed)
    later = bring_in(household, account, checking([("11/20/2026", "STARBUCKS 9911", "-4.00")]))
    row = Transaction.objects.get(changeset=later.changeset)
    assert (row.merchant, row.bucket_source) == ("My Coffee", "history")
    assert TransactionTag.objects.get(transaction=row).tag.value == "shopping"


def test_28_of_equals_the_older_comes_first(account: Account) -> None:
    for merchant in ("First", "Second"):
        MerchantAlias.objects.create(pattern=f"shop{'' if merchant == 'First' else ' '}", merchant=merchant)
    named = namer()
    assert named is not None
    assert named.name_of("THE SHOP  X") == "First"
