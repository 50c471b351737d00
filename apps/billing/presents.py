"""The end of a present of ours. How the household stands needs nobody to note it; what its plan has room for does."""

import datetime

from django.db import transaction

from apps.households.models import Household
from apps.ledger.tasks import order_fitting
from apps.plans.models import Subscription


def end_presents(now: datetime.datetime) -> None:
    """Takes off the rows what is over, and has the households' accounts fitted to what they have then."""
    over = Subscription.objects.filter(comped_until__lte=now)
    for household in Household.objects.filter(subscription__in=over):
        with transaction.atomic():
            if over.filter(household=household).update(comped_plan=None, comped_until=None):
                order_fitting(household)
