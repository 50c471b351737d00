"""Making the schema of a household that was opened when no spare stood ready."""

from django.db import transaction

from apps.households.models import Household
from apps.ledger.filling import fill_ledger
from apps.tenancy import schemas
from apps.tenancy.context import household_context


def finish_household(household: Household) -> None:
    """Makes and fills the schema of a household that was opened without a spare. Safe to repeat; needs the owner."""
    with transaction.atomic():
        household = Household.objects.select_for_update().get(pk=household.pk)
        if household.is_ready:
            return
        if not schemas.exists(household.schema_name):
            schemas.make_schema(household.schema_name)
        household.is_ready = True
        with household_context(household):
            fill_ledger()
        household.save(update_fields=["is_ready"])
