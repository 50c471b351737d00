from celery import shared_task
from django.utils import timezone

from apps.billing import notices, presents, processing, reconciling
from apps.tenancy.tasks import SharedTask, later


@shared_task(base=SharedTask)
def process(*, event_id: int) -> None:
    """Tries once. What could not be done is asked for again by the sweep."""
    processing.process(event_id)


@shared_task(base=SharedTask)
def sweep() -> None:
    for event_id in processing.due():
        later(process, event_id=event_id)


@shared_task(base=SharedTask)
def reconcile() -> None:
    reconciling.reconcile()
    processing.forget(timezone.now())


@shared_task(base=SharedTask)
def send_notices() -> None:
    notices.send_due(timezone.now())


@shared_task(base=SharedTask)
def end_presents() -> None:
    presents.end_presents(timezone.now())
