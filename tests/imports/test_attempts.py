"""Work that fails is tried again, later and later, and after five attempts waits for somebody to run it again."""

import datetime
import math

import pytest
from django.utils import timezone

from apps.households.models import Household
from apps.imports import attempts, booking
from apps.imports.errors import NotNow, StoreUnavailable
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.states import State
from apps.ledger.models import Account
from apps.tenancy.context import HouseholdLike, household_context
from tests.planes import both_planes

pytestmark = both_planes


class OutOfMemory(Exception):
    pass


@pytest.fixture
def file(household: Household) -> ImportFile:
    with household_context(household):
        account = Account.objects.create(name="Checking", kind=Account.Kind.CHECKING, currency="USD")
        batch = ImportBatch.objects.create()
        return ImportFile.objects.create(batch=batch, account=account, name="a.csv", storage_key="somewhere")


def fresh(household: Household, file: ImportFile) -> ImportFile:
    with household_context(household):
        return ImportFile.objects.get(pk=file.pk)


def fail(household: Household, file: ImportFile, error: Exception) -> None:
    def work(household: HouseholdLike, file_id: int, *, person_id: int | None) -> None:
        raise error

    with pytest.raises(type(error)):
        attempts.attempt(work, household, file.pk, State.UPLOADED)


def waits(file: ImportFile) -> float:
    """In seconds, by steps of five: some are gone when the test looks."""
    return 5 * math.ceil((file.next_attempt_at - timezone.now()) / datetime.timedelta(seconds=5))


def test_waits_get_longer_and_the_reason_is_kept(household: Household, file: ImportFile) -> None:
    seen = []
    for _ in range(4):
        fail(household, file, OutOfMemory("20 MB are missing"))
        seen.append(waits(fresh(household, file)))
    assert seen == [15, 30, 60, 120]
    assert fresh(household, file).last_error == "OutOfMemory: 20 MB are missing"
    assert fresh(household, file).state == State.UPLOADED


def test_an_attempt_that_kills_its_process_counts(household: Household, file: ImportFile) -> None:
    class Killed(BaseException):
        """Nothing of ours runs after it, as after SIGKILL."""

    def work(household: HouseholdLike, file_id: int, *, person_id: int | None) -> None:
        raise Killed

    for _ in range(attempts.ATTEMPTS):
        with pytest.raises(Killed):
            attempts.attempt(work, household, file.pk, State.UPLOADED)
    attempts.attempt(work, household, file.pk, State.UPLOADED)
    stalled = fresh(household, file)
    assert (stalled.state, stalled.stalled_in) == (State.STALLED, State.UPLOADED)


def test_the_store_away_is_not_the_files_fault(household: Household, file: ImportFile) -> None:
    for _ in range(2 * attempts.ATTEMPTS):
        fail(household, file, StoreUnavailable())
    waiting = fresh(household, file)
    assert (waiting.state, waiting.attempt_count, waits(waiting)) == (State.UPLOADED, 0, 15)


def test_stalled_work_is_run_again_from_where_it_was(household: Household, file: ImportFile) -> None:
    with household_context(household):
        ImportFile.objects.filter(pk=file.pk).update(state=State.STALLED, stalled_in=State.CONFIRMED)
        stalled = ImportFile.objects.get(pk=file.pk)
        attempts.run_again(stalled)
        assert (stalled.state, stalled.stalled_in, stalled.attempt_count) == (State.CONFIRMED, "", 0)
        with pytest.raises(NotNow):
            attempts.run_again(ImportFile.objects.get(pk=file.pk))


def test_only_a_file_that_stalled_before_booking_can_be_cancelled(household: Household, file: ImportFile) -> None:
    with household_context(household):
        ImportFile.objects.filter(pk=file.pk).update(state=State.STALLED, stalled_in=State.UNDOING)
        with pytest.raises(NotNow):
            booking.cancel(ImportFile.objects.get(pk=file.pk))
        ImportFile.objects.filter(pk=file.pk).update(stalled_in=State.UPLOADED)
        booking.cancel(ImportFile.objects.get(pk=file.pk))
        assert ImportFile.objects.get(pk=file.pk).state == State.CANCELLED


def test_what_is_due_is_taken_once(household: Household, file: ImportFile) -> None:
    with household_context(household):
        assert attempts.take_due() == []
        ImportFile.objects.filter(pk=file.pk).update(next_attempt_at=timezone.now())
        assert attempts.take_due() == [file]
        assert attempts.take_due() == []
