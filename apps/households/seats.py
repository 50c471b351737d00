"""How many people may belong to a household."""

import datetime

from django.conf import settings

from apps.households.models import Household


def seat_limit(household: Household) -> int:  # noqa: ARG001 (a plan's limit will depend on it)
    """The most people of the household, its owner included. The one place where a plan says otherwise."""
    limit: int = settings.HOUSEHOLD_SEATS
    return limit


def seats_left(household: Household, *, now: datetime.datetime) -> int:
    """How many more may be invited: open invitations have a seat. Ask with the household held, or it is a guess."""
    taken = household.memberships.count() + household.invitations.open(now).count()
    return max(0, seat_limit(household) - taken)
