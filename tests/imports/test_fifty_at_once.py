"""Fifty people press “Import” at one moment, and the plan has room for ten of their files."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.test import Client

from apps.households.answers import BUSY
from apps.households.models import Household
from apps.imports import booking
from apps.imports.models import ImportFile
from apps.imports.states import State
from apps.ledger.models import Account, Transaction
from apps.plans import metering
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.households.people import browser
from tests.households.test_at_once import at_once
from tests.imports.bank import checking, read
from tests.jobs import noting_jobs
from tests.plans.giving import give_plan

pytestmark = pytest.mark.slow
FILES, ROWS = 50, 100


@pytest.fixture
def ours(fresh_database: str) -> Household:
    return Household.objects.get(public_id="ours")


@pytest.fixture
def sent() -> Iterator[list[int]]:
    """The files of which a job was sent."""
    with noting_jobs("apps.imports.tasks.book_file", by="file_id") as found:
        yield found


def files_of(household: Household) -> list[ImportFile]:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        lines = [("11/03/2026", f"Shop {number}", f"-{number}.00") for number in range(1, FILES * ROWS + 1)]
        return [read(household, account, checking(lines[at::FILES])) for at in range(FILES)]


def work_off(household: Household, files: list[ImportFile]) -> None:
    """Five workers, who wait for each other no longer than the database lets them."""
    for at in range(0, len(files), 5):
        jobs = [partial(booking.book_file, household, file.pk) for file in files[at : at + 5]]
        assert at_once(*jobs) == []


@pytest.mark.parametrize(("limit", "admitted"), [(1000, 10), (1050, 10)])
def test_what_the_plan_has_room_for_comes_in_and_the_others_are_told(
    ours: Household, sent: list[int], limit: int, admitted: int
) -> None:
    give_plan(ours, "basic", row_limit=limit)
    files = files_of(ours)
    owner = User.objects.get(email="ours@example.com")
    told: dict[int, str] = {}

    def press(client: Client, file: ImportFile) -> None:
        # Fifty threads of one process may wait longer than the database lets them; a person would press again, too.
        while BUSY in (page := client.post(f"/h/ours/imports/{file.pk}/confirm/", follow=True).content.decode()):
            pass
        told[file.pk] = page

    assert at_once(*[partial(press, browser(owner), file) for file in files]) == []

    with household_context(ours):
        states = dict(ImportFile.objects.values_list("pk", "state"))
        assert not Transaction.objects.exists()
    ordered = {pk for pk, state in states.items() if state == State.CONFIRMED}
    refused = {pk for pk, state in states.items() if state == State.READ}
    assert (len(ordered), len(refused)) == (admitted, FILES - admitted)
    assert sorted(sent) == sorted(ordered)
    assert all("Importing the rows" in told[pk] for pk in ordered)
    assert all("These are 100 new rows, and your plan Basic has " in told[pk] for pk in refused)
    fresh = Household.objects.get(pk=ours.pk)
    assert metering.used(fresh.entitlements, fresh.zone) == admitted * ROWS

    # The jobs of all of them, whoever sent them: what was not ordered does not come in.
    work_off(ours, files)
    with household_context(ours):
        assert Transaction.objects.count() == admitted * ROWS
        assert ImportFile.objects.filter(state=State.BOOKED).count() == admitted


def test_orders_that_took_nothing_are_stopped_where_they_are_booked(ours: Household) -> None:
    """As an order would come that went round the pages: its state was set by hand."""
    give_plan(ours, "basic", row_limit=1000)
    files = files_of(ours)
    with household_context(ours):
        ImportFile.objects.update(state=State.CONFIRMED)
    work_off(ours, files)
    with household_context(ours):
        assert Transaction.objects.count() == 1000
        waiting = ImportFile.objects.filter(state=State.READ)
        assert waiting.count() == FILES - 10
        assert {file.error for file in waiting} == {
            (
                "These are 100 new rows, and your plan Basic has no room for more. Nothing has come in. "
                "The page of your plan, in the settings, shows what takes more."
            )
        }
