"""Mounts a household's pages under /h/<public id>/ and opens its transaction around all that answers there."""

import re
from collections.abc import Callable
from typing import Any, cast

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import get_script_prefix, set_script_prefix

from apps.core.errors import ExpectedError
from apps.households.answers import sentence_for
from apps.households.models import Membership
from apps.households.requests import HouseholdRequest
from apps.households.rules import rule_of
from apps.tenancy.context import current_narrowing, household_context, roll_back_household
from apps.users.confirming import ask_first

logger = structlog.get_logger("wallet.households")
_MOUNTED = re.compile(r"/h/(?P<public_id>[0-9a-z-]{1,40})(?P<rest>/.*)?", re.DOTALL)


class HouseholdMiddleware:
    """Addresses inside a household are resolved by `urls_household`; `reverse()` gets the prefix by itself.

    The prefix moves from PATH_INFO to SCRIPT_NAME, so that no pattern, link or view names the household. Whoever is
    not a member gets the same 404 as for a household that does not exist. The transaction spans middleware and
    template rendering inside; an exception or an answer of 500 and above rolls it back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        mounted = _MOUNTED.fullmatch(request.path_info)
        if mounted is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return ask_first(request, settings.LOGIN_URL)
        if mounted["rest"] is None:
            return redirect(request.path + "/", permanent=True)
        membership = (
            Membership.objects.select_related("household__subscription__plan", "household__subscription__comped_plan")
            .filter(user=request.user, household__public_id=mounted["public_id"])
            .first()
        )
        if membership is None:
            raise Http404("No household of yours has this address.")
        if not membership.household.is_ready:
            return redirect(f"/start/?household={membership.household.public_id}")
        return self._answer(request, membership, mounted["rest"])

    def _answer(self, request: HttpRequest, membership: Membership, path_info: str) -> HttpResponse:
        household = membership.household
        script_name = request.META.get("SCRIPT_NAME", "").rstrip("/") + f"/h/{household.public_id}"
        request.META["SCRIPT_NAME"] = script_name
        request.META["PATH_INFO"] = request.path_info = path_info
        request.urlconf = settings.HOUSEHOLD_URLCONF
        mounted = cast("HouseholdRequest", request)
        mounted.household, mounted.membership = household, membership
        prefix_outside = get_script_prefix()
        set_script_prefix(script_name + "/")
        try:
            # Whoever may only look is refused every write by the database, too.
            only_reads = not membership.is_at_least(Membership.Role.MEMBER)
            with household_context(household, person_id=membership.user_id, only_reads=only_reads):
                response = self.get_response(request)
                if response.status_code >= 500 or request.META.get("wallet.view_raised"):
                    roll_back_household()
        finally:
            set_script_prefix(prefix_outside)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: Any, _named: Any) -> None:
        """A view that forgot to say who may use it is closed to everybody, not open."""
        if hasattr(request, "membership") and rule_of(view) is None:
            logger.error("no rule", view=f"{view.__module__}.{view.__name__}")
            raise PermissionDenied("This page is closed: it does not say who may use it.")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What the database keeps from a person is refused in a sentence, wherever a page did not say it itself."""
        request.META["wallet.view_raised"] = True
        if current_narrowing() is None or isinstance(exception, Http404 | PermissionDenied):
            return None
        sentence = str(exception) if isinstance(exception, ExpectedError) else sentence_for(exception)
        if sentence is None:
            return None
        # Without the request: the transaction is broken, and whatever the page's frame asks would fail.
        return HttpResponseForbidden(render_to_string("403.html", {"exception": sentence}))
