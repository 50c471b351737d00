"""Making a household read-only whatever it pays, and ending that."""

import datetime

from django.http import HttpRequest

from apps.audit.actions import Action
from apps.audit.events import record
from apps.audit.reasons import given
from apps.plans.holding import DoesNotFit, HouseholdWithDays, held
from apps.users.models import User


def suspend(
    household: HouseholdWithDays,
    *,
    reason: str,
    actor: User | str,
    now: datetime.datetime,
    request: HttpRequest | None = None,
) -> None:
    """From now on its people can read and export, and change nothing. Raises ReasonMissing and DoesNotFit."""
    why = given(reason)
    with held(household) as subscription:
        if subscription.suspended_at is not None:
            raise DoesNotFit("The household is suspended already.")
        subscription.suspended_at = now
        subscription.save(update_fields=["suspended_at"])
        record(Action.HOUSEHOLD_SUSPENDED, actor=actor, household=household, request=request, reason=why)


def unsuspend(
    household: HouseholdWithDays,
    *,
    reason: str,
    actor: User | str,
    now: datetime.datetime,  # noqa: ARG001 (as the other deeds of operators)
    request: HttpRequest | None = None,
) -> None:
    """The household stands as its plan says. Raises ReasonMissing and DoesNotFit."""
    why = given(reason)
    with held(household) as subscription:
        if subscription.suspended_at is None:
            raise DoesNotFit("The household is not suspended.")
        subscription.suspended_at = None
        subscription.save(update_fields=["suspended_at"])
        record(Action.HOUSEHOLD_UNSUSPENDED, actor=actor, household=household, request=request, reason=why)
