"""The row of a new household and its owner."""

from django.db import transaction

from apps.audit.actions import Action
from apps.audit.events import record
from apps.households.models import Household, Membership, new_public_id
from apps.users.models import User


def create_household(
    *,
    owner: User,
    schema_name: str,
    is_ready: bool,
    name: str,
    currency: str = "USD",
    time_zone: str = "UTC",
    public_id: str | None = None,
) -> Household:
    """Writes the household, its owner and the audit event. The schema is made and filled by `onboarding.opening`."""
    with transaction.atomic():
        household = Household.objects.create(
            schema_name=schema_name,
            public_id=public_id or new_public_id(),
            name=name,
            currency=currency,
            time_zone=time_zone,
            is_ready=is_ready,
        )
        Membership.objects.create(household=household, user=owner, role=Membership.Role.OWNER)
        record(Action.HOUSEHOLD_CREATED, actor=owner, household=household)
    return household
