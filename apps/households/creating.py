"""The row of a new household and its owner."""

from django.db import transaction
from django.utils import timezone

from apps.audit.actions import Action
from apps.audit.events import record
from apps.households.models import Household, Membership, new_public_id
from apps.plans import subscribing
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
    """Writes the household, its owner, its trial and the audit event. `onboarding.opening` fills the schema."""
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
        subscribing.begin_trial(household, now=timezone.now())
        record(Action.HOUSEHOLD_CREATED, actor=owner, household=household)
    return household
