"""The page of merchants, its aliases and its suggestions."""

import re

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.categorization.models import MerchantAlias
from apps.households.models import Household, Membership
from apps.ledger.models import Account, Changeset, Transaction
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

PAGE = "/h/ours/merchants/"
NEW = f"{PAGE}aliases/new/"
TRY = f"{PAGE}aliases/try/"
ALIAS = {"match": "contains", "pattern": "blue bottle", "merchant": "Blue Bottle", "priority": "", "renames_old": "on"}


@pytest.fixture
def rows(household: Household) -> list[Transaction]:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        return [
            by_hand(account, "2026-11-01", "-3.00", "SQ *BLUE BOTTLE #1", merchant="SQ *BLUE BOTTLE #1"),
            by_hand(account, "2026-11-02", "-4.00", "SQ *BLUE BOTTLE #2", merchant="SQ *BLUE BOTTLE #2"),
            by_hand(account, "2026-11-03", "-5.00", "KIOSK", merchant="KIOSK"),
        ]


def names(household: Household) -> list[str]:
    with household_context(household):
        return list(Transaction.objects.order_by("pk").values_list("merchant", flat=True))


def test_the_page_of_a_household_without_rows_says_what_it_is(member_client: Client) -> None:
    response = member_client.get(PAGE)
    assert response.status_code == 200
    assert "No merchants yet" in response.content.decode()


def test_every_merchant_stands_there_with_rows_and_sum(member_client: Client, rows: list[Transaction]) -> None:
    page = member_client.get(PAGE)
    assert [(one.name, one.row_count, one.sums) for one in page.context["page"]] == [
        ("KIOSK", 1, [("USD", rows[2].amount)]),
        ("SQ *BLUE BOTTLE #1", 1, [("USD", rows[0].amount)]),
        ("SQ *BLUE BOTTLE #2", 1, [("USD", rows[1].amount)]),
    ]
    found = member_client.get(PAGE, {"q": "BLÜE"})
    assert [one.name for one in found.context["page"]] == ["SQ *BLUE BOTTLE #1", "SQ *BLUE BOTTLE #2"]
    assert "Nothing matches" in member_client.get(PAGE, {"q": "nobody\x00"}).content.decode()


