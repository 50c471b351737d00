"""Signing in, out, and back in with a forgotten password."""

import pytest
from django.core.cache import cache
from django.test import Client

from apps.users.models import User
from tests.conftest import PASSWORD
from tests.planes import both_planes
from tests.users.mails import link_in, mails_to

pytestmark = both_planes
NEW_PASSWORD = "an-even-longer-word"


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    """allauth counts requests of an address in the cache, which tests share."""
    cache.clear()


def _sign_in(client: Client, email: str, password: str = PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


@pytest.mark.parametrize("email", ["ours@example.com", "OURS@Example.Com", " ours@example.com "])
def test_the_address_is_taken_in_any_case(client: Client, owner: User, email: str) -> None:
    answer = _sign_in(client, email)
    assert (answer.status_code, answer["Location"]) == (302, "/start/")
    assert client.session["_auth_user_id"] == str(owner.pk)


def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(client: Client) -> None:
    sentence = "The email address or the password is wrong."
    for email in ("ours@example.com", "nobody@example.com"):
        answer = _sign_in(client, email, "not-the-password")
        assert answer.status_code == 200
        assert sentence in answer.content.decode()


def test_who_is_signed_in_goes_where_they_were_going(client: Client) -> None:
    answer = client.post(
        "/accounts/login/",
        {"login": "ours@example.com", "password": PASSWORD, "next": "/h/ours/transactions/?q=rent"},
    )
    assert answer["Location"] == "/h/ours/transactions/?q=rent"


def test_sign_in_sends_nobody_to_a_foreign_site(client: Client) -> None:
    answer = client.post(
        "/accounts/login/", {"login": "ours@example.com", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/start/"


def test_a_person_who_was_switched_off_cannot_sign_in(client: Client, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert _sign_in(client, owner.email)["Location"] == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_signing_out_takes_a_post(member_client: Client) -> None:
    asked = member_client.get("/accounts/logout/")
    assert asked.status_code == 200
    assert "_auth_user_id" in member_client.session
    answer = member_client.post("/accounts/logout/")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "_auth_user_id" not in member_client.session


def _ask_for_reset(client: Client, email: str) -> None:
    answer = client.post("/accounts/password/reset/", {"email": email})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/reset/done/")


def _choose(client: Client, link: str, password: str):
    """Opens the mailed link, which hides its key from the address, and chooses a password there."""
    opened = client.get(link)
    return (
        client.post(opened["Location"], {"password1": password, "password2": password})
        if opened.status_code == 302
        else opened
    )


def test_a_reset_link_gives_a_new_password(client: Client) -> None:
    _ask_for_reset(client, "Ours@Example.com")
    (mail,) = mails_to("ours@example.com")
    assert mail.subject == "Choose a new password"
    answer = _choose(client, link_in(mail), NEW_PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/reset/key/done/")
    assert _sign_in(Client(), "ours@example.com").status_code == 200
    assert _sign_in(Client(), "ours@example.com", NEW_PASSWORD)["Location"] == "/start/"


def test_a_reset_link_works_once(client: Client) -> None:
    _ask_for_reset(client, "ours@example.com")
    link = link_in(mails_to("ours@example.com")[0])
    _choose(client, link, NEW_PASSWORD)
    answer = _choose(Client(), link, "a-third-long-word")
    assert answer.status_code == 200
    assert "This link does not work any more" in answer.content.decode()
    assert _sign_in(Client(), "ours@example.com", NEW_PASSWORD)["Location"] == "/start/"


def test_a_new_password_ends_the_sessions_elsewhere(client: Client, member_client: Client) -> None:
    assert member_client.get("/h/ours/").status_code == 200
    _ask_for_reset(client, "ours@example.com")
    _choose(client, link_in(mails_to("ours@example.com")[0]), NEW_PASSWORD)
    assert member_client.get("/h/ours/").status_code == 302


def test_an_unknown_address_gets_a_mail_that_says_so_and_the_page_does_not(client: Client) -> None:
    _ask_for_reset(client, "nobody@example.com")
    assert [mail.subject for mail in mails_to("nobody@example.com")] == ["No account uses this address"]


def test_a_known_and_an_unknown_address_get_the_same_answer_to_a_reset() -> None:
    answers = []
    for email in ("ours@example.com", "nobody@example.com"):
        client = Client()
        answer = client.post("/accounts/password/reset/", {"email": email})
        page = client.get(answer["Location"])
        answers.append((answer.status_code, answer["Location"], answer.content, page.status_code, page.content))
        assert email not in page.content.decode()
        assert len(mails_to(email)) == 1
    assert answers[0] == answers[1]


def test_who_comes_from_no_address_that_is_known_can_sign_in() -> None:
    """So it is behind a socket file whose proxy tells none."""
    client = Client(REMOTE_ADDR="")
    answer = client.post("/accounts/login/", {"login": "ours@example.com", "password": PASSWORD})
    assert answer.status_code == 302
    assert "From an unknown address, last used" in client.get("/accounts/sessions/").content.decode()
    assert client.get("/h/ours/").status_code == 200
