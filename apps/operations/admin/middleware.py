"""Which session a request has, and who may be in it: told by the door alone."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from apps.operations.admin.doors import is_staff_door
from apps.operations.admin.sessions import StaffSessions

STAFF_DOOR = "/admin/"


class SessionsByDoor(SessionMiddleware):
    """Under /admin/ only the staff's cookie is read and written, elsewhere only the customers'."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(STAFF_DOOR):
            request.session = StaffSessions(request.COOKIES.get(settings.STAFF_COOKIE_NAME))
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not is_staff_door(request):
            return super().process_response(request, response)
        session: Any = request.session
        path = request.META.get("SCRIPT_NAME", "") + STAFF_DOOR
        if not session.is_empty():
            # Each page is a sign of life, so each saves.
            if response.status_code < 500:
                self._save(request)
            response.set_cookie(
                settings.STAFF_COOKIE_NAME,
                session.session_key,
                max_age=session.get_expiry_age(),
                path=path,
                secure=settings.STAFF_COOKIE_SECURE,
                httponly=True,
                samesite="Strict",
            )
        elif settings.STAFF_COOKIE_NAME in request.COOKIES:
            response.delete_cookie(settings.STAFF_COOKIE_NAME, path=path, samesite="Strict")
        patch_vary_headers(response, ("Cookie",))
        return response

    def _save(self, request: HttpRequest) -> None:
        try:
            request.session.save()
        except UpdateError:
            raise SessionInterrupted("The session was ended while this page was made.") from None


class PeopleByDoor(AuthenticationMiddleware):
    """Whoever is signed in at the wrong door, by whatever way, is nobody there; a superuser, too."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(partial(_person, request))  # type: ignore[assignment]


def _person(request: HttpRequest) -> Any:
    user = auth.get_user(request)
    if user.is_authenticated and user.is_staff != is_staff_door(request):
        return AnonymousUser()
    return user
