"""Every view of a household says in one line who may use it, and no other is reached."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from apps.households.middleware import HouseholdMiddleware
from apps.households.models import Household, Membership
from apps.households.rules import MEMBER, OWNER, VIEWER, allow, rule_of
from apps.plans.models import Subscription


def views(patterns: list[Any], above: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        address = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, address)
        else:
            assert isinstance(pattern, URLPattern)
            yield address, pattern.callback


# What concerns nobody but the viewer.
VIEWERS_OWN = {"settings/members/leave/", "transactions/columns/"}
VIEWS = dict(views(get_resolver("config.urls_household").url_patterns))


@pytest.mark.parametrize("address", sorted(VIEWS))
def test_every_view_says_who_may_use_it(address: str) -> None:
    rule = rule_of(VIEWS[address])
    assert rule is not None, f"{address} has no @allow(…)"
    assert rule.get or rule.post
    assert rule.post != VIEWER or address in VIEWERS_OWN, "a viewer changes nothing"


@pytest.mark.parametrize(
    ("role", "method", "status"),
    [
        ("viewer", "GET", 200),
        ("viewer", "HEAD", 200),
        ("viewer", "POST", 403),
        ("member", "POST", 200),
        ("owner", "POST", 200),
        ("owner", "PUT", 405),
        ("owner", "DELETE", 405),
        ("owner", "OPTIONS", 405),
    ],
)
def test_a_rule_gives_each_role_its_methods(role: str, method: str, status: int) -> None:
    assert _status(allow(get=VIEWER, post=MEMBER), role, method) == status


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 403), ("owner", 200)])
def test_what_is_the_owners_is_refused_to_all_others(role: str, status: int) -> None:
    assert _status(allow(get=OWNER, post=OWNER), role, "GET") == status
    assert _status(allow(get=OWNER, post=OWNER), role, "POST") == status


def test_a_view_has_only_the_methods_of_its_rule() -> None:
    assert _status(allow(post=MEMBER), "owner", "GET") == 405
    assert _status(allow(get=VIEWER), "owner", "POST") == 405


def test_whose_plan_has_ended_may_look_and_only_do_what_is_for_such() -> None:
    usual, always = allow(get=VIEWER, post=MEMBER), allow(get=VIEWER, post=MEMBER, when_read_only=True)
    assert [_status(usual, "owner", method, state="ended") for method in ("GET", "HEAD", "POST")] == [200, 200, 403]
    assert [_status(always, "owner", method, state="ended") for method in ("GET", "HEAD", "POST")] == [200, 200, 200]
    assert _status(always, "viewer", "POST", state="ended") == 403


def test_a_view_without_a_rule_is_closed_to_everybody() -> None:
    request = RequestFactory().get("/")
    request.membership = Membership(role="owner")  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied, match="does not say who may use it"):
        HouseholdMiddleware(lambda _request: HttpResponse()).process_view(request, _page, (), {})


@pytest.mark.django_db(databases=["default", "households"])
def test_the_refusal_says_why(member_client: Client, household: Household) -> None:
    Membership.objects.filter(household=household).update(role="viewer")
    page = member_client.post("/h/ours/tags/new/", {"name": "Tea"})
    assert page.status_code == 403
    assert "Viewers of a household may look and not change anything." in page.content.decode()


def _page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


def _status(rule: Callable[[Any], Any], role: str, method: str, *, state: str = "active") -> int:
    request = RequestFactory().generic(method, "/")
    household = Household(subscription=Subscription(state=state))
    request.membership = Membership(role=role, household=household)  # type: ignore[attr-defined]
    request.household = household  # type: ignore[attr-defined]
    try:
        return int(rule(_page)(request).status_code)
    except PermissionDenied:
        return 403
