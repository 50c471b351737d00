"""Is the process alive, and is everything there that it needs."""

from collections.abc import Callable

from django.conf import settings
from django.db import connections
from django_redis import get_redis_connection
from kombu.connection import Connection

from apps.imports import scanning
from apps.imports.store import store_client


def _database() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")


def _redis() -> None:
    # The cache hides its errors by design; its client does not.
    get_redis_connection("default").ping()


def _store() -> None:
    store_client().head_bucket(Bucket=settings.S3_BUCKET)


def _broker() -> None:
    with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=0, timeout=2)


PARTS: dict[str, Callable[[], None]] = {
    "database": _database,
    "redis": _redis,
    "store": _store,
    "broker": _broker,
}


def readiness() -> dict[str, str]:
    """Every part with `ok`, or the class of its error; no details, for the answer is public."""
    found = {}
    optional = {"scanner": scanning.ping} if settings.CLAMAV_URL else {}
    for name, ask in (PARTS | optional).items():
        try:
            ask()
        except Exception as error:  # noqa: BLE001 (whatever it is, the part is not ready)
            found[name] = type(error).__name__
        else:
            found[name] = "ok"
    return found
