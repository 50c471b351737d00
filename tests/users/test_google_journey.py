"""Signing in with Google, against a provider of our own: real requests, a signed token, and what may go wrong."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from django.test import Client
from django.urls import include, path

from apps.users.models import User
from config import urls
from config.settings.google import google
from tests.conftest import PASSWORD
from tests.planes import both_planes
from tests.users.mails import link_in, mails_to
from tests.users.openid import OpenID, serving

pytestmark = both_planes
ADA = {
    "sub": "1815",
    "email": "Ada@Example.com",
    "email_verified": True,
    "given_name": "Ada",
    "family_name": "Lovelace",
}


class UrlsWithGoogle:
    urlpatterns = [*urls.urlpatterns, path("accounts/", include("allauth.socialaccount.providers.google.urls"))]


@pytest.fixture
def provider(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenID]:
    """Google's place is taken by our server; the rest is as in a process that has the keys."""
    mine = OpenID(client_id="an-id", secret="a-secret")
    mine.person = dict(ADA)
    settings.SOCIALACCOUNT_PROVIDERS = {"google": google("an-id", "a-secret")}
    settings.ROOT_URLCONF = UrlsWithGoogle
    registry.load()
    monkeypatch.setitem(registry.provider_map, "google", GoogleProvider)
    with serving(mine):
        monkeypatch.setattr(GoogleOAuth2Adapter, "authorize_url", f"{mine.base_url}/authorize")
        monkeypatch.setattr(GoogleOAuth2Adapter, "access_token_url", f"{mine.base_url}/token")
        yield mine


def _go(client: Client, query: str = ""):
    """Presses the button, goes to the provider and comes back."""
    leaves = client.post(f"/accounts/google/login/{query}")
    comes_back = requests.get(leaves["Location"], allow_redirects=False, timeout=30).headers["Location"]
    parts = urlsplit(comes_back)
    assert (parts.netloc, parts.path) == ("testserver", "/accounts/google/login/callback/")
    return client.get(f"{parts.path}?{parts.query}")


def test_the_pages_offer_it(client: Client, provider: OpenID) -> None:
    for page in ("login", "signup"):
        text = client.get(f"/accounts/{page}/").content.decode()
        assert "Go on with Google" in text
        assert '<form method="post" action="/accounts/google/login/' in text


def test_the_first_time_makes_the_person_with_a_confirmed_address(client: Client, provider: OpenID) -> None:
    assert _go(client)["Location"] == "/start/"
    person = User.objects.get(email="ada@example.com")
    assert (person.name, person.has_usable_password()) == ("Ada Lovelace", False)
    assert [(one.email, one.verified, one.primary) for one in person.emailaddress_set.all()] == [
        ("ada@example.com", True, True)
    ]
    assert client.session["_auth_user_id"] == str(person.pk)
    assert mails_to("ada@example.com") == []


def test_the_second_time_it_is_the_same_person(client: Client, provider: OpenID) -> None:
    _go(client)
    provider.person["email"] = "ada.king@example.com"
    again = Client()
    assert _go(again)["Location"] == "/start/"
    assert again.session["_auth_user_id"] == client.session["_auth_user_id"]
    assert not User.objects.filter(email="ada.king@example.com").exists()


def test_one_goes_on_where_one_was_going(client: Client, provider: OpenID) -> None:
    assert _go(client, "?next=/accounts/profile/")["Location"] == "/accounts/profile/"
    assert _go(Client(), "?next=https://evil.example/")["Location"] == "/start/"


def test_an_account_with_a_password_is_not_taken_over(client: Client, provider: OpenID, owner: User) -> None:
    """Its owner is told by mail; the page is the one that any new address gets."""
    provider.person["email"] = "Ours@example.com"
    answer = _go(client)
    assert answer["Location"] == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    assert [mail.subject for mail in mails_to(owner.email)] == ["You already have an account"]
    assert not owner.socialaccount_set.exists()
    assert Client().post("/accounts/login/", {"login": owner.email, "password": PASSWORD})["Location"] == "/start/"


def test_an_address_that_google_has_not_confirmed_is_confirmed_by_mail(client: Client, provider: OpenID) -> None:
    provider.person["email_verified"] = False
    assert _go(client)["Location"] == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    assert client.post(link_in(mails_to("ada@example.com")[0])).status_code == 302
    assert _go(client)["Location"] == "/start/"


