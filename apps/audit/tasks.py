from celery import shared_task

from apps.audit.anchoring import log_anchor
from apps.tenancy.tasks import SharedTask


@shared_task(base=SharedTask)
def anchor() -> None:
    log_anchor()
