"""Jobs know their household by an argument, open it themselves, and fail closed."""

from typing import Any

import structlog
from celery import Task
from django.db import transaction
from django_tenants.utils import get_tenant_model
from kombu.exceptions import OperationalError

from apps.tenancy.context import HouseholdLike, current_schema_name
from apps.tenancy.errors import AnotherHousehold, OutOfMemory, TenancyError
from apps.tenancy.planes import LEDGER

log = structlog.get_logger(__name__)


class HouseholdTask(Task):
    """`@app.task(base=HouseholdTask)` on a function `(household, *, …ids)`.

    Enqueue it with `later(task, household, …ids)`. The task starts with no household open and opens the one it was
    given by `household_context`, once for each transaction that it needs. A task for a household that is gone raises;
    it never runs anywhere else.
    """

    abstract = True
    # Celery would hold the arguments sent against the function's own, which is given a household instead of an id.
    typing = False

    def __call__(self, *args: Any, household_id: int | None = None, **kwargs: Any) -> Any:
        if household_id is None:
            raise TenancyError(f"{self.name} was sent without its household.")
        if (opened := current_schema_name()) is not None:
            raise AnotherHousehold(f"{self.name} started inside {opened}.")
        household = get_tenant_model().objects.get(pk=household_id)
        with structlog.contextvars.bound_contextvars(household=household.public_id, task=self.name):
            try:
                return super().__call__(household, *args, **kwargs)
            except MemoryError:
                # Celery takes a MemoryError of a job for its own, and ends the worker with all its processes.
                raise OutOfMemory(f"{self.name} needed more memory than its process may hold.") from None


class SharedTask(Task):
    """A task of the people plane, declared as such: it has no household and can open none by accident."""

    abstract = True


def later(task: Task, household: HouseholdLike | None = None, **ids: Any) -> None:
    """Sends the task once the open transactions have committed; a broker that is away is logged, not raised.

    The row that asked for the job is its order: a sweep sends again what has not begun.
    """
    arguments = ids if household is None else {"household_id": household.pk, **ids}  # type: ignore[attr-defined]

    def send() -> None:
        try:
            task.apply_async(kwargs=arguments)
        except (OperationalError, OSError):
            log.exception("task_not_sent", task=task.name)

    transaction.on_commit(lambda: transaction.on_commit(send, using="default"), using=LEDGER)
