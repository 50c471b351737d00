"""What every answer says to the browser, and what no request may exceed. Both stand before everything that can fail."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.operations.refusals import refusal

_TAKES_FILES = re.compile(r"/h/[^/]+/imports/")


class HeadersMiddleware:
    """Beside what Django and django-csp set: what the page may use of the device, and who may embed the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class RequestSizeMiddleware:
    """Refuses an address, a header or a body that is too long, unread, with a sentence.

    The web server has limits of its own above these (gunicorn: 8 KB an address line or a header), and answers curtly.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._refusal(request) or self.get_response(request)

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        if len(request.META.get("QUERY_STRING", "")) + len(request.path) > settings.MOST_ADDRESS_BYTES:
            return refusal(
                request,
                status=414,
                title="That address is too long",
                sentence="The address holds more than we read. If it was a filter or a search, choose less at once.",
            )
        if any(len(str(value)) > settings.MOST_HEADER_BYTES for value in request.headers.values()):
            return refusal(
                request,
                status=431,
                title="That request could not be read",
                sentence="Your browser sent more beside the address than we read. Removing our cookies usually helps.",
            )
        most = settings.MOST_FILES_BYTES if _TAKES_FILES.match(request.path_info) else settings.MOST_FORM_BYTES
        if _content_length(request) > most:
            return refusal(
                request,
                status=413,
                title="That was too much at once",
                sentence=f"Up to {most // 1024**2} MB can be sent at once, and nothing of this was kept. "
                "Send several files one after another.",
            )
        return None


def _content_length(request: HttpRequest) -> int:
    """The bytes that are announced; Django reads no more than these, and none without the header."""
    given = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 else 0
