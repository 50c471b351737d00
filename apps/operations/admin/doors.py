"""Two doors: staff come in under /admin/ and nowhere else, all other people everywhere else and never there."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from apps.operations.admin.sessions import StaffSessions
from apps.users.models import User


def is_staff_door(request: HttpRequest | None) -> bool:
    """By the session that the middleware opened, as a household's pages change the path while they answer."""
    return isinstance(getattr(request, "session", None), StaffSessions)


class OwnDoorBackend(BaseBackend):
    """Stands before the backends that check passwords, and refuses whoever has an account of the other kind.

    The answer is that to a wrong password, takes as long (the password is hashed here), and counts as one.
    """

    def authenticate(self, request: HttpRequest | None, email: str = "", password: str = "", **_: Any) -> None:
        of_the_other_kind = User.objects.filter(email=email.strip().lower(), is_staff=not is_staff_door(request))
        if (person := of_the_other_kind.first()) is not None:
            person.check_password(password)
            raise PermissionDenied
