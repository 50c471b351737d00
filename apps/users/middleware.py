"""Around every page for who is signed in, or has just signed in: times in their own zone, a note of when their session
was last used, and the cookie by which their browser is known."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.core.addresses import NOWHERE, client_address
from apps.users.arriving import keep_marks

# Seconds between two notes: a page costs no write, and "last used" is right to some minutes.
NOTED_EVERY = 300


class PersonMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        keep_marks(request, response)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        _note_use(request)
        with timezone.override(request.user.zone):
            return self.get_response(request)


def _note_use(request: HttpRequest) -> None:
    """Of a session that was ended meanwhile there is no row any more, and none is made."""
    key, address = request.session.session_key, client_address(request) or NOWHERE
    if cache.add(f"session-used:{key}:{address}", True, NOTED_EVERY):
        UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now(), ip=address)
