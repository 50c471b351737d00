"""The pages of an import, in every state, by form posts."""

from decimal import Decimal

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household, Membership
from apps.imports.models import ImportFile
from apps.imports.states import State
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.imports.bank import NOVEMBER, bring_in, checking, read
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def file(household: Household) -> ImportFile:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        return read(household, account, checking(NOVEMBER), name="november.csv")


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def state_of(household: Household, file: ImportFile) -> str:
    with household_context(household):
        return ImportFile.objects.get(pk=file.pk).state


def test_the_check_page_shows_totals_and_a_verdict_for_each_row(member_client: Client, file: ImportFile) -> None:
    shown = page(member_client, f"/h/ours/imports/{file.pk}/")
    assert "november.csv" in shown
    assert "Import 2 rows" in shown
    assert "−<span" in shown
    assert "2,156.45" in shown
    assert "99/99/2026" in shown
    assert "cannot be read" in shown


def test_the_check_page_can_show_one_verdict(member_client: Client, file: ImportFile) -> None:
    shown = page(member_client, f"/h/ours/imports/{file.pk}/?verdict=unreadable")
    assert "ODD" in shown
    assert "RENT PAYMENT" not in shown


def test_a_tick_taken_away_is_kept(member_client: Client, household: Household, file: ImportFile) -> None:
    response = member_client.post(f"/h/ours/imports/{file.pk}/choices/", {"included": ["1", "2"], "include": ["2"]})
    assert response.status_code == 302
    assert "Import 1 row<" in page(member_client, f"/h/ours/imports/{file.pk}/")


def test_confirming_twice_orders_one_import(member_client: Client, household: Household, file: ImportFile) -> None:
    for _ in range(2):
        response = member_client.post(f"/h/ours/imports/{file.pk}/confirm/")
        assert response.status_code == 302
    assert state_of(household, file) == State.CONFIRMED
    assert "Importing the rows" in page(member_client, f"/h/ours/imports/{file.pk}/")


def test_a_page_that_polls_is_sent_on_when_the_work_is_done(member_client: Client, file: ImportFile) -> None:
    response = member_client.get(f"/h/ours/imports/{file.pk}/", headers={"HX-Request": "true", "HX-Target": "progress"})
    assert response["HX-Redirect"] == f"/h/ours/imports/{file.pk}/"


def test_cancelling_stores_nothing_and_says_so(member_client: Client, household: Household, file: ImportFile) -> None:
    response = member_client.post(f"/h/ours/imports/{file.pk}/cancel/", follow=True)
    assert "november.csv was not imported. Nothing of it was kept." in response.content.decode()
    assert state_of(household, file) == State.CANCELLED
    assert "This import was cancelled." in page(member_client, f"/h/ours/imports/{file.pk}/")


def test_rolling_back_asks_first(member_client: Client, household: Household) -> None:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        booked = bring_in(household, account, checking(NOVEMBER))
        assert booked.booked_total == Decimal("-2156.45")
    assert "2 rows came in" in page(member_client, f"/h/ours/imports/{booked.pk}/")
    assert "Roll back 2 rows" in page(member_client, f"/h/ours/imports/{booked.pk}/roll-back/")
    assert state_of(household, booked) == State.BOOKED
    member_client.post(f"/h/ours/imports/{booked.pk}/roll-back/")
    assert state_of(household, booked) == State.UNDOING


def test_a_viewer_may_look_and_not_touch(member_client: Client, household: Household, file: ImportFile) -> None:
    Membership.objects.filter(household=household).update(role=Membership.Role.VIEWER)
    page(member_client, f"/h/ours/imports/{file.pk}/")
    assert member_client.post(f"/h/ours/imports/{file.pk}/confirm/").status_code == 403
    assert state_of(household, file) == State.READ


