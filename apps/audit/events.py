"""Writing an audit event."""

from typing import Any

from django.http import HttpRequest

from apps.audit.models import AuditEvent
from apps.core.addresses import client_address
from apps.tenancy.context import HouseholdLike
from apps.users.models import User


def record(
    action: str,
    *,
    actor: User | str,
    household: HouseholdLike | None = None,
    request: HttpRequest | None = None,
    **details: Any,
) -> AuditEvent:
    """Adds an event. `actor` is a person, or the name of a command or job; `details` must be JSON."""
    return AuditEvent.objects.create(
        action=action,
        household_id=None if household is None else household.pk,  # type: ignore[attr-defined]
        actor_id=actor.pk if isinstance(actor, User) else None,
        actor=actor.email if isinstance(actor, User) else actor,
        address=client_address(request) or None if request is not None else None,
        details=details,
    )
