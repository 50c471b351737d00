from celery import shared_task

from apps.mail import delivering
from apps.tenancy.tasks import SharedTask, later


@shared_task(base=SharedTask, bind=True, max_retries=delivering.ATTEMPTS)
def deliver(self: SharedTask, *, message_id: int) -> None:
    if not delivering.send(message_id):
        raise self.retry(countdown=10 * 2**self.request.retries)


@shared_task(base=SharedTask)
def sweep() -> None:
    for message_id in delivering.unsent().values_list("pk", flat=True)[:500]:
        later(deliver, message_id=message_id)
