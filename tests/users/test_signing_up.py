"""Signing up: the address is confirmed first, and the answer tells nobody who has an account."""

import pytest
from django.core.cache import cache
from django.test import Client

from apps.users.models import User
from tests.conftest import PASSWORD
from tests.planes import both_planes
from tests.users.mails import link_in, mails_to

pytestmark = both_planes
NEWCOMER = "newcomer@example.com"


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    """allauth counts sign-ups of an address in the cache, which tests share."""
    cache.clear()


def _sign_up(client: Client, email: str, password: str = PASSWORD):
    return client.post("/accounts/signup/", {"name": "New Comer", "email": email, "password1": password})


def test_a_newcomer_confirms_the_address_and_is_signed_in(client: Client) -> None:
    assert _sign_up(client, NEWCOMER)["Location"] == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    person = User.objects.get(email=NEWCOMER)
    assert person.name == "New Comer"
    (mail,) = mails_to(NEWCOMER)
    assert mail.subject == "Confirm your address"
    answer = client.post(link_in(mail))
    assert (answer.status_code, answer["Location"]) == (302, "/start/")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert person.emailaddress_set.get().verified


def test_only_what_no_page_says_is_said_above_it(client: Client) -> None:
    sent = client.get(_sign_up(client, NEWCOMER)["Location"])
    assert "notice--" not in sent.content.decode()
    start = client.post(link_in(mails_to(NEWCOMER)[0]), follow=True)
    assert [str(message) for message in start.context["messages"]] == [f"Thank you: {NEWCOMER} is confirmed."]


def test_opening_the_link_alone_confirms_nothing(client: Client) -> None:
    """Mail programs open links by themselves."""
    _sign_up(client, NEWCOMER)
    page = client.get(link_in(mails_to(NEWCOMER)[0]))
    assert "Is this your address?" in page.content.decode()
    assert not User.objects.get(email=NEWCOMER).emailaddress_set.get().verified


def test_a_known_and_an_unknown_address_get_the_same_answer() -> None:
    answers = []
    for email in (NEWCOMER, "ours@example.com"):
        client = Client()
        answer = _sign_up(client, email)
        page = client.get(answer["Location"]).content.decode().replace(email, "<the address>")
        answers.append((answer.status_code, answer["Location"], answer.content, page.splitlines()))
    assert answers[0] == answers[1]
    assert [mail.subject for mail in mails_to("ours@example.com")] == ["You already have an account"]
    assert "http://testserver/accounts/password/reset/" in mails_to("ours@example.com")[0].body


def test_signing_up_with_a_known_address_changes_neither_name_nor_password(client: Client, owner: User) -> None:
    _sign_up(client, "OURS@Example.com", "quite-another-word")
    after = User.objects.get(email="ours@example.com")
    assert (after.name, after.password) == (owner.name, owner.password)
    assert not User.objects.filter(email__iexact="OURS@Example.com").exclude(pk=owner.pk).exists()


def test_upper_case_is_kept_nowhere(client: Client) -> None:
    _sign_up(client, "New.Comer@Example.COM")
    person = User.objects.get(email="new.comer@example.com")
    assert person.emailaddress_set.get().email == "new.comer@example.com"


def test_before_the_address_is_confirmed_the_right_password_opens_nothing(client: Client) -> None:
    _sign_up(client, NEWCOMER)
    answer = Client().post("/accounts/login/", {"login": NEWCOMER, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/confirm-email/")
    assert Client().get("/start/").status_code == 302


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "This password is too short. It must contain at least 10 characters."),
        ("password123", "This password is too common."),
        ("newcomer@example", "The password is too similar to the e-mail address."),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(client: Client, password: str, sentence: str) -> None:
    answer = _sign_up(client, NEWCOMER, password)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not User.objects.filter(email=NEWCOMER).exists()


def test_a_link_that_nobody_mailed_confirms_nothing(client: Client) -> None:
    page = client.get("/accounts/confirm-email/MQ:abc:def/")
    assert page.status_code == 200
    assert "This link has expired" in page.content.decode()
