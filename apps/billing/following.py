"""What follows when a household's subscription changed."""

from collections.abc import Callable

from apps.billing.notices import told_of
from apps.households.models import Household
from apps.ledger.tasks import order_fitting

Deed = Callable[[Household, list[str]], None]
"""Takes the household, as it is after the change, and the kinds of change (`plans.SubscriptionChange.Kind`)."""

DEEDS: list[Deed] = [lambda household, _kinds: order_fitting(household), told_of]
"""In this order, within the transaction of the change: if one fails, nothing has changed, and it is tried again."""


def follow(household_id: int, kinds: list[str]) -> None:
    if not kinds:
        return
    household = Household.objects.get(pk=household_id)
    for deed in DEEDS:
        deed(household, kinds)
