"""Where a person is signed in, and how they end it there."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.core.addresses import NOWHERE
from apps.users.devices import device_in_words
from apps.users.models import User
from apps.users.requests import SignedInRequest
from apps.users.signals import sessions_ended


@dataclass(frozen=True)
class Session:
    pk: int
    device: str
    address: str
    since: datetime
    last_used: datetime
    is_this: bool


@require_GET
def listed(request: SignedInRequest) -> HttpResponse:
    """This session first, then the others by their last use."""
    found = [
        Session(
            pk=one.pk,
            device=device_in_words(one.user_agent),
            address="an unknown address" if one.ip == NOWHERE else one.ip,
            since=one.created_at,
            last_used=one.last_seen_at,
            is_this=_is_this(one, request),
        )
        for one in UserSession.objects.purge_and_list(request.user)
    ]
    found.sort(key=lambda one: (one.is_this, one.last_used), reverse=True)
    has_others = any(not one.is_this for one in found)
    return render(request, "usersessions/usersession_list.html", {"sessions": found, "has_others": has_others})


@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ends one other session; this one is ended by signing out."""
    others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    session = get_object_or_404(others, pk=pk)
    _end(request, [session])
    messages.success(request, f"Signed out: {device_in_words(session.user_agent)}.")
    return redirect("users:sessions")


@require_POST
def end_others(request: SignedInRequest) -> HttpResponse:
    _end(request, [one for one in UserSession.objects.filter(user=request.user) if not _is_this(one, request)])
    messages.success(request, "You are signed out everywhere else.")
    return redirect("users:sessions")


def _is_this(session: UserSession, request: SignedInRequest) -> bool:
    return bool(session.session_key == request.session.session_key)


def _end(request: SignedInRequest, ended: list[UserSession]) -> None:
    for session in ended:
        session.end()
    devices = [device_in_words(session.user_agent) for session in ended]
    sessions_ended.send(User, request=request, user=request.user, devices=devices)
