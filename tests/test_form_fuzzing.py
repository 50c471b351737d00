"""Every form of the product, filled in by schemathesis with what nobody thought of: no answer is an error of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client, override_settings
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup

from tests.doors import broken
from tests.doors.crawling import OUTSIDE, crawl, crawl_all, crawl_outside, kinds_of_forms, mount_of, route_of
from tests.doors.markup import Form
from tests.doors.openapi import document
from tests.doors.world import World, a_world, taken_back

# It begins with a walk over every page.
pytestmark = pytest.mark.slow

OURS = "/h/ours/"
# Who finds forms outside of households, and some that they must have found.
OUTSIDERS = {
    "signed out": {"/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/admin/login/"},
    "newcomer": {"/start/", "/households/new/", "/accounts/profile/", "/accounts/reauthenticate/"},
    "stranger": {"/invitations/the-token-of-ours/accept/", "/invitations/the-token-of-ours/decline/"},
    "half in": {"/accounts/2fa/authenticate/"},
    "owner": {"/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/deactivate/"},
    "staff": {"/admin/password_change/"},
}
EXAMPLES = 9
"""Of each form; those of CI are the same each time, a developer's differ."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with a_world(django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def forms(world: World) -> list[Form]:
    return kinds_of_forms(crawl_all(world.client("owner"), OURS, world.our_ids, looks=2), OURS)


@pytest.fixture(scope="module")
def forms_outside(world: World) -> dict[str, list[Form]]:
    """Those of the public site and of the staff's, each with one of those who find it and may use it."""
    found: dict[str, list[Form]] = {}
    known: set[tuple[str, str]] = set()
    for who in OUTSIDERS:
        there = kinds_of_forms(crawl_outside(world.client(who), who, world.our_ids), mount_of(who))
        found[who] = [form for form in there if kind_of(form) not in known and is_taken(world.client(who), form)]
        known |= {kind_of(form) for form in found[who]}
    return found


def kind_of(form: Form) -> tuple[str, str]:
    return form.method, route_of(form.action, OUTSIDE)


def is_taken(client: Client, form: Form) -> bool:
    with taken_back():
        return client.generic(form.method, form.action).status_code not in {403, 405}


@contextmanager
def connections_kept() -> Iterator[None]:
    """The application runs inside the tests' transaction, and must not end it with its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def wrong_answers(world: World, forms: list[Form], *, who: str = "owner") -> tuple[int, list[str]]:
    """How many requests were made, and the smallest one of each form that ended in an error of ours."""
    client = world.client(who)
    client.get("/accounts/password/reset/")
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    headers = {"X-CSRFToken": cookies[settings.CSRF_COOKIE_NAME]}
    schema, application = schemathesis.openapi.from_dict(document(forms)), WSGIHandler()
    tried, wrong = 0, []
    for found in schema.get_all_operations():
        operation = found.ok()

        @hypothesis_settings(
            max_examples=EXAMPLES,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            nonlocal tried
            tried += 1
            with taken_back():
                response = case.call(app=application, cookies=cookies, headers=headers)
                assert response.status_code != 403, response.text
                case.validate_response(response, checks=[not_a_server_error])
            # A session is kept here, too.
            cache.clear()

        with connections_kept():
            try:
                holds()
            except (Failure, FailureGroup, BaseExceptionGroup) as failure:
                wrong.append(f"{operation.label}: {failure}")
    return tried, wrong


def test_no_form_can_be_filled_in_so_that_we_fail(world: World, forms: list[Form]) -> None:
    tried, wrong = wrong_answers(world, forms)
    assert wrong == []
    assert len(forms) > 80
    assert tried > len(forms) * 4


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_form_outside_of_households_can_be_filled_in_so_that_we_fail(
    world: World, forms_outside: dict[str, list[Form]], who: str
) -> None:
    forms = forms_outside[who]
    tried, wrong = wrong_answers(world, forms, who=who)
    assert wrong == []
    assert tried >= len(forms)
    assert OUTSIDERS[who] <= {form.action for form in forms if form.method == "post"}


def test_a_form_that_breaks_on_a_word_is_found(world: World) -> None:
    with override_settings(HOUSEHOLD_URLCONF=broken.__name__):
        seen = crawl(world.client("owner"), f"{OURS}number/")
        assert [form.names for form in seen.forms.values()] == [{"number"}]
        _, wrong = wrong_answers(world, kinds_of_forms(seen, OURS))
    assert len(wrong) == 1
    assert "POST /h/ours/number/" in wrong[0]
