"""The second confirmation before dangerous pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def confirmed_recently(view: View) -> View:
    """Stands in for the one of the accounts' slice until the merge."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if did_recently_reauthenticate(request):
            return view(request, *args, **named)
        return redirect_to_login(request.get_full_path(), "/accounts/reauthenticate/")

    return asking
