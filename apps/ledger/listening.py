"""What the ledger does when somebody leaves the household, or only looks at it from now on."""

from typing import Any

from django.dispatch import receiver

from apps.households.models import Household, Membership
from apps.households.signals import becomes_viewer, membership_ends
from apps.ledger import sharing
from apps.ledger.tasks import order_settling


@receiver(membership_ends)
def settle_accounts(household: Household, person: int, *, is_own_wish: bool, **_: Any) -> None:
    """What they shared becomes the household's, by a job: it needs the rights of the household, and time.

    Raises KeepsAccounts for somebody who wants to leave and keeps accounts to themselves; not for who could do nothing
    about it: a viewer, or anybody in a household that can only be read.
    """
    writes = household.memberships.exclude(role=Membership.Role.VIEWER).filter(user=person).exists()
    if is_own_wish and writes and household.entitlements.may_write:
        sharing.refuse_to_leave_private_ones(person)
    order_settling(household)


@receiver(becomes_viewer)
def settle_reviews(household: Household, **_: Any) -> None:
    """A viewer reviews nothing."""
    order_settling(household)
