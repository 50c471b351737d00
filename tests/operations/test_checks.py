"""`manage.py check` names settings that contradict each other before a visitor finds out."""

import pytest
from django.core.checks import run_checks

CLEAN = {"TRUSTED_PROXY_COUNT": 1, "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}


def _found(settings, *, deployed: bool = True, **changed: object) -> list[str]:
    for name, value in {**CLEAN, **changed}.items():
        setattr(settings, name, value)
    messages = run_checks(tags=["security"], include_deployment_checks=deployed)
    return [str(message.id) for message in messages if str(message.id).startswith("operations.")]


def test_settings_that_agree_are_not_named(settings) -> None:
    assert _found(settings) == []
    assert _found(settings, TRUSTED_PROXY_COUNT=0, SECURE_PROXY_SSL_HEADER=None) == []


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"TRUSTED_PROXY_COUNT": -1}, "operations.E001"),
        ({"RATELIMIT_IP_META_KEY": "HTTP_X_FORWARDED_FOR"}, "operations.E002"),
        ({"ALLAUTH_TRUSTED_CLIENT_IP_HEADER": "X-Forwarded-For"}, "operations.E002"),
        ({"AXES_CLIENT_IP_CALLABLE": None}, "operations.E003"),
        ({"TRUSTED_PROXY_COUNT": 0}, "operations.E004"),
        ({"SECURE_PROXY_SSL_HEADER": None, "SECURE_SSL_REDIRECT": True}, "operations.E005"),
        (
            {"TRUSTED_PROXY_COUNT": 0, "SECURE_PROXY_SSL_HEADER": None, "USE_X_FORWARDED_HOST": True},
            "operations.E006",
        ),
        ({"SESSION_COOKIE_NAME": "__Host-session", "SESSION_COOKIE_SECURE": False}, "operations.E007"),
        (
            {"CSRF_COOKIE_NAME": "__Host-csrf", "CSRF_COOKIE_SECURE": True, "CSRF_COOKIE_DOMAIN": "example.com"},
            "operations.E007",
        ),
        (
            {"SESSION_COOKIE_NAME": "__Host-s", "SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_PATH": "/a"},
            "operations.E007",
        ),
    ],
)
def test_a_contradiction_is_named(settings, changed: dict[str, object], named: str) -> None:
    assert _found(settings, **changed) == [named]


def test_what_no_deployment_needs_is_not_asked_of_a_developer(settings) -> None:
    assert _found(settings, deployed=False, TRUSTED_PROXY_COUNT=0) == []
