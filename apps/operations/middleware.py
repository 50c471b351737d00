"""Every request leaves one line in the log, with an id that all its other lines carry."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import add_never_cache_headers

from apps.operations.refusals import refusal

log = structlog.get_logger("wallet.request")
_ONLY_SHOWS = "There is nothing to send to this page, and nothing was changed. Open it from a link."
_ONLY_DOES = "This address works with the button of the page it belongs to. Nothing was changed; go there and use it."


class RequestLogMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        request_id = uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.monotonic()
        response = self.get_response(request)
        household = getattr(request, "household", None)
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round((time.monotonic() - started) * 1000, 1),
            household=getattr(household, "public_id", None),
        )
        response["X-Request-ID"] = request_id
        return response


class NoSuchMethodMiddleware:
    """An address that only shows something, or only does something, says so; Django answers 405 with nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        sentence = _ONLY_SHOWS if "GET" in response["Allow"] else _ONLY_DOES
        page = refusal(request, status=405, title="That does not work this way", sentence=sentence)
        page["Allow"] = response["Allow"]
        return page


class PrivateAnswersMiddleware:
    """What the application answers is for the person who asked: nobody on the way keeps it, and no browser either."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
