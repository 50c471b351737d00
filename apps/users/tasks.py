from celery import shared_task
from django.utils import timezone

from apps.tenancy.tasks import SharedTask
from apps.users import arriving, lockout


@shared_task(base=SharedTask)
def forget_attempts() -> None:
    lockout.forget(now=timezone.now())


@shared_task(base=SharedTask)
def forget_places() -> None:
    arriving.forget(now=timezone.now())
