"""Which jobs were sent: noted where Celery hands them to the broker."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery.signals import before_task_publish


@contextmanager
def noting_jobs(task: str, *, by: str) -> Iterator[list[int]]:
    """The ids that messages of the task carry under that name, in the order in which they were sent."""
    found: list[int] = []

    def note(body: tuple[object, dict[str, int], object], **_: object) -> None:
        found.append(body[1][by])

    before_task_publish.connect(note, sender=task, weak=False)
    try:
        yield found
    finally:
        before_task_publish.disconnect(note, sender=task)
