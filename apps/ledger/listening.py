"""What the ledger does when somebody leaves the household."""

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from apps.households.models import Household
from apps.households.signals import membership_ends
from apps.ledger import sharing
from apps.tenancy.context import household_context
from apps.tenancy.planes import LEDGER


@receiver(membership_ends)
def settle_accounts(household: Household, person: int, *, is_own_wish: bool, **_: Any) -> None:
    """Hands the household what they shared with it, once the page's own transaction is over: that one may see less.

    Raises KeepsAccounts for somebody who wants to leave and keeps accounts to themselves.
    """
    if is_own_wish:
        sharing.refuse_to_leave_private_ones(person)
    transaction.on_commit(partial(_hand_over, household, person), using=LEDGER)


def _hand_over(household: Household, person: int) -> None:
    with household_context(household):
        sharing.hand_over(person)
