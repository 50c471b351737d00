"""Two accounts become one, whatever refers to them, and undoing it restores every byte."""

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.categorization.models import CategoryRule, RuleCondition
from apps.households.models import Household
from apps.imports.models import AccountHint, ImportFile
from apps.ledger import journal
from apps.ledger.merging_accounts import CannotMerge, Opening, merge, preview
from apps.ledger.models import Account, Changeset, Reconciliation, Revision, SavedFilter, StatedBalance, Transaction
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.imports.bank import balanced, bring_in, ledger
from tests.ledger.entries import by_hand, link
from tests.planes import both_planes

pytestmark = both_planes

NOVEMBER = [("11/01/2026", "A", "-1.00"), ("11/02/2026", "B", "-2.00")]
DECEMBER = [("12/01/2026", "C", "-4.00"), ("12/02/2026", "D", "-8.00")]


@pytest.fixture
def going(household: Household) -> Account:
    with household_context(household):
        return Account.objects.create(name="Old checking", currency="USD", opening_balance=Decimal(100))


@pytest.fixture
def staying(household: Household) -> Account:
    with household_context(household):
        return Account.objects.create(name="Checking", currency="USD", opening_balance=Decimal(20))


def image() -> dict[str, list[dict[str, Any]]]:
    """Every row of the household that money or accounts are in."""
    labels = ("ledger", "imports", "categorization")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    left = {"Changeset", "Change", "Revision"}
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in models
        if model.__name__ not in left
    }


def do(going: Account, staying: Account, opening: Opening = Opening.BOTH) -> Changeset:
    changeset = merge(going, staying, opening=opening, as_of=Revision.current(), actor_id=1)
    assert changeset is not None
    return changeset


def test_everything_that_refers_to_the_account_moves_and_comes_back(
    opened: Household, going: Account, staying: Account
) -> None:
    bring_in(opened, going, balanced(NOVEMBER))
    bring_in(opened, staying, balanced(DECEMBER, opening="97.00"))
    AccountHint.objects.create(account=going, format="ofx", hint="1234")
    rule = CategoryRule.objects.create(name="Rent")
    RuleCondition.objects.create(rule=rule, field="account", operator="is", account=going)
    Reconciliation.objects.create(account=going, statement_date="2026-11-02", statement_balance=97)
    before = image()
    changeset = do(going, staying)
    assert (changeset.kind, changeset.note) == ("account", "Old checking merged into Checking")
    for relation in Account._meta.related_objects:
        held = relation.related_model._meta.base_manager.values_list(relation.field.attname, flat=True)
        assert set(held) - {None} == {staying.pk}, relation.related_model
    assert list(Account.objects.all()) == [staying]
    assert [text for _, text, _ in ledger(staying)] == ["A", "B", "C", "D"]
    journal.undo(changeset.pk, actor_id=1)
    assert image() == before


def test_every_kind_of_reference_is_among_those_tested() -> None:
    assert {relation.related_model for relation in Account._meta.related_objects} == {
        AccountHint,
        ImportFile,
        Reconciliation,
        RuleCondition,
        StatedBalance,
        Transaction,
    }


def test_what_both_have_and_may_be_there_once_stays_once(opened: Household, going: Account, staying: Account) -> None:
    for account in (going, staying):
        AccountHint.objects.create(account=account, format="ofx", hint="1234")
        Reconciliation.objects.create(account=account, statement_date="2026-11-02", statement_balance=account.pk)
        Reconciliation.objects.create(
            account=account, statement_date="2026-10-02", statement_balance=1, locked_at="2026-10-03T00:00Z"
        )
    AccountHint.objects.create(account=going, format="ofx", hint="5678")
    before = image()
    changeset = do(going, staying)
    assert list(AccountHint.objects.order_by("hint").values_list("hint", flat=True)) == ["1234", "5678"]
    assert Reconciliation.objects.get(locked_at=None).statement_balance == staying.pk
    assert Reconciliation.objects.exclude(locked_at=None).count() == 2
    journal.undo(changeset.pk, actor_id=1)
    assert image() == before


def test_saved_filters_show_the_account_that_has_the_rows_now(
    opened: Household, going: Account, staying: Account
) -> None:
    other = Account.objects.create(name="Other", currency="USD")
    names = f"q=rent&account={going.pk}&account={staying.pk}&account_not={going.pk}"
    for name, query in (("One", names), ("Two", f"account={other.pk}&amount_min={going.pk}"), ("Three", "q=x")):
        SavedFilter.objects.create(name=name, query=query)
    before = image()
    changeset = do(going, staying)
    assert list(SavedFilter.objects.order_by("pk").values_list("query", flat=True)) == [
        f"q=rent&account={staying.pk}&account_not={staying.pk}",
        f"account={other.pk}&amount_min={going.pk}",
        "q=x",
    ]
    journal.undo(changeset.pk, actor_id=1)
    assert image() == before


@pytest.mark.parametrize(("opening", "amount"), [(Opening.BOTH, 120), (Opening.STAYING, 20), (Opening.GOING, 100)])
def test_the_opening_balance_is_what_the_person_says(
    opened: Household, going: Account, staying: Account, opening: Opening, amount: int
) -> None:
    assert preview(going, staying).openings[opening] == amount
    do(going, staying, opening)
    assert Account.objects.get().opening_balance == amount


