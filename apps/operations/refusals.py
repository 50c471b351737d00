"""How a request is refused: one sentence, in the form that who asked can read."""

import json

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, get_script_prefix, resolve
from django.views.defaults import permission_denied

from apps.core.errors import Gone
from apps.households.rules import VIEWER, ReadOnlyHousehold, rule_of
from apps.plans.entitlements import FeatureMissing


def refusal(
    request: HttpRequest,
    *,
    status: int,
    title: str,
    sentence: str,
    template: str = "households/refused.html",
    **shown: object,
) -> HttpResponse:
    """A toast for a part of a page, JSON for a program, a page for a person: in their household, if they are in one.

    `template` is that page of the household, `shown` what it shows beside title and sentence.
    """
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=status)
        response["HX-Trigger"] = json.dumps({"toast": sentence})
        return response
    if request.content_type == "application/json" or not request.accepts("text/html"):
        return JsonResponse({"error": sentence}, status=status)
    context = {"number": status, "heading": title, "sentence": sentence}
    if hasattr(request, "household"):
        return render(request, template, context | {"above_url": _page_above(request)} | shown, status=status)
    return render(request, "refused.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What is not there (`handler404`). Only a `Gone` says in its own words what that was."""
    if isinstance(exception, Gone):
        return refusal(request, status=404, title="This is not there any more", sentence=str(exception))
    sentence = (
        "What was here may have been moved or removed, or it belongs to a household you are not part of. Your own "
        "money is where you left it."
    )
    return refusal(request, status=404, title="There is nothing at this address", sentence=sentence)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What somebody may not do (`handler403`): a household that can only be read leads to its plan, a feature that is
    not on says what it is and which plan has it."""
    if isinstance(exception, ReadOnlyHousehold):
        return refusal(request, status=403, title="This household can only be read", sentence=str(exception))
    if isinstance(exception, FeatureMissing):
        missing = exception.missing
        return refusal(
            request,
            status=403,
            title=missing.title,
            sentence=str(exception),
            template="plans/feature_missing.html",
            missing=missing,
        )
    return permission_denied(request, exception)


def _page_above(request: HttpRequest) -> str:
    """The nearest page above the address that is about no single thing: the list of what is there now. Empty if it
    is the household's first page."""
    path = request.path_info
    while path := path.rstrip("/").rpartition("/")[0]:
        if _is_list(f"{path}/"):
            return f"{get_script_prefix()}{path[1:]}/"
    return ""


def _is_list(path: str) -> bool:
    try:
        found = resolve(path, settings.HOUSEHOLD_URLCONF)
    except Resolver404:
        return False
    rule = rule_of(found.func)
    return not found.kwargs and rule is not None and rule.get == VIEWER


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
