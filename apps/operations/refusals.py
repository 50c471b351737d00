"""How a request is refused before any view has seen it: one sentence, in the form that who asked can read."""

import json

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def refusal(request: HttpRequest, *, status: int, title: str, sentence: str) -> HttpResponse:
    """A toast for a part of a page, JSON for a program, a page for a person."""
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=status)
        response["HX-Trigger"] = json.dumps({"toast": sentence})
        return response
    if request.content_type == "application/json" or not request.accepts("text/html"):
        return JsonResponse({"error": sentence}, status=status)
    context = {"number": status, "heading": title, "sentence": sentence}
    return render(request, "refused.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django found wrong with a request while it was read (`handler400`)."""
    title, status = "That was too much at once", 413
    if isinstance(exception, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2
        sentence = f"A form may hold {most} MB of text, and this one held more. Nothing was changed."
    elif isinstance(exception, TooManyFilesSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        sentence = f"Up to {most} files can be sent at once. None was kept; please send them in several goes."
    elif isinstance(exception, TooManyFieldsSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        sentence = f"A form may have {most:,} fields, and this one had more. Nothing was changed; choose fewer at once."
    else:
        status, title = 400, "That request could not be read"
        sentence = (
            "Something in the address or the form was not as it should be. Nothing was changed. Go back, reload the "
            "page and try once more."
        )
    return refusal(request, status=status, title=title, sentence=sentence)
