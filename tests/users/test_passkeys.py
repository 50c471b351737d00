"""Passkeys without a browser: what is no passkey is refused in a sentence, and nobody reaches another's.

With a browser: tests/journeys/test_people.py.
"""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from apps.users.models import User
from tests.planes import both_planes
from tests.users.codes import set_up_codes

pytestmark = both_planes
_WHOLE = {"id": "AA", "rawId": "AA", "type": "public-key"}
_SAID = {"clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "A" * 60, "signature": "AA"}
JUNK = [
    "",
    "no json",
    *("1", "null", '"text"', "[]", "[1]", "{}", '{"id": "x"}'),
    json.dumps({"id": 1, "rawId": [], "response": None, "type": "public-key"}),
    json.dumps(_WHOLE | {"response": {}}),
    json.dumps(_WHOLE | {"response": []}),
    json.dumps(_WHOLE | {"response": _SAID | {"clientDataJSON": "AA", "userHandle": "AA"}}),
    json.dumps(_WHOLE | {"response": _SAID | {"userHandle": "/w=="}, "type": "x"}),
    json.dumps(_WHOLE | {"response": _SAID | {"userHandle": "MQ"}}),
    pytest.param("[" * 5_000, id="nested deep"),
]


@pytest.fixture
def hers() -> Authenticator:
    """A passkey of somebody else."""
    return Authenticator.objects.create(
        user=User.objects.get(email="theirs@example.com"),
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Her key", "credential": {}},
    )


@pytest.mark.parametrize("junk", JUNK)
def test_what_is_no_passkey_is_not_added(confirmed_client: Client, owner: User, junk: str) -> None:
    confirmed_client.get("/accounts/2fa/webauthn/add/")
    page = confirmed_client.post("/accounts/2fa/webauthn/add/", {"name": "Mine", "credential": junk})
    assert page.status_code == 200
    assert "notice--error" in page.content.decode()
    assert not Authenticator.objects.filter(user=owner).exists()


@pytest.mark.parametrize("junk", JUNK)
def test_what_is_no_passkey_signs_nobody_in(client: Client, owner: User, junk: str) -> None:
    client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    page = client.post("/accounts/2fa/webauthn/login/", {"credential": junk}, follow=True)
    assert page.redirect_chain == [("/accounts/login/", 302)]
    assert "notice--error" in page.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("deed", ["edit", "remove"])
def test_a_passkey_of_somebody_else_is_not_found(confirmed_client: Client, hers: Authenticator, deed: str) -> None:
    address = f"/accounts/2fa/webauthn/keys/{hers.pk}/{deed}/"
    for answer in (confirmed_client.get(address), confirmed_client.post(address, {"name": "Mine now"})):
        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.content.decode()
    hers.refresh_from_db()
    assert hers.data["name"] == "Her key"


def test_the_list_shows_ones_own_alone(confirmed_client: Client, hers: Authenticator) -> None:
    page = confirmed_client.get("/accounts/2fa/webauthn/").content.decode()
    assert "You have no passkey." in page
    assert "Her key" not in page


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("", "This field is required."), ("x" * 61, "at most 60 characters"), ("a\x00", "Null characters")],
)
def test_a_name_that_cannot_be_is_refused(confirmed_client: Client, owner: User, name: str, sentence: str) -> None:
    set_up_codes(confirmed_client)
    mine = Authenticator.objects.create(user=owner, type="webauthn", data={"name": "My key", "credential": {}})
    page = confirmed_client.post(f"/accounts/2fa/webauthn/keys/{mine.pk}/edit/", {"name": name})
    assert sentence in page.content.decode()
    mine.refresh_from_db()
    assert json.dumps(mine.data["name"]) == '"My key"'


def test_the_page_says_that_passkeys_need_javascript(confirmed_client: Client) -> None:
    page = confirmed_client.get("/accounts/2fa/webauthn/add/").content.decode()
    assert "<noscript>" in page
    assert "Passkeys are the one thing here that needs JavaScript." in page
