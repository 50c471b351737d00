"""The second confirmation before a dangerous page: asked for once in ten minutes, and then back to where one was."""

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import path

from apps.households.rules import MEMBER, VIEWER, allow
from apps.users.confirming import CONFIRMED_FOR, confirmed_recently
from config import urls, urls_household
from tests.conftest import PASSWORD
from tests.planes import both_planes

pytestmark = both_planes


@confirmed_recently
def _dangerous(request: HttpRequest) -> HttpResponse:
    return HttpResponse("It is done." if request.method == "POST" else "Are you sure?")


@allow(get=VIEWER, post=MEMBER)
@confirmed_recently
def _dangerous_inside(request: HttpRequest) -> HttpResponseBase:
    return _dangerous(request)


class OutsideUrls:
    urlpatterns = [*urls.urlpatterns, path("dangerous/", _dangerous)]


class InsideUrls:
    urlpatterns = [*urls_household.urlpatterns, path("dangerous/", _dangerous_inside)]


@pytest.fixture(autouse=True, params=["/dangerous/", "/h/ours/dangerous/"])
def page(request: pytest.FixtureRequest, settings: object) -> str:
    """A dangerous page of the public site, and one inside a household."""
    settings.ROOT_URLCONF, settings.HOUSEHOLD_URLCONF = OutsideUrls, InsideUrls  # type: ignore[attr-defined]
    return str(request.param)


@pytest.fixture
def signed_in(client: Client) -> Client:
    """A browser in which somebody signed in longer ago than a confirmation is good for."""
    client.post("/accounts/login/", {"login": "ours@example.com", "password": PASSWORD})
    _wait(client)
    return client


def _wait(client: Client) -> None:
    session = client.session
    for proof in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        proof["at"] -= CONFIRMED_FOR * 60 + 1
    session.save()


def _confirm(client: Client, page: str, password: str = PASSWORD):
    asks = client.get(page, follow=True)
    assert "Is it you?" in asks.content.decode()
    return client.post(asks.redirect_chain[-1][0].partition("?")[0], {"password": password, "next": page})


def test_who_has_just_signed_in_is_not_asked(client: Client, page: str) -> None:
    client.post("/accounts/login/", {"login": "ours@example.com", "password": PASSWORD})
    assert client.get(page).content == b"Are you sure?"


def test_who_signed_in_a_while_ago_is_asked_and_led_back_with_the_query(signed_in: Client, page: str) -> None:
    asks = signed_in.get(page + "?month=2026-10")
    assert asks["Location"] == f"/accounts/confirm/?next={page}%3Fmonth%3D2026-10"


def test_the_password_leads_back_and_is_asked_for_once(signed_in: Client, page: str) -> None:
    assert _confirm(signed_in, page)["Location"] == page
    assert signed_in.get(page).content == b"Are you sure?"
    assert signed_in.post(page).content == b"It is done."


def test_a_wrong_password_is_told_and_opens_nothing(signed_in: Client, page: str) -> None:
    answer = _confirm(signed_in, page, "not-the-password")
    assert "This is not your password." in answer.content.decode()
    assert signed_in.get(page).status_code == 302


def test_after_ten_minutes_it_is_asked_again(signed_in: Client, page: str) -> None:
    _confirm(signed_in, page)
    _wait(signed_in)
    assert CONFIRMED_FOR == 10
    assert signed_in.get(page)["Location"].startswith("/accounts/confirm/")


def test_what_was_sent_too_late_is_not_done_and_leads_back_to_its_form(signed_in: Client, page: str) -> None:
    answer = signed_in.post(page, headers={"referer": f"http://testserver{page}?step=2"})
    assert answer["Location"] == f"/accounts/confirm/?next={page}%3Fstep%3D2"


def test_a_foreign_page_that_sent_a_form_is_not_led_back_to(signed_in: Client, page: str) -> None:
    answer = signed_in.post(page, headers={"referer": "https://evil.example/form"})
    assert answer["Location"] == "/accounts/confirm/?next=/start/"


def test_a_part_of_a_page_sends_the_whole_page(signed_in: Client, page: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/h/ours/transactions/"}
    answer = signed_in.get(page, headers=headers)
    assert answer["HX-Redirect"] == "/accounts/confirm/?next=/h/ours/transactions/"
    assert answer.content == b""


def test_nobody_is_led_to_a_foreign_site(signed_in: Client) -> None:
    answer = signed_in.get("/accounts/confirm/?next=https://evil.example/")
    assert answer["Location"] == "/accounts/reauthenticate/?next=/start/"
