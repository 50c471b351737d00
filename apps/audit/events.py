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
    person: User | int | None = None,
    household: HouseholdLike | None = None,
    request: HttpRequest | None = None,
    **details: Any,
) -> AuditEvent:
    """Adds an event of the list `Action`, as the last thing of a deed. It is chained as the transaction commits.

    `actor` is a person, or the name of a command or job (empty: nobody knows); `person` is to whom it was done.
    `details` must be JSON: ids, counts and words of ours, never amounts, people's texts, tokens or passwords.
    """
    return AuditEvent.objects.create(
        action=str(action),
        household_id=None if household is None else household.pk,  # type: ignore[attr-defined]
        actor_id=actor.pk if isinstance(actor, User) else None,
        actor="" if isinstance(actor, User) else actor,
        person_id=person.pk if isinstance(person, User) else person,
        address=client_address(request) or None if request is not None else None,
        details=details,
    )