def test_rows_that_look_alike_are_counted_and_none_is_dropped(
    opened: Household, going: Account, staying: Account
) -> None:
    for account, texts in ((going, ["Shop", "Shop", "SHOP ", "Bakery"]), (staying, ["shop", " Shop", "Butcher"])):
        for text in texts:
            by_hand(account, "2026-11-01", "-5", text)
    by_hand(staying, "2026-11-02", "-5", "Bakery")
    shown = preview(going, staying)
    assert (shown.row_count, shown.alike_count) == (4, 2)
    assert [(one.amount, one.count) for one in shown.examples] == [(Decimal(-5), 2)]
    do(going, staying)
    assert Transaction.objects.filter(account=staying).count() == 8


def test_two_currencies_do_not_become_one(opened: Household, going: Account) -> None:
    euros = Account.objects.create(name="Konto", currency="EUR")
    with pytest.raises(CannotMerge, match="only accounts of one currency can become one"):
        preview(going, euros)
    with pytest.raises(CannotMerge, match="only accounts of one currency can become one"):
        do(going, euros)
    assert Account.objects.count() == 2


def test_an_account_is_not_merged_into_itself(opened: Household, going: Account) -> None:
    with pytest.raises(CannotMerge, match="into itself"):
        do(going, going)


def test_rows_that_a_statement_has_locked_do_not_move(opened: Household, going: Account, staying: Account) -> None:
    statement = Reconciliation.objects.create(
        account=going, statement_date="2026-11-02", statement_balance=97, locked_at="2026-11-03T00:00Z"
    )
    by_hand(going, "2026-11-01", "-3", reconciliation=statement)
    before = image()
    with pytest.raises(CannotMerge, match="1 row of “Old checking” is locked by a reconciled statement"):
        do(going, staying)
    assert image() == before
    do(staying, going)
    assert Account.objects.get() == going


def test_the_page_shows_what_it_does_and_then_does_it(
    member_client: Client, household: Household, going: Account, staying: Account
) -> None:
    with household_context(household):
        by_hand(going, "2026-11-01", "-5")
        by_hand(staying, "2026-11-01", "-5")
    address = f"/h/ours/accounts/{going.pk}/merge/"
    assert member_client.get(address).context["target"].is_bound is False
    page = member_client.get(f"{address}?into={staying.pk}")
    assert page.context["preview"].alike_count == 1
    sent = {"opening": "going", "as_of": page.context["revision"]}
    answer = member_client.post(f"{address}?into={staying.pk}", sent)
    assert answer.headers["Location"] == f"/h/ours/accounts/{staying.pk}/"
    with household_context(household):
        assert Account.objects.get().opening_balance == 100
        assert Transaction.objects.filter(account=staying).count() == 2
        changeset = Changeset.objects.get(kind="account")
    assert member_client.get(f"/h/ours/history/{changeset.pk}/").status_code == 200
    member_client.post(f"/h/ours/history/{changeset.pk}/undo/")
    assert member_client.get(f"/h/ours/accounts/{going.pk}/").context["account"].row_count == 1


@pytest.mark.parametrize("into", ["", "x", "0", "9" * 40, "\x00"])
def test_a_target_that_is_none_is_told(member_client: Client, going: Account, into: str) -> None:
    page = member_client.get(f"/h/ours/accounts/{going.pk}/merge/", {"into": into})
    assert page.status_code == 422
    assert list(page.context["target"].errors) == ["into"]


def test_an_account_that_changed_meanwhile_is_not_merged(
    member_client: Client, household: Household, owner: User, going: Account, staying: Account
) -> None:
    address = f"/h/ours/accounts/{going.pk}/merge/?into={staying.pk}"
    sent = {"opening": "both", "as_of": member_client.get(address).context["revision"]}
    with household_context(household), journal.deed(Changeset.Kind.ACCOUNT) as doing:
        doing.touch(Account.objects.filter(pk=going.pk), "opening_balance")
        Account.objects.filter(pk=going.pk).update(opening_balance=1)
    answer = member_client.post(address, sent)
    assert answer.status_code == 422
    assert "changed after you opened this page" in answer.context["form"].non_field_errors()[0]
    with household_context(household):
        assert Account.objects.count() == 2


def test_merging_asks_as_often_for_many_rows_as_for_one(opened: Household, staying: Account) -> None:
    counts = []
    for rows in (1, 30):
        account = Account.objects.create(name=f"Account {rows}", currency="USD")
        for number in range(rows):
            by_hand(account, "2026-11-01", f"-{number + 1}")
        with CaptureQueriesContext(connections["households"]) as captured:
            do(account, staying)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_accounts_with_a_transfer_between_them_are_not_merged(
    opened: Household, going: Account, staying: Account
) -> None:
    link(by_hand(going, "2026-11-01", "-5.00"), by_hand(staying, "2026-11-01", "5.00"))
    before = image()
    with pytest.raises(CannotMerge, match="There is a transfer between “Old checking” and “Checking”"):
        do(going, staying)
    assert image() == before