def test_another_households_merchants_are_not_there(
    member_client: Client, rows: list[Transaction], other_household: Household
) -> None:
    with household_context(other_household):
        by_hand(Account.objects.create(name="Theirs", currency="USD"), "2026-11-01", "-1.00", "X", merchant="STRANGER")
    assert "STRANGER" not in member_client.get(PAGE).content.decode()
    assert member_client.get("/h/theirs/merchants/").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_merchants(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    def queries() -> int:
        member_client.get(PAGE)
        with CaptureQueriesContext(connections["households"]) as caught:
            assert member_client.get(PAGE).status_code == 200
        return len(caught)

    few = queries()
    with household_context(household):
        for number in range(30):
            MerchantAlias.objects.create(pattern=f"shop {number}", merchant="Shop")
            by_hand(rows[0].account, "2026-11-04", "-1.00", "X", merchant=f"Shop {'abcdefghij'[number % 10] * 5}")
    assert queries() == few


def test_a_new_alias_begins_with_a_row(member_client: Client, rows: list[Transaction]) -> None:
    form = member_client.get(NEW, {"transaction": rows[0].pk}).context["form"]
    assert (form["pattern"].value(), form["merchant"].value()) == ("SQ *BLUE BOTTLE #1", "Blue Bottle")


@pytest.mark.parametrize("pk", ["", "x", "99999999999999999999", "-1", "12345"])
def test_a_new_alias_of_no_row_begins_empty(member_client: Client, pk: str) -> None:
    page = member_client.get(NEW, {"transaction": pk})
    assert (page.status_code, page.context["form"]["pattern"].value()) == (200, "")


def test_trying_shows_the_rows_and_keeps_nothing(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    page = member_client.post(TRY, ALIAS)
    assert "2 rows would have another name" in page.content.decode()
    assert names(household)[0] == "SQ *BLUE BOTTLE #1"
    with household_context(household):
        assert not MerchantAlias.objects.exists()


def test_saving_renames_and_offers_to_undo(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    page = member_client.post(NEW, ALIAS, follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    assert "2 rows have another name now." in page.content.decode()
    assert names(household) == ["Blue Bottle", "Blue Bottle", "KIOSK"]
    with household_context(household):
        changeset = Changeset.objects.get(kind=Changeset.Kind.MERCHANTS)
    member_client.post(f"/h/ours/history/{changeset.pk}/undo/")
    assert names(household)[0] == "SQ *BLUE BOTTLE #1"


def test_without_the_tick_old_rows_keep_their_names(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    member_client.post(NEW, {name: value for name, value in ALIAS.items() if name != "renames_old"})
    assert names(household)[0] == "SQ *BLUE BOTTLE #1"
    assert "2 rows would have another name" in member_client.get(f"{PAGE}apply/").content.decode()
    member_client.post(f"{PAGE}apply/")
    assert names(household) == ["Blue Bottle", "Blue Bottle", "KIOSK"]
    assert "Every row has its name already" in member_client.get(f"{PAGE}apply/").content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"match": "regex", "pattern": "(a"}, "cannot be used ("),
        ({"match": "regex", "pattern": "((a{100}){100}){100}"}, "cannot be used ("),
        ({"match": "regex", "pattern": "a*"}, "matches every text, even an empty one"),
        ({"pattern": "é"}, "Write at least two"),
        ({"pattern": "a\x00b"}, "Null characters are not allowed"),
        ({"pattern": "x" * 201}, "at most 200 characters"),
        ({"pattern": "KIOSK"}, "There is an alias for this text already: it is Kiosk. Change that one."),
        ({"merchant": " "}, "This field is required"),
        ({"priority": "99999999999"}, "less than or equal to"),
    ],
)
def test_what_cannot_be_an_alias_is_told(
    member_client: Client, household: Household, fields: dict[str, str], sentence: str
) -> None:
    with household_context(household):
        MerchantAlias.objects.create(pattern="kiosk", merchant="Kiosk")
    for address in (NEW, TRY):
        page = member_client.post(address, ALIAS | fields)
        assert page.status_code == 422
        assert sentence in page.content.decode()
    with household_context(household):
        assert MerchantAlias.objects.count() == 1


def test_an_alias_is_changed_and_deleted(member_client: Client, household: Household, rows: list[Transaction]) -> None:
    with household_context(household):
        kept = MerchantAlias.objects.create(pattern="kiosk", merchant="Kiosk")
    address = f"{PAGE}aliases/{kept.pk}/"
    assert member_client.get(address).context["form"]["merchant"].value() == "Kiosk"
    changed = ALIAS | {"pattern": "KIOSK", "merchant": "The kiosk"}
    changed["as_of"] = member_client.get(address).context["revision"]
    assert member_client.post(f"{address}try/", changed).context["preview"].row_count == 1
    assert member_client.post(address, changed).status_code == 302
    assert names(household)[2] == "The kiosk"
    member_client.post(f"{address}delete/")
    assert names(household)[2] == "The kiosk"
    assert member_client.get(address).status_code == 404


def test_two_tabs_that_change_one_alias(member_client: Client, household: Household) -> None:
    with household_context(household):
        kept = MerchantAlias.objects.create(pattern="kiosk", merchant="Kiosk")
    address = f"{PAGE}aliases/{kept.pk}/"
    opened = {"as_of": member_client.get(address).context["revision"]}
    member_client.post(address, ALIAS | opened | {"pattern": "kiosk", "merchant": "One"})
    other = ALIAS | opened | {"pattern": "kiosk", "merchant": "Other"}
    tried = member_client.post(f"{address}try/", other)
    assert tried.context["revision"] == opened["as_of"]
    page = member_client.post(address, other)
    assert page.status_code == 422
    assert "changed after you opened this page" in page.content.decode()
    with household_context(household):
        assert MerchantAlias.objects.get().merchant == "One"


def test_a_suggestion_is_accepted_under_the_name_that_the_person_writes(
    member_client: Client, household: Household, rows: list[Transaction]
) -> None:
    (suggestion,) = member_client.get(PAGE).context["suggestions"]
    members = [member for member, _ in suggestion.members]
    assert (suggestion.name, members) == ("Blue Bottle", ["SQ *BLUE BOTTLE #1", "SQ *BLUE BOTTLE #2"])
    member_client.post(f"{PAGE}suggestions/accept/", {"name": "The bottle", "member": members})
    assert names(household) == ["The bottle", "The bottle", "KIOSK"]
    page = member_client.post(f"{PAGE}suggestions/accept/", {"name": "The bottle", "member": members}, follow=True)
    assert "These merchants have other names by now. Nothing was changed." in page.content.decode()


def test_a_suggestion_is_dismissed(member_client: Client, rows: list[Transaction]) -> None:
    page = member_client.post(f"{PAGE}suggestions/dismiss/", {"name": "Blue Bottle"}, follow=True)
    assert page.context["suggestions"] == []


def test_a_viewer_sees_and_may_not_rename(member_client: Client, household: Household, rows: list[Transaction]) -> None:
    Membership.objects.filter(household=household).update(role=Membership.Role.VIEWER)
    page = member_client.get(PAGE).content.decode()
    assert "KIOSK" in page
    assert "Rename" not in page
    assert "New alias" not in page
    assert member_client.post(NEW, ALIAS).status_code == 403


@pytest.mark.parametrize(
    "name", [">50 last month", "-refund", "/a/", "account:Checking", 'Joe "The" Barber', "x" * 200]
)
def test_a_merchant_leads_to_its_rows_whatever_it_is_called(
    member_client: Client, household: Household, rows: list[Transaction], name: str
) -> None:
    with household_context(household):
        Transaction.objects.filter(pk=rows[2].pk).update(merchant=name)
    found = re.search(
        r'href="(/h/ours/transactions/\?q=merchant[^"]+)"', member_client.get(f"{PAGE}?q={name}").content.decode()
    )
    assert found
    page = member_client.get(found[1].replace("&amp;", "&")).content.decode()
    assert f'id="row-{rows[2].pk}"' in page
    assert f'id="row-{rows[0].pk}"' not in page
