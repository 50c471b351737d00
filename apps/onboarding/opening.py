"""From a person who signed up to a household that is ready: schema, role, first tags."""

from django.db import transaction

from apps.households.creating import create_household
from apps.households.models import Household
from apps.ledger.filling import fill_ledger
from apps.onboarding.tasks import make_ready
from apps.tenancy import names, schemas
from apps.tenancy.context import household_context
from apps.tenancy.tasks import later
from apps.users.models import User


def open_household(
    *, owner: User, name: str, currency: str = "USD", time_zone: str = "UTC", public_id: str | None = None
) -> Household:
    """A new household of `owner`. With a spare it is ready at once; otherwise a job of the owner's login makes its
    schema, and `is_ready` stays False until then. Runs no DDL.
    """
    with transaction.atomic():
        spare = schemas.take_spare()
        household = create_household(
            owner=owner,
            schema_name=spare or names.new_schema_name(),
            is_ready=spare is not None,
            name=name,
            currency=currency,
            time_zone=time_zone,
            public_id=public_id,
        )
        if spare is None:
            later(make_ready, household_id=household.pk)
        else:
            with household_context(household):
                fill_ledger()
    return household
