"""Adding, changing, ordering, archiving and deleting accounts, and what their pages say when it cannot be."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from apps.households.models import Household, Membership
from apps.ledger import journal
from apps.ledger import keeping_accounts as keeping
from apps.ledger.models import Account, Changeset, Revision, StatedBalance
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.imports.bank import balanced, bring_in
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

CARD = {
    "name": "Blue card",
    "kind": "credit_card",
    "institution": "Harbor Bank",
    "currency": "EUR",
    "opening_balance": "-1.234,50",
    "credit_limit": "5,000.00",
    "due_day": "31",
}


@pytest.fixture
def account(household: Household) -> Account:
    with household_context(household):
        return Account.objects.create(name="Checking", currency="USD", sort_order=3)


def details(account: Account, **changed: object) -> dict[str, object]:
    """What the form of the account sends."""
    kept = {"name": account.name, "kind": account.kind, "currency": account.currency, "institution": ""}
    return {**kept, "as_of": Revision.current(), **changed}


def test_an_account_is_added_behind_the_others_and_adding_is_undone(
    member_client: Client, household: Household, owner: User, account: Account
) -> None:
    answer = member_client.post("/h/ours/accounts/new/", CARD)
    with household_context(household):
        card = Account.objects.get(name="Blue card")
        assert answer.headers["Location"] == f"/h/ours/accounts/{card.pk}/"
        assert (card.kind, card.currency, card.institution) == ("credit_card", "EUR", "Harbor Bank")
        assert (card.opening_balance, card.credit_limit) == (Decimal("-1234.5"), Decimal(5000))
        assert (card.due_day, card.sort_order) == (31, 4)
        changeset = Changeset.objects.get()
        assert (changeset.kind, changeset.actor_id, changeset.note) == ("account", owner.pk, "Blue card added")
        journal.undo(changeset.pk, actor_id=owner.pk)
        assert list(Account.objects.all()) == [account]


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"name": "  checking "}, "name", "There is an account “Checking” already; choose another name."),
        ({"name": ""}, "name", "This field is required."),
        ({"name": "a\x00b"}, "name", "Null characters are not allowed."),
        ({"kind": "shoebox"}, "kind", "Select a valid choice. shoebox is not one of the available choices."),
        ({"currency": "usd"}, "currency", "Select a valid choice. usd is not one of the available choices."),
        ({"due_day": "32"}, "due_day", "A day from 1 to 31."),
        ({"due_day": "0"}, "due_day", "A day from 1 to 31."),
        ({"credit_limit": "-5"}, "credit_limit", "Write the amount in digits, like 12.50, without a sign."),
        ({"opening_balance": "-"}, "opening_balance", "Write the amount in digits, like 12.50, without a sign."),
    ],
)
def test_what_cannot_be_kept_is_told_at_its_field(
    member_client: Client, account: Account, wrong: dict[str, str], field: str, sentence: str
) -> None:
    answer = member_client.post("/h/ours/accounts/new/", {**CARD, **wrong})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}


def test_a_name_that_another_tab_took_meanwhile_is_told(opened: Household, owner: User) -> None:
    Account.objects.create(name="CHECKING", currency="USD")
    with pytest.raises(keeping.NameTaken, match=r"“Checking” already"):
        keeping.add(Account(name="Checking", currency="USD"), actor_id=owner.pk)
    assert not Changeset.objects.exists()


def test_an_account_is_changed_and_the_change_undone(
    member_client: Client, household: Household, owner: User, account: Account
) -> None:
    with household_context(household):
        sent = details(account, name="Main account", kind="cash", opening_balance="12.50", due_day="")
        before = Account.objects.values().get()
    assert member_client.post(f"/h/ours/accounts/{account.pk}/edit/", sent).status_code == 302
    with household_context(household):
        account.refresh_from_db()
        assert (account.name, account.kind, account.opening_balance) == ("Main account", "cash", Decimal("12.5"))
        journal.undo(Changeset.objects.get().pk, actor_id=owner.pk)
        assert Account.objects.values().get() == before


def test_of_two_tabs_that_change_an_account_the_second_is_told(
    member_client: Client, household: Household, account: Account
) -> None:
    with household_context(household):
        sent = details(account)
    address = f"/h/ours/accounts/{account.pk}/edit/"
    assert member_client.post(address, {**sent, "name": "First"}).status_code == 302
    answer = member_client.post(address, {**sent, "name": "Second"})
    assert answer.status_code == 422
    assert "changed after you opened this page" in answer.context["form"].non_field_errors()[0]
    assert "as_of" not in answer.context["form"].fields
    assert member_client.post(address, {**sent, "as_of": "", "name": "Third"}).status_code == 422
    with household_context(household):
        assert Account.objects.get().name == "First"


def test_the_currency_stays_once_there_are_rows(member_client: Client, household: Household, account: Account) -> None:
    with household_context(household):
        by_hand(account, "2026-11-01", "-5")
        sent = details(account, currency="EUR")
    assert member_client.post(f"/h/ours/accounts/{account.pk}/edit/", sent).status_code == 302
    with household_context(household):
        assert Account.objects.get().currency == "USD"


def test_the_currency_stays_when_rows_came_while_the_form_was_open(opened: Household, owner: User) -> None:
    account = Account.objects.create(name="Checking", currency="USD")
    by_hand(account, "2026-11-01", "-5")
    account.currency = "EUR"
    with pytest.raises(keeping.CurrencyIsFixed, match="amounts of its currency"):
        keeping.edit(account, as_of=Revision.current(), actor_id=owner.pk)
    assert Account.objects.get().currency == "USD"


def test_an_account_that_holds_money_says_so_before_it_is_archived(
    member_client: Client, household: Household, account: Account
) -> None:
    with household_context(household):
        by_hand(account, "2026-11-01", "99.50")
    address = f"/h/ours/accounts/{account.pk}/"
    assert "It still holds" in member_client.get(f"{address}archive/").content.decode()
    assert member_client.post(f"{address}archive/").headers["Location"] == "/h/ours/accounts/"
    page = member_client.get("/h/ours/accounts/")
    assert ([one.name for one in page.context["archived"]], page.context["accounts"]) == (["Checking"], [])
    assert page.context["totals"] == []
    member_client.post(f"{address}archive/")
    assert member_client.post(f"{address}unarchive/").headers["Location"] == address
    with household_context(household):
        assert Account.objects.get().archived_at is None
        assert list(Changeset.objects.order_by("pk").values_list("note", flat=True)) == [
            "",
            "Checking archived",
            "Checking taken out of the archive",
        ]


def test_an_account_without_anything_is_deleted_and_comes_back(
    member_client: Client, household: Household, owner: User, account: Account
) -> None:
    with household_context(household):
        before = Account.objects.values().get()
    answer = member_client.post(f"/h/ours/accounts/{account.pk}/delete/")
    assert answer.headers["Location"] == "/h/ours/accounts/"
    with household_context(household):
        assert not Account.objects.exists()
        journal.undo(Changeset.objects.get().pk, actor_id=owner.pk)
        assert Account.objects.values().get() == before


def test_an_account_in_use_is_not_deleted_and_told_what_uses_it(
    member_client: Client, household: Household, account: Account
) -> None:
    with household_context(household):
        bring_in(household, account, balanced([("11/01/2026", "A", "-1.00"), ("11/02/2026", "B", "-2.00")]))
    answer = member_client.post(f"/h/ours/accounts/{account.pk}/delete/", follow=True)
    (message,) = answer.context["messages"]
    assert str(message) == (
        "“Checking” cannot be deleted, for it has 2 stated balances, 2 transactions, imports or rules that name it. "
        "Archive it to put it out of sight, or merge it into another account."
    )
    with household_context(household):
        assert Account.objects.get() == account
        assert StatedBalance.objects.count() == 2
        assert not Changeset.objects.filter(kind=Changeset.Kind.ACCOUNT).exists()


def test_dragged_accounts_share_the_places_that_they_had(opened: Household) -> None:
    names = ["a", "b", "c", "d", "e"]
    made = {name: Account.objects.create(name=name, currency="USD", sort_order=5) for name in names}
    keeping.reorder([made["e"].pk, made["b"].pk, 10**12, made["b"].pk])
    assert [account.name for account in Account.objects.all()] == ["a", "e", "c", "d", "b"]
    assert not Changeset.objects.exists()


@pytest.mark.parametrize(
    ("moving", "step", "after"),
    [
        (2, -1, [2, 1, 3]),
        (2, 1, [1, 3, 2]),
        (1, -1, [1, 2, 3]),
        (3, 1, [1, 2, 3]),
        (9, 1, [1, 2, 3]),
        (None, 1, [1, 2, 3]),
    ],
)
def test_a_button_moves_one_place_and_not_over_the_end(moving: int | None, step: int, after: list[int]) -> None:
    assert keeping.shifted([1, 2, 3], moving, step) == after


def test_the_page_of_the_order_moves_accounts_without_a_script(member_client: Client, household: Household) -> None:
    with household_context(household):
        ids = [Account.objects.create(name=name, currency="USD").pk for name in ("a", "b", "c")]
    answer = member_client.post("/h/ours/accounts/order/", {"order": [*ids, "x", "9" * 40], "up": ids[2]})
    assert answer.headers["Location"] == "/h/ours/accounts/order/"
    page = member_client.get("/h/ours/accounts/order/")
    assert [one.name for group in page.context["groups"] for one in group.accounts] == ["a", "c", "b"]


def test_a_viewer_sees_no_way_to_change_anything_and_has_none(
    household: Household, account: Account, django_user_model: type[User]
) -> None:
    viewer = django_user_model.objects.create_user("viewer@example.com", "a-long-enough-word", name="V")
    viewer.emailaddress_set.create(email=viewer.email, verified=True, primary=True)
    Membership.objects.create(household=household, user=viewer, role=Membership.Role.VIEWER)
    client = Client()
    client.force_login(viewer, backend="allauth.account.auth_backends.AuthenticationBackend")
    for address in ("", f"{account.pk}/", f"{account.pk}/reconcile/"):
        page = client.get(f"/h/ours/accounts/{address}")
        assert page.status_code == 200
        assert 'method="post" action="/h/ours/' not in page.content.decode()
        assert "account/edit" not in page.content.decode()
    for address in ("edit", "archive", "unarchive", "delete", "check", "merge", "reconcile"):
        assert client.post(f"/h/ours/accounts/{account.pk}/{address}/").status_code == 403


def test_accounts_of_another_household_are_not_there(
    member_client: Client, household: Household, other_household: Household, account: Account
) -> None:
    with household_context(other_household):
        for name in ("One", "Two", "Three"):
            theirs = Account.objects.create(name=name, currency="USD", archived_at=timezone.now())
    with household_context(household):
        assert not Account.objects.filter(pk=theirs.pk).exists()
    for pk in (theirs.pk, "9" * 19, "9" * 40):
        for address in ("", "edit/", "archive/", "merge/", "reconcile/"):
            assert member_client.get(f"/h/ours/accounts/{pk}/{address}").status_code == 404
        for address in ("edit", "archive", "unarchive", "delete", "check", "merge", "reconcile", "balances/1/forget"):
            assert member_client.post(f"/h/ours/accounts/{pk}/{address}/").status_code == 404
