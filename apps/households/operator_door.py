"""The one way for an operator, a command or a billing job into a household that it does not belong to."""

from collections.abc import Iterator
from contextlib import contextmanager

from apps.audit.actions import Action
from apps.audit.events import record
from apps.audit.reasons import given
from apps.households.models import Household
from apps.tenancy.context import household_context
from apps.users.models import User


@contextmanager
def operator_access(household: Household, *, actor: User | str, reason: str) -> Iterator[None]:
    """Opens the household for an operator. The audit event is written first and stays, whatever happens inside.

    Raises ReasonMissing.
    """
    record(Action.HOUSEHOLD_OPENED, actor=actor, household=household, reason=given(reason))
    with household_context(household):
        yield
