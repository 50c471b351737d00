"""How many people may belong to a household."""

import datetime

from apps.households.models import Household
from apps.plans.entitlements import Limited


def seat_limit(household: Household) -> int:
    """The most people of the household, its owner included. Who belongs to it already stays, whatever the plan."""
    return household.entitlements.limit(Limited.SEATS) or 1


def seats_left(household: Household, *, now: datetime.datetime) -> int:
    """How many more may be invited: open invitations have a seat. Ask with the household held, or it is a guess."""
    taken = household.memberships.count() + household.invitations.open(now).count()
    return max(0, seat_limit(household) - taken)
