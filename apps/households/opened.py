"""The household that is open in this thread, for deeds that ask what its plan allows."""

from apps.households.models import Household
from apps.tenancy.context import current_schema_name


def opened_household() -> Household:
    """With its plan as it is now, whatever the request or the job has read of it before."""
    found = Household.objects.select_related("subscription__plan", "subscription__comped_plan")
    return found.get(schema_name=current_schema_name())
