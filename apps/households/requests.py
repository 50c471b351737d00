"""What a view inside a household is given."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from apps.households.models import Household, Membership
from apps.users.models import User


class HouseholdRequest(HttpRequest):
    """A request that the middleware has mounted: signed in, a member, the household open. Never constructed here."""

    household: Household
    membership: Membership
    user: User
    htmx: HtmxDetails
