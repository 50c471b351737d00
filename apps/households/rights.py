"""What a person may do whose job comes to its turn: between the order and the deed they may have been removed."""

from apps.core.errors import ExpectedError
from apps.households.models import Membership
from apps.tenancy.context import HouseholdLike


class NoLongerAllowed(ExpectedError):
    """Who ordered the work may not change the household any more, or nobody may."""


def check_may_write(household: HouseholdLike, person_id: int | None) -> None:
    """Raises NoLongerAllowed, unless the person may write now. None is a command or a job, which nobody removes."""
    if person_id is None:
        return
    active = Membership.objects.filter(user=person_id, user__is_active=True).select_related("household__subscription")
    found = active.filter(household__schema_name=household.schema_name).first()
    if found is not None and found.is_at_least(Membership.Role.MEMBER):
        if not found.household.entitlements.may_write:
            raise NoLongerAllowed(found.household.entitlements.why_read_only)
    else:
        raise NoLongerAllowed("Whoever asked for this may not change the household any more, so it was not done.")
