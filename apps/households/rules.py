"""Who may use which page of a household: every view says it in one line, `@allow(get=VIEWER, post=MEMBER)`.

The middleware lets nobody into a view without such a line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase, HttpResponseNotAllowed

from apps.households.models import Membership
from apps.households.requests import HouseholdRequest

Role = Membership.Role
OWNER, MEMBER, VIEWER = Role.OWNER, Role.MEMBER, Role.VIEWER

View = Callable[..., HttpResponseBase]
REFUSALS = {
    MEMBER: "Viewers of a household may look and not change anything. Ask its owner if you should be a member.",
    OWNER: "Only the owner of the household may do this.",
}


class ReadOnlyHousehold(PermissionDenied):
    """The household's plan lets nobody change anything any more."""


@dataclass(frozen=True)
class Rule:
    """The least role for looking (GET, HEAD) and for doing (POST); None: the view has no such method."""

    get: Role | None = None
    post: Role | None = None
    when_read_only: bool = False
    """Whether it may be done (POST) in a household whose plan lets nobody change anything any more."""

    def role_for(self, method: str | None) -> Role | None:
        return self.post if method == "POST" else self.get if method in {"GET", "HEAD"} else None

    @property
    def methods(self) -> list[str]:
        return [*(["GET", "HEAD"] if self.get else []), *(["POST"] if self.post else [])]


def allow(*, get: Role | None = None, post: Role | None = None, when_read_only: bool = False) -> Callable[[View], View]:
    """Answers 405 to other methods and 403 (with a sentence) to members of a lesser role, and to everybody who would
    change something in a household that can only be read, unless `when_read_only`."""
    rule = Rule(get, post, when_read_only)

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HouseholdRequest, *args: Any, **named: Any) -> HttpResponseBase:
            role = rule.role_for(request.method)
            if role is None:
                return HttpResponseNotAllowed(rule.methods)
            if not request.membership.is_at_least(role):
                raise PermissionDenied(REFUSALS[role])
            entitlements = request.household.entitlements
            if request.method == "POST" and not (rule.when_read_only or entitlements.may_write):
                raise ReadOnlyHousehold(entitlements.why_read_only)
            return view(request, *args, **named)

        checked.rule = rule  # type: ignore[attr-defined]
        return checked

    return decorate


def rule_of(view: Any) -> Rule | None:
    found: Rule | None = getattr(view, "rule", None)
    return found
