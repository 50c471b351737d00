"""Looking again at the households that ordered work: their jobs' messages may be lost, their workers may have died."""

from celery import Task

from apps.households.models import Household

KEPT_SECONDS = 60
"""What no worker has begun by then is dropped: rounds come every fifteen seconds, and must not pile up."""


def look_again(*tasks: Task) -> None:
    """Sends each of the tasks for every household that ordered work; the people plane cannot see whose is stuck."""
    ordered = Household.objects.filter(work_ordered_at__isnull=False, is_ready=True)
    for household_id in ordered.values_list("pk", flat=True):
        for task in tasks:
            task.apply_async(kwargs={"household_id": household_id}, expires=KEPT_SECONDS)
