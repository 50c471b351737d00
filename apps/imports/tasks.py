"""The jobs of an import: a line each. The state of the file is the order; the message only says when."""

import datetime
from typing import Any

from celery import Task, current_app, shared_task
from django.utils import timezone

from apps.categorization.models import RuleRun
from apps.households.models import Household
from apps.households.sweeping import look_again
from apps.imports import allowing, attempts, booking, reading, rolling_back
from apps.imports.models import ImportFile
from apps.imports.states import State
from apps.ledger import departing
from apps.tenancy.context import household_context
from apps.tenancy.tasks import HouseholdTask, SharedTask, later

JOB: dict[str, Any] = {"base": HouseholdTask, "soft_time_limit": 900, "time_limit": 960}
# Longer than a request may take to commit what it has noted an order for.
QUIET = datetime.timedelta(minutes=10)


@shared_task(**JOB)
def read_file(household: Household, *, file_id: int) -> None:
    attempts.attempt(reading.read_file, household, file_id, State.UPLOADED)
    refresh_beside(household, file_id, in_upload=True)


@shared_task(**JOB)
def book_file(household: Household, *, file_id: int) -> None:
    attempts.attempt(booking.book_file, household, file_id, State.CONFIRMED)
    refresh_beside(household, file_id)


@shared_task(**JOB)
def roll_back_file(household: Household, *, file_id: int) -> None:
    attempts.attempt(rolling_back.roll_back_file, household, file_id, State.UNDOING)
    refresh_beside(household, file_id)


@shared_task(**JOB)
def compare_file(household: Household, *, file_id: int) -> None:
    attempts.attempt(reading.compare_file, household, file_id, State.COMPARING)
    refresh_beside(household, file_id, in_upload=True)


def _job_of(file: ImportFile) -> Task:
    """The job that the file's state asks for."""
    return current_app.tasks[attempts.TASKS[State(file.state)]]


def order(household: Household, file: ImportFile) -> None:
    """Sends the job that the file's state asks for, if any, and notes for the sweep that the household ordered work."""
    if not file.is_working:
        return
    Household.objects.filter(pk=household.pk).update(work_ordered_at=timezone.now())
    later(_job_of(file), household, file_id=file.pk)


@shared_task(**JOB)
def refresh_file(household: Household, *, file_id: int) -> None:
    with household_context(household):
        person_id = ImportFile.objects.get(pk=file_id).acts_for_id
    reading.refresh_file(household, file_id, person_id=person_id)


def refresh_beside(household: Household, file_id: int, *, in_upload: bool = False) -> None:
    """The ledger's account changed, or (`in_upload`) what the upload brings to it: other files that wait to be checked
    are given new verdicts.

    Only what they show depends on it: booking compares again.
    """
    with household_context(household):
        file = ImportFile.objects.get(pk=file_id)
        others = ImportFile.objects.filter(state=State.READ, account=file.account_id).exclude(pk=file.pk)
        others = others.filter(batch=file.batch_id) if in_upload else others
        for pk in others.values_list("pk", flat=True):
            later(refresh_file, household, file_id=pk)


@shared_task(base=HouseholdTask)
def sweep_household(household: Household) -> None:
    """Sends again what no job has done: it failed and is due again, its message was lost, or its worker died."""
    with household_context(household):
        for file in attempts.take_due():
            later(_job_of(file), household, file_id=file.pk)
        allowing.give_back_unused()
        has_work = (
            ImportFile.objects.filter(state__in=ImportFile.WORKING).exists()
            or RuleRun.objects.filter(state=RuleRun.State.ORDERED).exists()
            or departing.is_anything_left(household)
        )
    if not has_work:
        # Unless more was ordered meanwhile.
        quiet = Household.objects.filter(pk=household.pk, work_ordered_at__lt=timezone.now() - QUIET)
        quiet.update(work_ordered_at=None)


@shared_task(base=SharedTask)
def sweep() -> None:
    look_again(sweep_household)