def test_who_is_signed_in_connects_google_and_disconnects_it(
    confirmed_client: Client, provider: OpenID, owner: User
) -> None:
    assert _go(confirmed_client, "?process=connect")["Location"] == "/accounts/3rdparty/"
    page = confirmed_client.get("/accounts/3rdparty/").content.decode()
    assert "The account is connected." in page
    assert mails_to(owner.email)[-1].subject == "Google opens your account now"
    guest = Client()
    assert _go(guest)["Location"] == "/start/"
    assert guest.session["_auth_user_id"] == str(owner.pk)
    confirmed_client.post("/accounts/3rdparty/", {"account": owner.socialaccount_set.get().pk})
    assert not owner.socialaccount_set.exists()
    assert mails_to(owner.email)[-1].subject == "Google no longer opens your account"


def test_who_has_no_password_does_not_shut_themselves_out(client: Client, provider: OpenID) -> None:
    _go(client)
    connection = User.objects.get(email="ada@example.com").socialaccount_set.get()
    page = client.post("/accounts/3rdparty/", {"account": connection.pk}).content.decode()
    assert "Nobody could sign in to your account any more. Choose a password first." in page
    assert User.objects.get(email="ada@example.com").socialaccount_set.exists()


def test_somebody_elses_connection_is_not_ours_to_end(
    client: Client, confirmed_client: Client, provider: OpenID
) -> None:
    _go(Client())
    hers = User.objects.get(email="ada@example.com").socialaccount_set.get()
    page = confirmed_client.post("/accounts/3rdparty/", {"account": hers.pk})
    assert "That account is not connected with yours." in page.content.decode()
    assert User.objects.get(email="ada@example.com").socialaccount_set.exists()


@pytest.mark.parametrize(
    ("refusal", "heading"),
    [("access_denied", "Sign-in cancelled"), ("server_error", "That sign-in did not work")],
)
def test_who_stops_there_or_is_refused_gets_a_page(
    client: Client, provider: OpenID, refusal: str, heading: str
) -> None:
    provider.refusal = refusal
    answer = _go(client)
    page = client.get(answer["Location"]) if answer.status_code == 302 else answer
    assert f"<h1>{heading}</h1>" in page.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": "https://accounts.google.com.evil.example"},
        {"iss": None},
        {"exp": 1_000_000_000},
        {"exp": "soon"},
        {"exp": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_signs_nobody_in(
    client: Client, provider: OpenID, claims: dict[str, object]
) -> None:
    """For another client, of another provider, or too old: one page says that it did not work, also to who is known."""
    _go(Client())
    assert User.objects.filter(email="ada@example.com").exists()
    provider.claims = claims
    answer = _go(client)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "<h1>That sign-in did not work</h1>" in page
    assert "The other service did not confirm that it is you. Nothing was changed here." in page
    assert "_auth_user_id" not in client.session


def test_a_token_for_another_client_connects_nothing(confirmed_client: Client, provider: OpenID, owner: User) -> None:
    provider.claims = {"aud": "another-client"}
    assert "<h1>That sign-in did not work</h1>" in _go(confirmed_client, "?process=connect").content.decode()
    assert not owner.socialaccount_set.exists()


def test_a_wrong_secret_gives_a_page(client: Client, provider: OpenID) -> None:
    provider.secret = "another"
    assert "<h1>That sign-in did not work</h1>" in _go(client).content.decode()


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=x", "?error=access_denied", "?state=x"])
def test_an_answer_that_nobody_asked_for_signs_nobody_in(client: Client, provider: OpenID, query: str) -> None:
    page = client.get(f"/accounts/google/login/callback/{query}", follow=True)
    assert "<h1>That sign-in did not work</h1>" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_an_answer_is_good_in_the_browser_that_asked_and_for_once(client: Client, provider: OpenID) -> None:
    leaves = client.post("/accounts/google/login/")
    comes_back = requests.get(leaves["Location"], allow_redirects=False, timeout=30).headers["Location"]
    other = Client()
    assert "That sign-in did not work" in other.get(comes_back.removeprefix("http://testserver")).content.decode()
    assert client.get(comes_back.removeprefix("http://testserver"))["Location"] == "/start/"
    again = Client()
    assert "That sign-in did not work" in again.get(comes_back.removeprefix("http://testserver")).content.decode()


def test_who_has_no_password_confirms_by_signing_in_there_again(client: Client, provider: OpenID) -> None:
    _go(client)
    page = client.get("/accounts/confirm/?next=/accounts/password/set/").content.decode()
    assert "Sign in with Google" in page
    assert "/accounts/google/login/?" in page
    assert client.get("/accounts/password/set/").status_code == 200  # just signed in
    session = client.session
    session["account_authentication_methods"][-1]["at"] -= 601
    session.save()
    assert client.get("/accounts/password/set/")["Location"] == "/accounts/confirm/?next=/accounts/password/set/"
    assert _go(client, "?action=reauthenticate&next=/accounts/password/set/")["Location"] == "/accounts/password/set/"
    assert client.get("/accounts/password/set/").status_code == 200
