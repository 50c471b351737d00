"""The list of work that failed too often: written as it stalls, resolved as it is run again or not wanted any more.

The list is on the people plane, the work in a household's schema, and no transaction spans both. So a letter is written
before the work is stalled: a process that dies in between leaves the work as it was, the next one stalls it and finds
the letter there. It is resolved after the work was moved on: what dies in between leaves a letter whose work has moved
on, as running it again finds out.
"""

from django.db import transaction
from django.utils import timezone

from apps.households.models import DeadLetter, Household
from apps.tenancy.context import HouseholdLike, current_schema_name
from apps.tenancy.planes import LEDGER


def write(household: HouseholdLike, *, task: str, ids: dict[str, int], attempt_count: int, reason: str) -> None:
    """Adds a letter, once. `reason` is ours: the text of an error may quote a bank's file, so its class is enough."""
    DeadLetter.objects.get_or_create(
        household=Household.objects.get(schema_name=household.schema_name),
        task=task,
        arguments=ids,
        resolved_at=None,
        defaults={"attempt_count": attempt_count, "reason": reason[:500]},
    )


def resolve(*, ids: dict[str, int]) -> None:
    """Resolves the letters about these ids of the open household, once its transaction has committed."""
    schema_name = current_schema_name()
    letters = DeadLetter.objects.filter(household__schema_name=schema_name, arguments=ids, resolved_at=None)
    transaction.on_commit(lambda: letters.update(resolved_at=timezone.now()), using=LEDGER)
