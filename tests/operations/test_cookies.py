"""Cookies as production sets them: bound to the host and to https, unread by scripts, and every form still works."""

import re
from http.cookies import Morsel

import pytest
from django.test import Client

from tests.conftest import PASSWORD
from tests.planes import both_planes

pytestmark = both_planes
ORIGIN = {"origin": "https://testserver"}


@pytest.fixture
def browser(settings) -> Client:
    """By https, with production's names, and held to every form's token."""
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    return Client(enforce_csrf_checks=True)


def _token(browser: Client, address: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(address, secure=True).content.decode())
    assert found
    return found[1]


def _sign_in(browser: Client) -> None:
    form = {
        "login": "ours@example.com",
        "password": PASSWORD,
        "csrfmiddlewaretoken": _token(browser, "/accounts/login/"),
    }
    assert browser.post("/accounts/login/", form, secure=True, headers=ORIGIN)["Location"] == "/start/"


def _is_bound(cookie: "Morsel[str]") -> None:
    assert cookie["secure"] is True
    assert cookie["httponly"] is True
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")


def test_both_cookies_are_bound_to_the_host(browser: Client) -> None:
    _sign_in(browser)
    assert {"__Host-session", "__Host-csrf"} <= set(browser.cookies)
    _is_bound(browser.cookies["__Host-session"])
    _is_bound(browser.cookies["__Host-csrf"])


def test_a_script_sends_the_token_of_its_form(browser: Client) -> None:
    """As upload.js does: the cookie cannot be read, and need not be."""
    _sign_in(browser)
    token = _token(browser, "/h/ours/imports/")
    headers = {**ORIGIN, "x-csrftoken": token, "accept": "application/json"}
    answer = browser.post("/h/ours/imports/place/", "{}", content_type="application/json", secure=True, headers=headers)
    assert (answer.status_code, answer.json()) == (400, {"error": "The request names no file."})
    del headers["x-csrftoken"]
    answer = browser.post("/h/ours/imports/place/", "{}", content_type="application/json", secure=True, headers=headers)
    assert answer.status_code == 403


def test_every_other_cookie_is_unread_by_scripts_and_stays_on_this_site(browser: Client) -> None:
    _sign_in(browser)
    token = _token(browser, "/h/ours/transactions/")
    form = {"column": "notes", "csrfmiddlewaretoken": token}
    browser.post("/h/ours/transactions/columns/", form, secure=True, headers=ORIGIN)
    assert len(browser.cookies) >= 3
    for cookie in browser.cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")


def test_signing_in_changes_the_session(browser: Client) -> None:
    browser.cookies["__Host-session"] = "chosen-by-somebody-else"
    _sign_in(browser)
    assert browser.cookies["__Host-session"].value != "chosen-by-somebody-else"