def test_the_import_of_another_household_is_not_there(member_client: Client, other_household: Household) -> None:
    with household_context(other_household):
        account = Account.objects.create(name="Theirs", currency="USD")
        theirs = read(other_household, account, checking(NOVEMBER))
    for deed in ("", "columns/", "roll-back/"):
        assert member_client.get(f"/h/ours/imports/{theirs.pk}/{deed}").status_code == 404
    for deed in ("choices/", "confirm/", "cancel/", "roll-back/"):
        assert member_client.post(f"/h/ours/imports/{theirs.pk}/{deed}").status_code == 404


def test_a_file_that_is_too_large_gets_no_place(member_client: Client) -> None:
    response = member_client.post(
        "/h/ours/imports/place/", {"name": "big.csv", "size": 60 * 1024**2}, content_type="application/json"
    )
    assert response.status_code == 422
    assert response.json() == {
        "error": "This file has 60 MB; a bank's file may have up to 50 MB. Ask the bank for a shorter period."
    }


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"name": "x", "size": "much"}', '{"name": "x"}'])
def test_a_request_that_names_no_file_gets_no_place(member_client: Client, body: str) -> None:
    response = member_client.post("/h/ours/imports/place/", body, content_type="application/json")
    assert (response.status_code, response.json()) == (400, {"error": "The request names no file."})


def test_a_ticket_of_another_household_is_refused(member_client: Client, other_household: Household) -> None:
    from apps.imports.uploads import place_for

    ticket = place_for(other_household, name="x.csv", size_bytes=10).ticket
    response = member_client.post(
        "/h/ours/imports/take-in/",
        {"ticket": ticket, "account": "new", "new_name": "Mine", "new_kind": "cash", "new_currency": "USD"},
    )
    assert response.status_code == 422
    assert response.json() == {"error": "This upload is too old or not yours. Please choose the file again."}


def test_the_check_page_asks_as_often_for_three_rows_as_for_sixty(member_client: Client, household: Household) -> None:
    counts = []
    for rows in (3, 60):
        with household_context(household):
            account = Account.objects.create(name=f"Account {rows}", currency="USD")
            file = read(
                household, account, checking([("11/01/2026", f"SHOP {number}", "-1.00") for number in range(rows)])
            )
        # What the navigation counts is kept from this visit.
        page(member_client, f"/h/ours/imports/{file.pk}/")
        with CaptureQueriesContext(connections["households"]) as captured:
            page(member_client, f"/h/ours/imports/{file.pk}/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("verdict", "button", "coming_in"),
    [
        ("", "in", ["A", "B", "C"]),
        ("", "out", []),
        ("existing", "in", ["A", "B", "C"]),
        ("new", "out", []),
        ("similar", "out", ["B", "C"]),
    ],
)
def test_all_rows_are_decided_on_at_once_and_back_again(
    member_client: Client, household: Household, verdict: str, button: str, coming_in: list[str]
) -> None:
    lines = [("11/01/2026", "A", "-1.00"), ("11/02/2026", "B", "-2.00"), ("11/03/2026", "C", "-3.00")]
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        bring_in(household, account, checking(lines[:1]))
        file = read(household, account, checking(lines))
    address = f"/h/ours/imports/{file.pk}/choices/?verdict={verdict}"

    def chosen() -> list[str]:
        with household_context(household):
            return list(file.rows.coming_in().order_by("position").values_list("description", flat=True))

    assert member_client.post(address, {"all": button}).status_code == 302
    assert chosen() == coming_in
    member_client.post(f"/h/ours/imports/{file.pk}/choices/", {"all": "as_suggested"})
    assert chosen() == ["B", "C"]


def test_a_row_that_is_perhaps_the_same_shows_the_one_it_resembles(member_client: Client, household: Household) -> None:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        by_hand(account, "2026-11-03", "-6.45", "coffee with Jo")
        file = read(household, account, checking(NOVEMBER))
    shown = page(member_client, f"/h/ours/imports/{file.pk}/")
    assert "The ledger has this amount on the same day with another text. There:" in shown
    assert "coffee with Jo" in shown
