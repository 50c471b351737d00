from celery import shared_task
from django.utils import timezone

from apps.tenancy.tasks import SharedTask
from apps.users import lockout


@shared_task(base=SharedTask)
def forget_attempts() -> None:
    lockout.forget(now=timezone.now())
