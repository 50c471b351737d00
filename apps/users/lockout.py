"""What a person sees after too many failed sign-ins, and for how long."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def cool_off(request: HttpRequest | None = None) -> datetime.timedelta:  # noqa: ARG001 (axes' interface)
    return datetime.timedelta(minutes=15)


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Says so, and for how long; signing in from another address and resetting the password stay open."""
    wait = cool_off()
    response = render(request, "account/locked_out.html", {"wait": wait}, status=429)
    response["Retry-After"] = str(int(wait.total_seconds()))
    return response
