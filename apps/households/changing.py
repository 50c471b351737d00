"""What a household is called, counts in, and when its day begins."""

from django.db import transaction
from django.http import HttpRequest

from apps.audit.actions import Action
from apps.audit.events import record
from apps.households.holding import hold_as_owner
from apps.households.models import Household
from apps.users.models import User


def change_settings(
    household: Household,
    *,
    name: str,
    currency: str,
    time_zone: str,
    actor: User,
    request: HttpRequest | None = None,
) -> list[str]:
    """Writes what differs and tells the audit log both values; returns the names of what differed."""
    wanted = {"name": name, "currency": currency, "time_zone": time_zone}
    with transaction.atomic():
        held = hold_as_owner(household, actor)
        old = {field: getattr(held, field) for field in wanted if getattr(held, field) != wanted[field]}
        if old:
            for field in old:
                setattr(held, field, wanted[field])
            held.save(update_fields=list(old))
            new = {field: wanted[field] for field in old}
            record(Action.HOUSEHOLD_CHANGED, actor=actor, household=held, request=request, old=old, new=new)
    return list(old)
