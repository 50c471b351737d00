"""Django lets through addresses that no mail of ours can go to, or that are longer in lower case than the table holds."""

import pytest
from django.core import mail
from django.test import Client

from apps.households.models import Invitation
from apps.users.models import User
from tests.conftest import confirm
from tests.planes import both_planes

pytestmark = both_planes
SENTENCE = "We cannot send mail to this address."
ADDRESSES = [
    *(f"{sign * 240}@a.example" for sign in "İſı"),
    "İ@a.example",
    "ada@" + ".".join(["İ" * 40] * 5) + ".example",
    "ada@" + ".".join(["ü" * 55] * 4) + ".example",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_told_where_somebody_is_invited(member_client: Client, address: str) -> None:
    answer = member_client.post("/h/ours/settings/members/", {"email": address, "role": "member"})
    assert (answer.status_code, Invitation.objects.count()) == (422, 0)
    assert "field--error" in answer.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_told_at_sign_up_and_at_a_reset(client: Client, address: str) -> None:
    before = User.objects.count()
    form = {"name": "A", "email": address, "password1": "a-long-enough-word-7"}
    for page, sent in (("signup", form), ("password/reset", {"email": address})):
        answer = client.post(f"/accounts/{page}/", sent)
        assert answer.status_code == 200
        assert "field--error" in answer.content.decode()
    assert (User.objects.count(), mail.outbox) == (before, [])


def test_it_is_told_in_a_sentence(client: Client, member_client: Client) -> None:
    form = {"name": "A", "email": "ı@a.example", "password1": "a-long-enough-word-7"}
    assert SENTENCE in client.post("/accounts/signup/", form).content.decode()
    confirm(member_client)
    answer = member_client.post("/accounts/email/", {"email": "ı@a.example", "action_add": ""})
    assert SENTENCE in answer.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_signing_in_with_it_is_refused_as_with_any(client: Client, address: str) -> None:
    answer = client.post("/accounts/login/", {"login": address, "password": "x"})
    assert (answer.status_code, SENTENCE in answer.content.decode()) == (200, False)


def test_a_domain_with_an_umlaut_is_as_good_as_any(client: Client) -> None:
    form = {"name": "A", "email": "ada@bücher.example", "password1": "a-long-enough-word-7"}
    assert client.post("/accounts/signup/", form).status_code == 302
    assert User.objects.filter(email="ada@bücher.example").exists()
