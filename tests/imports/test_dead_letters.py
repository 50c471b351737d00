"""Work that failed too often is on a list that an operator sees, without a word of anybody's bank, and can run again."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.management import CommandError, call_command

from apps.audit.models import AuditEvent
from apps.households.models import DeadLetter, Household
from apps.imports import attempts, booking, tasks
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.states import State
from apps.ledger.models import Account
from apps.tenancy.context import HouseholdLike, household_context
from tests.planes import both_planes

pytestmark = both_planes
Commit = Callable[[], AbstractContextManager[object]]


class Killed(BaseException):
    """Nothing of ours runs after it, as after SIGKILL."""


@pytest.fixture
def file(household: Household) -> ImportFile:
    with household_context(household):
        account = Account.objects.create(name="Checking", kind=Account.Kind.CHECKING, currency="USD")
        batch = ImportBatch.objects.create()
        return ImportFile.objects.create(batch=batch, account=account, name="secret.csv", storage_key="somewhere")


def stall(household: Household, file: ImportFile, error: BaseException, state: State = State.UPLOADED) -> None:
    def work(household: HouseholdLike, file_id: int, *, person_id: int | None) -> None:
        raise error

    with household_context(household):
        ImportFile.objects.filter(pk=file.pk).update(state=state)
    for _ in range(attempts.ATTEMPTS):
        with pytest.raises(type(error)):
            attempts.attempt(work, household, file.pk, state)
    assert list(DeadLetter.objects.all()) == []
    attempts.attempt(work, household, file.pk, state)


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("dead_letters", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def state_of(household: Household, file: ImportFile) -> str:
    with household_context(household):
        return ImportFile.objects.get(pk=file.pk).state


def test_the_names_of_the_jobs_are_those_of_the_jobs() -> None:
    jobs = {tasks.read_file, tasks.compare_file, tasks.book_file, tasks.roll_back_file}
    assert {job.name for job in jobs} == set(attempts.TASKS.values())
    assert set(attempts.TASKS) == set(ImportFile.WORKING)


@pytest.mark.parametrize(("state", "task"), sorted(attempts.TASKS.items()))
def test_stalled_work_is_on_the_list(household: Household, file: ImportFile, state: State, task: str) -> None:
    stall(household, file, ValueError("in line 3: SECRET SHOP -12.00"), state)
    letter = DeadLetter.objects.get()
    assert (letter.household, letter.task, letter.arguments) == (household, task, {"file_id": file.pk})
    assert (letter.attempt_count, letter.reason, letter.resolved_at) == (5, "ValueError", None)
    told = command()
    assert told == (
        f"{letter.pk}  ours  {task} (file_id {file.pk})  since {letter.failed_at:%Y-%m-%d %H:%M} UTC  "
        "after 5 attempts: ValueError\n"
    )


def test_work_that_killed_its_worker_says_so(household: Household, file: ImportFile) -> None:
    stall(household, file, Killed())
    assert DeadLetter.objects.get().reason == "The worker was killed or ran out of time in the midst of it."


def test_an_earlier_error_is_not_taken_for_the_reason_of_a_kill(household: Household, file: ImportFile) -> None:
    def work(household: HouseholdLike, file_id: int, *, person_id: int | None) -> None:
        raise errors.pop()

    errors: list[BaseException] = [Killed(), Killed(), Killed(), Killed(), ValueError("first")]
    for error in reversed(list(errors)):
        with pytest.raises(type(error)):
            attempts.attempt(work, household, file.pk, State.UPLOADED)
    attempts.attempt(work, household, file.pk, State.UPLOADED)
    assert DeadLetter.objects.get().reason == attempts.KILLED


def test_nothing_failed_nothing_listed() -> None:
    assert command() == command("--run-again", "all") == "Nothing failed too often.\n"


def test_an_operator_runs_it_again_through_the_audited_door(
    household: Household, file: ImportFile, commit: Commit
) -> None:
    stall(household, file, ValueError(), State.CONFIRMED)
    letter = DeadLetter.objects.get()
    with commit():
        told = command("--run-again", str(letter.pk))
    assert told == f"Dead letter {letter.pk}: apps.imports.tasks.book_file of ours runs again.\n"
    assert state_of(household, file) == State.CONFIRMED
    household.refresh_from_db()
    assert household.work_ordered_at is not None
    letter.refresh_from_db()
    assert letter.resolved_at is not None
    event = AuditEvent.objects.get(action="operator.opened_household")
    assert (event.actor, event.household_id) == ("dead_letters", household.pk)
    assert command() == "Nothing failed too often.\n"
    with pytest.raises(CommandError, match=f"Dead letter {letter.pk} was resolved on .* already."):
        command("--run-again", str(letter.pk))


@pytest.mark.parametrize("number", ["77", "seven", "-1", "²"])
def test_a_letter_that_does_not_exist(number: str) -> None:
    with pytest.raises(CommandError, match=f"There is no dead letter {number}"):
        command("--run-again", number)


def test_work_that_stalls_anew_has_a_letter_anew(household: Household, file: ImportFile, commit: Commit) -> None:
    stall(household, file, ValueError())
    with commit():
        command("--run-again", "all")
    first = DeadLetter.objects.get()
    with household_context(household):
        ImportFile.objects.filter(pk=file.pk).update(attempt_count=5)
    attempts.attempt(lambda *_: None, household, file.pk, State.UPLOADED)
    second = DeadLetter.objects.get(resolved_at=None)
    assert second.pk != first.pk


def test_a_person_who_tries_again_or_gives_up_resolves_the_letter(
    household: Household, file: ImportFile, commit: Commit
) -> None:
    stall(household, file, ValueError())
    with commit(), household_context(household):
        attempts.run_again(ImportFile.objects.get(pk=file.pk))
    assert not DeadLetter.objects.filter(resolved_at=None).exists()
    with household_context(household):
        ImportFile.objects.filter(pk=file.pk).update(attempt_count=5)
    attempts.attempt(lambda *_: None, household, file.pk, State.UPLOADED)
    assert DeadLetter.objects.filter(resolved_at=None).exists()
    with commit(), household_context(household):
        booking.cancel(ImportFile.objects.get(pk=file.pk))
    assert not DeadLetter.objects.filter(resolved_at=None).exists()


def test_only_the_letter_of_the_own_household_is_resolved(
    household: Household, other_household: Household, file: ImportFile, commit: Commit
) -> None:
    stall(household, file, ValueError())
    theirs = DeadLetter.objects.create(
        household=other_household, task="x", arguments={"file_id": file.pk}, attempt_count=5, reason="Other"
    )
    with commit(), household_context(household):
        attempts.run_again(ImportFile.objects.get(pk=file.pk))
    assert list(DeadLetter.objects.filter(resolved_at=None)) == [theirs]


def test_a_letter_whose_work_has_moved_on_is_taken_off_the_list(household: Household, file: ImportFile) -> None:
    stall(household, file, ValueError())
    with household_context(household):
        ImportFile.objects.filter(pk=file.pk).update(state=State.READ, stalled_in="")
    letter = DeadLetter.objects.get()
    assert command("--run-again", "all") == (
        f"Dead letter {letter.pk}: the work has moved on without it; there is nothing to run again.\n"
    )
    assert state_of(household, file) == State.READ
    assert command() == "Nothing failed too often.\n"


def test_one_that_cannot_be_run_again_does_not_stop_the_others(
    household: Household, other_household: Household, file: ImportFile, commit: Commit
) -> None:
    DeadLetter.objects.create(household=other_household, task="x.y", arguments={"id": 1}, attempt_count=5, reason="R")
    stall_in_order(household, file)
    with commit(), pytest.raises(CommandError, match="1 of 2 could not be run again"):
        command("--run-again", "all")
    assert state_of(household, file) == State.UPLOADED


def stall_in_order(household: Household, file: ImportFile) -> None:
    with household_context(household):
        ImportFile.objects.filter(pk=file.pk).update(attempt_count=5)
    attempts.attempt(lambda *_: None, household, file.pk, State.UPLOADED)
