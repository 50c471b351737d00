"""Keeping a person out, and letting them in again."""

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest

from apps.audit.actions import Action
from apps.audit.events import record
from apps.core.errors import ExpectedError
from apps.operations.admin.sessions import end_staff_sessions
from apps.users.models import User


class OwnAccount(ExpectedError):
    """An operator was about to close the door behind themselves."""


def suspend(person: User, *, actor: User, request: HttpRequest | None = None) -> bool:
    """Ends all of the person's sessions and lets them into none; False if they were suspended already.

    Raises OwnAccount.
    """
    if person.pk == actor.pk:
        raise OwnAccount("You cannot suspend yourself.")
    with transaction.atomic():
        if not User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
            return False
        for session in UserSession.objects.filter(user=person):
            session.end()
        end_staff_sessions(person.pk)
        record(Action.PERSON_SUSPENDED, actor=actor, person=person, request=request)
    return True


def unsuspend(person: User, *, actor: User, request: HttpRequest | None = None) -> bool:
    """The person may sign in again, as before; False if they were not suspended."""
    with transaction.atomic():
        if not User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
            return False
        record(Action.PERSON_UNSUSPENDED, actor=actor, person=person, request=request)
    return True
