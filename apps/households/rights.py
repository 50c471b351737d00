"""What a person may do whose job comes to its turn: between the order and the deed they may have been removed."""

from apps.core.errors import ExpectedError
from apps.households.models import Membership
from apps.tenancy.context import HouseholdLike


class NoLongerAllowed(ExpectedError):
    """Who ordered the work may not change the household any more."""


def check_may_write(household: HouseholdLike, person_id: int | None) -> None:
    """Raises NoLongerAllowed, unless the person may write now. None is a command or a job, which nobody removes."""
    if person_id is None:
        return
    found = Membership.objects.filter(household__schema_name=household.schema_name, user=person_id).first()
    if found is None or not found.may_write:
        raise NoLongerAllowed("Whoever asked for this may not change the household any more, so it was not done.")
