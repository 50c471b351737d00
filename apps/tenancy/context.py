"""Opening a household: the one way to its money."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import structlog
from django.db import connections, transaction

from apps.tenancy.errors import HouseholdNotReady

LEDGER = "households"


class HouseholdLike(Protocol):
    """What this package needs to know of a household; the model is `households.Household`, above this layer."""

    schema_name: str
    public_id: str
    is_ready: bool


@contextmanager
def household_context(household: HouseholdLike) -> Iterator[None]:
    """One transaction on the ledger plane, as the household's role, with its schema as the search path.

    Commits at the end and rolls back on an exception. Opening the same household inside itself gives a savepoint;
    another one raises AnotherHousehold. A schema or role that is gone is an error, never somebody else's data.
    """
    if not household.is_ready:
        raise HouseholdNotReady(f"The household {household.public_id} is still being made.")
    connection = connections[LEDGER]
    with (
        structlog.contextvars.bound_contextvars(household=household.public_id),
        transaction.atomic(using=LEDGER),
        connection.household(household.schema_name),
    ):
        yield


def current_schema_name() -> str | None:
    """The schema of the household that is open in this thread, or None."""
    name = connections[LEDGER].schema_name
    return None if name == "public" else str(name)


def roll_back_household() -> None:
    """Marks the open household transaction so that it ends in a rollback."""
    transaction.set_rollback(True, using=LEDGER)
