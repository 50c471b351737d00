"""Counts what `RATE_LIMITS` limits, says in each limited answer how much is left, and refuses what is too much.

The fields are those of draft-ietf-httpapi-ratelimit-headers-06 (later drafts fold them into one), `Retry-After` that of
RFC 9110. Counts are in Redis, in fixed windows that begin at another moment for everybody (django-ratelimit). While
Redis is away nothing is limited, and django-redis logs it; axes counts failed sign-ins all the same, in the database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.stages import LoginStageController
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_ratelimit.core import get_usage

from apps.core.addresses import client_address, range_of
from apps.core.clock import in_words
from apps.core.limits import By, Limit
from apps.households.models import Household
from apps.operations.refusals import refusal
from apps.users import lockout


@dataclass(frozen=True)
class Usage:
    """How far a request used up one limit."""

    limit: Limit
    allowed: int
    remaining: int
    seconds: int
    """Until the window ends and all of it is there again."""
    is_over: bool


def multiplier(household: Household | None) -> int:
    """How many times the usual rate the household's plan gives."""
    return household.entitlements.plan.rate_factor if household else 1


def use(request: HttpRequest, view_name: str) -> list[Usage]:
    """Counts the request against every limit of its view; empty if there is none, or nobody can count."""
    table: Mapping[str, Limit] = settings.RATE_LIMITS
    # Who asks for the head alone has the page made all the same.
    method = "GET" if request.method == "HEAD" else request.method
    used = [
        _use(request, name, limit)
        for name, limit in table.items()
        if view_name in limit.views and method in limit.methods
    ]
    return [usage for usage in used if usage is not None]


def _use(request: HttpRequest, name: str, limit: Limit) -> Usage | None:
    count, _, period = limit.rate.partition("/")
    times = multiplier(getattr(request, "household", None)) if limit.grows_with_plan else 1
    found = get_usage(
        request,
        group=name,
        key=lambda _group, asked: _KEYS[limit.by](asked),
        rate=f"{int(count) * times}/{period}",
        increment=True,
    )
    if found is None:
        return None
    remaining = max(0, found["limit"] - found["count"])
    return Usage(limit, found["limit"], remaining, max(1, found["time_left"]), found["should_limit"])


def _address(request: HttpRequest) -> str:
    address = client_address(request)
    return range_of(address, four=32, six=64)[0] if address else ""


def _person(request: HttpRequest) -> str:
    """Who is signed in, or has given their password and owes the second step; else the address stands for them."""
    if request.user.is_authenticated:
        return f"person {request.user.pk}"
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    return f"person {stage.login.user.pk}" if stage and stage.login.user else _address(request)


def _household(request: HttpRequest) -> str:
    household = getattr(request, "household", None)
    return f"household {household.pk}" if household else _person(request)


def _name(request: HttpRequest) -> str:
    """What stands in the field that the view reads; whoever sends others, too, steps round nothing."""
    view = request.resolver_match.view_name if request.resolver_match else ""
    return lockout.person(request, {"email": request.POST.get(NAME_FIELDS[view])})


NAME_FIELDS = {"account_login": "login", "account_reset_password": "email", "admin:login": "username"}
_KEYS: dict[By, Callable[[HttpRequest], str]] = {
    "address": _address,
    "person": _person,
    "household": _household,
    "name typed": _name,
    "name typed, at an address": lambda request: f"{_name(request)} {_address(request)}",
}


class RateLimitMiddleware:
    """Stands below the household's, which knows the view of an address inside it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        tightest = getattr(request, "tightest_limit", None)
        if tightest is not None:
            response["RateLimit-Limit"] = str(tightest.allowed)
            response["RateLimit-Remaining"] = str(tightest.remaining)
            response["RateLimit-Reset"] = str(tightest.seconds)
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        used = use(request, match.view_name) if match else []
        if not used:
            return None
        tightest = min(used, key=lambda usage: (not usage.is_over, usage.remaining, -usage.seconds))
        request.tightest_limit = tightest  # type: ignore[attr-defined]
        return refuse(request, tightest) if tightest.is_over else None


def refuse(request: HttpRequest, usage: Usage) -> HttpResponse:
    """429, with the wait in words and in seconds."""
    # Who is locked out is told that, and waits longer.
    now = timezone.now()
    if "account_login" in usage.limit.views and (lock := lockout.lock_on(request, None, now=now)):
        return lockout.told_of(request, lock, now=now)
    sentence = f"{usage.limit.sentence} Please try again in {in_words(usage.seconds)}; nothing was lost or changed."
    response = refusal(request, status=429, title="That was too often", sentence=sentence)
    response["Retry-After"] = str(usage.seconds)
    return response
