"""Deeds among the people of a household happen one after the other: each holds the household's row first."""

from apps.households.errors import NotTheOwner
from apps.households.models import Household
from apps.users.models import User


def hold(household: Household) -> Household:
    """The household as it is now, held until the end of the transaction."""
    return Household.objects.select_for_update(no_key=True).get(pk=household.pk)


def hold_as_owner(household: Household, actor: User) -> Household:
    """The same for a deed of its owner. Raises NotTheOwner if it has another one by now."""
    held = hold(household)
    if not held.memberships.filter(user=actor, role="owner").exists():
        raise NotTheOwner("You are not the owner of this household any more, and nothing was changed.")
    return held
