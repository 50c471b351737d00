from celery import shared_task

from apps.mail import delivering
from apps.tenancy.tasks import SharedTask, later


@shared_task(base=SharedTask)
def deliver(*, message_id: int) -> None:
    """Tries once. What could not be sent is asked for again by the sweep: a job that waited would die with Redis."""
    delivering.send(message_id)


@shared_task(base=SharedTask)
def sweep() -> None:
    for message_id in delivering.take_due():
        later(deliver, message_id=message_id)
