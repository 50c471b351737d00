"""What a view inside a household is given."""

from apps.households.models import Household, Membership
from apps.users.requests import SignedInRequest


class HouseholdRequest(SignedInRequest):
    """A request that the middleware has mounted: signed in, a member, the household open. Never constructed here."""

    household: Household
    membership: Membership
