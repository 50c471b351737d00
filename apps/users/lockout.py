"""Who is locked out after too many failed sign-ins, what they see, for how long, and what opens the door again."""

import datetime
from typing import Any

from allauth.account.signals import password_reset
from axes.utils import reset
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.users.models import User


def cool_off(request: HttpRequest | None = None) -> datetime.timedelta:  # noqa: ARG001 (axes' interface)
    return datetime.timedelta(minutes=15)


def person(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Whose failures are counted: the address that was typed in, in lower case, whether it has an account or not.

    allauth hands the address over as `email`; axes by itself would find nobody there and lock everybody at once.
    """
    given = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(given).strip().lower()


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Says so, and for how long; signing in from another address and resetting the password stay open."""
    wait = cool_off()
    response = render(request, "account/locked_out.html", {"wait": wait}, status=429)
    response["Retry-After"] = str(int(wait.total_seconds()))
    return response


@receiver(password_reset)
def open_again(user: User, **_: Any) -> None:
    """A new password by mail proves who it is: the failures before it count no more, from whatever address."""
    reset(username=user.email)
