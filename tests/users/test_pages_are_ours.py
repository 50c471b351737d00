"""Nobody meets a page that allauth brought: each address of it has a template of ours, or leads elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client
from django.urls import URLPattern, URLResolver, include, path

from config import urls
from tests.planes import both_planes

pytestmark = both_planes
OURS = Path(settings.BASE_DIR) / "templates"
# The steps of a sign-in by codes from mails, which is switched off: there is never one to answer.
NEVER_SHOWN = {"account/confirm_login_code.html": "/accounts/login/code/confirm/"}


def with_google() -> list[URLPattern | URLResolver]:
    return [*urls.urlpatterns, path("accounts/", include("allauth.socialaccount.providers.google.urls"))]


def pages_of(patterns: list[Any]) -> Iterator[tuple[str, str]]:
    """Name and template of each view of allauth's that has one."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from pages_of(pattern.url_patterns)
            continue
        view = getattr(pattern.callback, "view_class", None)
        template = getattr(view, "template_name", None)
        if view is not None and view.__module__.startswith("allauth.") and template:
            yield str(pattern.name), template


PAGES = sorted(set(pages_of(with_google())))


def test_the_walk_finds_them() -> None:
    assert {"account_login", "account_email", "mfa_index", "socialaccount_connections"} <= {name for name, _ in PAGES}
    assert len(PAGES) > 25


@pytest.mark.parametrize(("name", "template"), PAGES)
def test_each_page_has_a_template_of_ours(name: str, template: str) -> None:
    if template in NEVER_SHOWN:
        answer = Client().get(NEVER_SHOWN[template])
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    else:
        assert Path(get_template(template).origin.name).is_relative_to(OURS)
