"""The jobs of categorization. The row of a run is the order; the message only says when."""

from celery import shared_task
from django.utils import timezone

from apps.categorization import rule_runs
from apps.categorization.models import RuleRun
from apps.households.models import Household
from apps.households.sweeping import look_again
from apps.tenancy.context import household_context
from apps.tenancy.tasks import HouseholdTask, SharedTask, later


@shared_task(base=HouseholdTask, soft_time_limit=900, time_limit=960)
def run_rules(household: Household, *, run_id: int) -> None:
    rule_runs.do(household, run_id)


def order(household: Household, run: RuleRun) -> None:
    """Sends the run's job, and notes for the sweep that the household ordered work."""
    Household.objects.filter(pk=household.pk).update(work_ordered_at=timezone.now())
    later(run_rules, household, run_id=run.pk)


@shared_task(base=HouseholdTask)
def sweep_household(household: Household) -> None:
    """Sends again what no job has done: its message was lost, or its worker died."""
    with household_context(household):
        for run in rule_runs.take_due(household):
            later(run_rules, household, run_id=run.pk)


@shared_task(base=SharedTask)
def sweep() -> None:
    """`imports.tasks.sweep_household` notes when all is done."""
    look_again(sweep_household)
