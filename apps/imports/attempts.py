"""How often a job tries, and when it tries again: kept on the file, so that no message waits in the broker.

An attempt is counted before it is made, in a transaction of its own: one that kills its process counts too. Work that
failed too often is *stalled*: it waits, with its reason, for a person or an operator to run it again.
"""

import datetime
import traceback
from typing import Protocol

import structlog
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from apps.households import dead_letters
from apps.imports.errors import NotTheFilesFault
from apps.imports.models import ImportFile
from apps.imports.models.files import job_begins_by
from apps.imports.states import State, lock, move
from apps.tenancy.context import HouseholdLike, household_context

log = structlog.get_logger(__name__)

ATTEMPTS = 5
FIRST_WAIT = datetime.timedelta(seconds=15)
"""After the first attempt that failed; doubled after each further one."""

KILLED = "The worker was killed or ran out of time in the midst of it."
TASKS = {
    State.UPLOADED: "apps.imports.tasks.read_file",
    State.COMPARING: "apps.imports.tasks.compare_file",
    State.CONFIRMED: "apps.imports.tasks.book_file",
    State.UNDOING: "apps.imports.tasks.roll_back_file",
}
"""The job that each state waits for, by its name: `tasks` has them, and stands above."""


class Work(Protocol):
    """What a job does to a file, with the rights of that person."""

    def __call__(self, household: HouseholdLike, file_id: int, *, person_id: int | None) -> None: ...


def attempt(work: Work, household: HouseholdLike, file_id: int, state: State) -> None:
    """Does the work on a file that is in `state` and held by no other job; else does nothing.

    What the work raises is kept on the file with the time of the next attempt, and raised again for the log.
    """
    begun = _begin(household, file_id, state)
    if begun is None:
        return
    try:
        work(household, file_id, person_id=begun.acts_for_id)
    except Exception as error:
        if isinstance(error, MemoryError):
            # What the work held would leave no room for keeping the reason.
            traceback.clear_frames(error.__traceback__)
        _put_off(household, file_id, state, error)
        raise


def _begin(household: HouseholdLike, file_id: int, state: State) -> ImportFile | None:
    with household_context(household):
        file = lock(file_id, state)
        if file is None:
            return None
        if file.attempt_count >= ATTEMPTS:
            _stall(household, file, state)
            return None
        file.attempt_count += 1
        # What is empty when the next attempt begins was not even left time to say why.
        file.last_error = ""
        file.save(update_fields=["attempt_count", "last_error"])
        return file


def _stall(household: HouseholdLike, file: ImportFile, state: State) -> None:
    file.last_error = file.last_error or KILLED
    reason = KILLED if file.last_error == KILLED else file.last_error.partition(":")[0]
    log.error("import_stalled", file_id=file.pk, state=state, reason=reason)
    dead_letters.write(
        household, task=TASKS[state], ids={"file_id": file.pk}, attempt_count=file.attempt_count, reason=reason
    )
    move(file, state, State.STALLED, stalled_in=state, last_error=file.last_error)


def _put_off(household: HouseholdLike, file_id: int, state: State, error: Exception) -> None:
    with household_context(household):
        file = lock(file_id, state)
        if file is None:
            return
        if isinstance(error, NotTheFilesFault) or isinstance(error.__cause__, LockNotAvailable):
            file.attempt_count -= 1
        file.next_attempt_at = timezone.now() + FIRST_WAIT * 2 ** max(file.attempt_count - 1, 0)
        file.last_error = f"{type(error).__name__}: {error}"[:500]
        file.save(update_fields=["attempt_count", "next_attempt_at", "last_error"])


def take_due() -> list[ImportFile]:
    """Files whose work no job has begun or ended in time; call it inside the household.

    Files that a job holds are not among them, however long it takes: the lock says so.
    """
    due = ImportFile.objects.filter(state__in=ImportFile.WORKING, next_attempt_at__lte=timezone.now())
    files = list(due.select_for_update(skip_locked=True))
    ImportFile.objects.filter(pk__in=[file.pk for file in files]).update(next_attempt_at=job_begins_by())
    return files


def run_again(file: ImportFile, *, actor_id: int | None = None) -> None:
    """Puts stalled work back into the state it stalled in. Order its job afterwards; raises NotNow if it moved on."""
    move(file, State.STALLED, State(file.stalled_in or file.state), stalled_in="", ordered_by_id=actor_id)
    dead_letters.resolve(ids={"file_id": file.pk})
