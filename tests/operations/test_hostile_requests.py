"""Requests that nobody sends by mistake: each is answered, and none of them as an error of ours."""

import pytest
from django.test import Client

from tests.conftest import PASSWORD
from tests.planes import both_planes
from tests.users.mails import link_in, mails_to

pytestmark = both_planes
BIG = "9" * 30


@pytest.mark.parametrize(
    "address",
    [
        f"/h/ours/settings/members/{BIG}/remove/",
        f"/h/ours/history/{BIG}/",
        f"/h/ours/transactions/{BIG}/",
        f"/h/ours/imports/{BIG}/",
        f"/h/ours/accounts/{BIG}/",
        f"/h/ours/rules/runs/{BIG}/?rule={BIG}",
        "/h/ours/history/?page=-1",
        f"/h/ours/settings/activity/?person={BIG}&at=9999-99-99",
        "/h/ours/settings/activity/?start=0001-01-01&end=9999-12-31",
        "/h/ours/settings/activity/?start=9999-12-31",
        "/h/ours/transactions/?search=%00",
        "/h/ours/transactions/?account=" + ",".join(["1"] * 900),
        "/households/",
        "/invitations/%00/",
        "/invitations/" + "a" * 5000 + "/",
        "/accounts/login/?next=/%09/evil.example",
        "/start/?household=%00",
    ],
)
def test_no_address_is_an_error_of_ours(member_client: Client, address: str) -> None:
    member_client.raise_request_exception = False
    assert member_client.get(address).status_code < 500


@pytest.mark.parametrize(
    "address",
    [
        f"/h/ours/settings/members/{BIG}/role/",
        f"/h/ours/settings/members/{BIG}/remove/",
        f"/h/ours/settings/members/invitations/{BIG}/send/",
        f"/h/ours/settings/members/invitations/{BIG}/withdraw/",
        f"/households/invitations/{BIG}/accept/",
        f"/households/invitations/{BIG}/decline/",
        f"/h/ours/history/{BIG}/undo/",
        f"/accounts/sessions/{BIG}/end/",
        "/h/ours/settings/ownership/",
        "/h/ours/settings/members/",
    ],
)
def test_no_deed_is_an_error_of_ours(member_client: Client, address: str) -> None:
    member_client.raise_request_exception = False
    sent = {"role": "member", "membership": BIG, "email": "\x00@a.example", "name": "\x00"}
    assert member_client.post(address, sent).status_code < 500


def test_signing_in_gives_a_new_session_key() -> None:
    client = Client()
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.post("/accounts/login/", {"login": "ours@example.com", "password": PASSWORD})
    assert client.session.session_key != before


def test_a_strange_host_writes_no_link_into_a_mail() -> None:
    client = Client(raise_request_exception=False)
    headers = {"HTTP_HOST": "evil.example", "HTTP_X_FORWARDED_HOST": "evil.example"}
    assert client.post("/accounts/password/reset/", {"email": "ours@example.com"}, **headers).status_code == 400
    headers = {"HTTP_X_FORWARDED_HOST": "evil.example"}
    client.post("/accounts/password/reset/", {"email": "ours@example.com"}, **headers)
    (sent,) = mails_to("ours@example.com")
    assert link_in(sent)
    assert "evil" not in sent.body
