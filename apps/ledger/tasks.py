"""The jobs of the ledger."""

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from apps.households.models import Household
from apps.households.sweeping import look_again
from apps.ledger import departing, freezing
from apps.plans.entitlements import Limited
from apps.tenancy.context import household_context
from apps.tenancy.tasks import HouseholdTask, SharedTask, later


@shared_task(base=HouseholdTask)
def settle(household: Household) -> None:
    departing.settle(household)


@shared_task(base=HouseholdTask)
def fit(household: Household) -> None:
    """Which accounts are in use is what the plan has room for.

    Mostly they are, and then nothing is held: the sweep asks again and again while a large import is under way.
    """
    with household_context(household):
        limit = household.entitlements.limit(Limited.ACCOUNTS)
        if not freezing.fits(limit):
            freezing.fit_accounts(limit)


def order_fitting(household: Household) -> None:
    """The same for a plan that changes: with the change, or not at all."""
    Household.objects.filter(pk=household.pk).update(work_ordered_at=timezone.now())
    later(fit, household)


def order_fitting_of(households: "QuerySet[Household]") -> None:
    """The same for many, for which the sweep sends the jobs."""
    households.filter(is_ready=True).update(work_ordered_at=timezone.now())


def order_settling(household: Household) -> None:
    """Sends the job, and notes for the sweep that the household ordered work: with the membership that ends, or not at
    all."""
    Household.objects.filter(pk=household.pk).update(work_ordered_at=timezone.now())
    later(settle, household)


@shared_task(base=SharedTask)
def sweep() -> None:
    """`imports.tasks.sweep_household` notes when all is done."""
    look_again(settle, fit)
