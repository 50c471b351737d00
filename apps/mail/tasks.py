import datetime

from celery import shared_task
from django.utils import timezone

from apps.mail import delivering
from apps.mail.models import Message
from apps.tenancy.tasks import SharedTask, later


@shared_task(base=SharedTask, bind=True, max_retries=delivering.ATTEMPTS)
def deliver(self: SharedTask, *, message_id: int) -> None:
    if not delivering.send(message_id):
        raise self.retry(countdown=10 * 2**self.request.retries)


@shared_task(base=SharedTask)
def sweep() -> None:
    """Sends again what no job has taken for ten minutes: the broker was away when it was asked for."""
    stuck = Message.objects.filter(
        state=Message.State.QUEUED, created_at__lt=timezone.now() - datetime.timedelta(minutes=10)
    )
    for message_id in stuck.values_list("pk", flat=True)[:500]:
        later(deliver, message_id=message_id)
