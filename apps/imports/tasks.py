"""The jobs of an import: three lines each. The state of the file is the order; the message only says when."""

import datetime
from typing import Any

from celery import shared_task
from django.db import OperationalError
from django.db.models import F
from django.utils import timezone

from apps.households.models import Household
from apps.imports import booking, reading
from apps.imports.errors import StoreUnavailable
from apps.imports.models import ImportFile
from apps.imports.states import State
from apps.tenancy.context import household_context
from apps.tenancy.tasks import HouseholdTask, SharedTask, later

ATTEMPTS = 5
# A database or a store that is busy or away for a moment is asked again; the file's state says what is left to do.
JOB: dict[str, Any] = {
    "base": HouseholdTask,
    "autoretry_for": (StoreUnavailable, OperationalError),
    "retry_backoff": 5,
    "max_retries": 6,
    "soft_time_limit": 900,
    "time_limit": 960,
}


@shared_task(**JOB)
def read_file(household: Household, *, file_id: int) -> None:
    reading.read_file(household, file_id=file_id)


@shared_task(**JOB)
def book_file(household: Household, *, file_id: int) -> None:
    booking.book_file(household, file_id=file_id)


@shared_task(**JOB)
def roll_back_file(household: Household, *, file_id: int) -> None:
    booking.roll_back_file(household, file_id=file_id)


JOBS = {State.UPLOADED: read_file, State.CONFIRMED: book_file, State.UNDOING: roll_back_file}


def order(household: Household, file: ImportFile) -> None:
    """Sends the job that the file's state asks for, if any, and notes for the sweep that the household ordered work."""
    if not file.is_working:
        return
    Household.objects.filter(pk=household.pk).update(work_ordered_at=timezone.now())
    later(JOBS[State(file.state)], household, file_id=file.pk)


@shared_task(base=HouseholdTask)
def sweep_household(household: Household) -> None:
    """Sends again what no job holds: its message was lost with the broker, or its worker died."""
    long_ago = timezone.now() - datetime.timedelta(seconds=60)
    with household_context(household):
        stuck = ImportFile.objects.filter(state__in=ImportFile.WORKING, state_at__lt=long_ago)
        for file in stuck.select_for_update(skip_locked=True):
            ImportFile.objects.filter(pk=file.pk).update(attempt_count=F("attempt_count") + 1, state_at=timezone.now())
            if file.attempt_count >= ATTEMPTS and file.state == State.UPLOADED:
                reading.give_up(household, file_id=file.pk, attempt_count=file.attempt_count)
            else:
                later(JOBS[State(file.state)], household, file_id=file.pk)


@shared_task(base=SharedTask)
def sweep() -> None:
    """Looks at the households that ordered work within a day; the people plane cannot see whose is stuck."""
    yesterday = timezone.now() - datetime.timedelta(days=1)
    for household_id in Household.objects.filter(work_ordered_at__gt=yesterday, is_ready=True).values_list(
        "pk", flat=True
    ):
        sweep_household.apply_async(kwargs={"household_id": household_id})
