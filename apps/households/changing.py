"""What a household is called, counts in, and when its day and its month begin."""

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
    month_start_day: int,
    actor: User,
    request: HttpRequest | None = None,
) -> list[str]:
    """Writes what differs; returns its names, which the audit log is told, too, and not what people wrote."""
    wanted: dict[str, str | int] = {
        "name": name,
        "currency": currency,
        "time_zone": time_zone,
        "month_start_day": month_start_day,
    }
    with transaction.atomic():
        held = hold_as_owner(household, actor)
        changed = [field for field in wanted if getattr(held, field) != wanted[field]]
        if changed:
            for field in changed:
                setattr(held, field, wanted[field])
            held.save(update_fields=changed)
            record(Action.HOUSEHOLD_CHANGED, actor=actor, household=held, request=request, fields=changed)
    return changed
