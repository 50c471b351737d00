"""Opening a household: the one way to its money."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import structlog
from django.db import transaction

from apps.tenancy.errors import HouseholdNotReady
from apps.tenancy.narrowing import Narrowing
from apps.tenancy.planes import LEDGER, NOBODY, ledger_connection

FEW_ROWS = 1000


class HouseholdLike(Protocol):
    """What this package needs to know of a household; the model is `households.Household`, above this layer."""

    schema_name: str
    public_id: str
    is_ready: bool


@contextmanager
def household_context(
    household: HouseholdLike, *, person_id: int | None = None, only_reads: bool = False
) -> Iterator[None]:
    """One transaction on the ledger plane, as the household's role, with its schema as the search path.

    With a person, it sees and writes what that person may (the narrow role where something is kept from them); without,
    it acts for the household. `only_reads`: the database refuses every write.

    Commits at the end and rolls back on an exception. Opening the same household inside itself gives a savepoint;
    another one raises AnotherHousehold. A schema or role that is gone is an error, never somebody else's data.
    """
    if not household.is_ready:
        raise HouseholdNotReady(f"The household {household.public_id} is still being made.")
    with (
        structlog.contextvars.bound_contextvars(household=household.public_id),
        transaction.atomic(using=LEDGER),
        ledger_connection().household(household.schema_name, person_id=person_id, only_reads=only_reads),
    ):
        yield


@contextmanager
def joining_many_rows(row_count: int) -> Iterator[None]:
    """Around statements that join `row_count` rows just written in the open household.

    The planner has no statistics of such rows, takes them for one, and would compare each with each. Few rows are left
    to it: there a nested loop over an index is the best plan, and the worst does no harm.
    """
    if row_count <= FEW_ROWS:
        yield
        return
    with ledger_connection().without_nested_loops():
        yield


@contextmanager
def seeing_every_account() -> Iterator[None]:
    """In a household that is open for a person: the block sees and writes accounts that are kept from them.

    For what the plan says of all accounts together (`ledger.account_limit`, `ledger.freezing`) and nothing else.
    Whoever uses it tells nothing of what the person does not see. In it `current_narrowing` is the person's still. An
    error of the database must end the transaction, or a savepoint around the block.
    """
    with ledger_connection().with_full_role():
        yield


def check_references() -> None:
    """Checks the foreign keys of the open household now instead of at its commit. Raises IntegrityError."""
    ledger_connection().check_references()


def current_schema_name() -> str | None:
    """The schema of the household that is open in this thread, or None."""
    name = ledger_connection().schema_name
    return None if name == NOBODY else name


def current_narrowing() -> Narrowing | None:
    """What is kept from the person for whom the household is open; None where nothing is, or it is open for nobody."""
    return ledger_connection().narrowing


def current_person_id() -> int | None:
    """The person for whom the household is open; None where it is open for itself."""
    return ledger_connection().person_id


def roll_back_household() -> None:
    """Marks the open household transaction so that it ends in a rollback."""
    transaction.set_rollback(True, using=LEDGER)
