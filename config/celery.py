"""The Celery application: `celery -A config worker`, `celery -A config beat`."""

import os
import resource

from celery import Celery
from celery.signals import setup_logging, worker_process_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

app = Celery("wallet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Stops Celery from replacing Django's logging with its own."""


@worker_process_init.connect
def limit_memory(**_: object) -> None:
    """Sets the most that this process may allocate, for good. The worker that started it has no limit and stays."""
    if most := settings.IMPORT_WORKER_MEMORY_MB * 1024**2:
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
