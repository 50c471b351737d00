"""Several files uploaded together: one page, each with what it brings, and a choice of which come in."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household
from apps.imports import booking, reading
from apps.imports.forms import StartForm
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.states import State
from apps.ledger.models import Account, Changeset, Transaction
from apps.tenancy.context import household_context
from tests.imports.bank import checking, read
from tests.planes import both_planes

pytestmark = both_planes

ONE = checking([("11/01/2026", "A", "-1.00"), ("11/02/2026", "B", "-2.00")])
TWO = checking([("11/02/2026", "B", "-2.00"), ("11/03/2026", "C", "-3.00")])
NEW = {"account": "new", "new_name": "Checking", "new_kind": "checking", "new_currency": "USD"}


@pytest.fixture
def batch(household: Household) -> ImportBatch:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        batch = ImportBatch.objects.create()
        for name, content in (("one.csv", ONE), ("two.csv", TWO)):
            read(household, account, content, name, batch)
    return batch


def page(client: Client, batch: ImportBatch) -> Any:
    response = client.get(f"/h/ours/imports/uploads/{batch.pk}/")
    assert response.status_code == 200
    return response


def confirm(client: Client, batch: ImportBatch, *files: ImportFile) -> str:
    response = client.post(f"/h/ours/imports/uploads/{batch.pk}/", {"file": [file.pk for file in files]}, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def files_of(household: Household, batch: ImportBatch) -> list[ImportFile]:
    with household_context(household):
        return list(ImportFile.objects.filter(batch=batch).order_by("pk"))


def test_the_page_shows_what_each_brings_and_counts_a_row_of_both_once(
    member_client: Client, batch: ImportBatch
) -> None:
    shown = page(member_client, batch)
    counts = [(one.file.file_name, one.include_count, one.existing_count) for one in shown.context["statements"]]
    assert counts == [("one.csv", 2, 0), ("two.csv", 1, 1)]
    assert shown.context["include_count"] == 3


def test_only_the_chosen_ones_come_in(member_client: Client, household: Household, batch: ImportBatch) -> None:
    one, two = files_of(household, batch)
    confirm(member_client, batch, two)
    assert [file.state for file in files_of(household, batch)] == [State.READ, State.CONFIRMED]
    booking.book_file(household, two.pk)
    with household_context(household):
        assert list(Transaction.objects.order_by("date").values_list("description", flat=True)) == ["B", "C"]
    reading.refresh_file(household, one.pk)
    assert [one.include_count for one in page(member_client, batch).context["statements"]] == [1, 2]


def test_none_chosen_is_told(member_client: Client, household: Household, batch: ImportBatch) -> None:
    assert "No file was chosen; nothing was imported." in confirm(member_client, batch)
    assert [file.state for file in files_of(household, batch)] == [State.READ] * 2


def test_a_file_that_another_tab_moved_on_is_told_of_and_the_other_comes_in(
    member_client: Client, household: Household, batch: ImportBatch
) -> None:
    one, two = files_of(household, batch)
    with household_context(household):
        booking.cancel(one)
    assert "one.csv: This file is “cancelled” by now" in confirm(member_client, batch, one, two)
    assert [file.state for file in files_of(household, batch)] == [State.CANCELLED, State.CONFIRMED]


def test_files_of_another_upload_are_not_imported(
    member_client: Client, household: Household, batch: ImportBatch
) -> None:
    with household_context(household):
        other = read(household, Account.objects.get(), checking([("11/09/2026", "X", "-1.00")]))
    confirm(member_client, batch, other)
    with household_context(household):
        assert ImportFile.objects.get(pk=other.pk).state == State.READ


def test_an_upload_of_one_file_is_that_file(member_client: Client, household: Household) -> None:
    with household_context(household):
        file = read(household, Account.objects.create(name="Checking", currency="USD"), ONE)
    response = member_client.get(f"/h/ours/imports/uploads/{file.batch_id}/")
    assert (response.status_code, response["Location"]) == (302, f"/h/ours/imports/{file.pk}/")


def test_the_plain_form_takes_several_files(member_client: Client, household: Household, bucket: None) -> None:
    sent = [SimpleUploadedFile("one.csv", ONE), SimpleUploadedFile("two.csv", TWO)]
    response = member_client.post("/h/ours/imports/", {**NEW, "file": sent})
    assert response.status_code == 302
    assert "/imports/uploads/" in response["Location"]
    with household_context(household):
        assert list(ImportFile.objects.order_by("pk").values_list("name", flat=True)) == ["one.csv", "two.csv"]
        assert ImportBatch.objects.count() == 1


def test_the_page_asks_as_often_for_two_files_as_for_nine(
    member_client: Client, household: Household, batch: ImportBatch
) -> None:
    counts = []
    for more in (0, 7):
        with household_context(household):
            for number in range(more):
                read(
                    household, Account.objects.get(), checking([(f"10/{number + 1:02}/2026", "X", "-1.00")]), "x", batch
                )
        # What the navigation counts is kept from this visit.
        page(member_client, batch)
        with CaptureQueriesContext(connections["households"]) as captured:
            page(member_client, batch)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_account_of_a_statement_is_asked_and_a_wrong_currency_refused(
    member_client: Client, household: Household
) -> None:
    with household_context(household):
        file = read(household, None, ONE)
        ImportFile.objects.filter(pk=file.pk).update(currency="EUR")
        Account.objects.create(name="Dollars", currency="USD")
    address = f"/h/ours/imports/{file.pk}/account/"
    assert "Dollars" not in member_client.get(address).content.decode()
    refused = member_client.post(address, {**NEW, "new_name": "Euros"})
    assert refused.status_code == 422
    assert "The file is in EUR; its account must be, too." in refused.content.decode()
    taken = member_client.post(address, {**NEW, "new_name": "Euros", "new_currency": "EUR"})
    assert taken["Location"] == f"/h/ours/imports/{file.pk}/"
    reading.compare_file(household, file.pk)
    with household_context(household):
        compared = ImportFile.objects.select_related("account").get(pk=file.pk)
    assert compared.account is not None
    assert (compared.state, compared.account.name) == (State.READ, "Euros")


def test_an_account_added_with_a_statement_stands_behind_the_others_and_in_the_history(
    member_client: Client, household: Household
) -> None:
    with household_context(household):
        first = Account.objects.create(name="First", currency="USD", sort_order=7)
        file = read(household, None, ONE)
    member_client.post(f"/h/ours/imports/{file.pk}/account/", NEW)
    with household_context(household):
        assert list(Account.objects.values_list("name", "sort_order")) == [(first.name, 7), ("Checking", 8)]
        assert list(Changeset.objects.values_list("kind", "note")) == [("account", "Checking added")]


def test_two_tabs_that_add_the_same_account_get_the_same_one(household: Household) -> None:
    with household_context(household):
        tabs = [StartForm(NEW, currency="USD") for _ in range(2)]
        assert [tab.is_valid() for tab in tabs] == [True, True]
        ids = {account.pk for tab in tabs if (account := tab.save(actor_id=1))}
        assert ids == set(Account.objects.values_list("pk", flat=True))
