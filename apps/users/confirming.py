"""The second confirmation before dangerous pages: export, a first password, a change of ownership.

allauth keeps when and how a person last proved who they are, and has the pages that ask. What is ours is the way
there and back from anywhere, also from inside a household, whose addresses allauth cannot name.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from apps.users.requests import SignedInRequest

# As `settings.LOGIN_URL`: an address, because no view of the public site has a name inside a household.
CONFIRM_PAGE = "/accounts/confirm/"
# Minutes for which one confirmation is good.
CONFIRMED_FOR: int = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT // 60

View = Callable[..., HttpResponseBase]


def confirmed_recently(view: View) -> View:
    """Sends whoever has not proved who they are within CONFIRMED_FOR minutes to the page that asks, and then back.

    Back from a POST is back to the page with its form: nothing is done that was sent before the answer.
    """

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if _proved_recently(cast("SignedInRequest", request)):
            return view(request, *args, **named)
        return ask_first(request, CONFIRM_PAGE)

    return asking


def ask_first(request: HttpRequest, page: str) -> HttpResponse:
    """To the page that asks who they are, and from there back to where they were."""
    asks = redirect_to_login(_way_back(request), page)
    if request.headers.get("HX-Request"):
        # The whole page goes there; a redirect would put the question where the answer's part should be.
        return HttpResponse(headers={"HX-Redirect": asks["Location"]})
    return asks


@require_GET
def confirm(request: HttpRequest) -> HttpResponse:
    """On to the page that asks this person: for the password, a code or a passkey, whichever they have.

    Who has none of them signs in with Google, and has to sign in there again.
    """
    methods = get_adapter().get_reauthentication_methods(request.user)
    back = get_next_redirect_url(request) or settings.LOGIN_REDIRECT_URL
    if methods:
        return redirect_to_login(back, methods[0]["url"])
    providers = [
        {"name": provider.name, "address": provider.get_login_url(request, action="reauthenticate", next=back)}
        for provider in get_social_adapter().list_providers(request)
    ]
    return render(request, "account/confirm_elsewhere.html", {"providers": providers})


def _proved_recently(request: SignedInRequest) -> bool:
    """On the page that asks, or by signing in: nobody is asked twice within minutes."""
    proofs = get_authentication_records(request, request.user)
    return bool(proofs) and time.time() - proofs[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def _way_back(request: HttpRequest) -> str:
    """The page that was asked for; for what was sent (and for parts of a page), the page it was sent from.

    To come back to an address that only takes forms would be a page of error 405.
    """
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return settings.LOGIN_REDIRECT_URL
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
