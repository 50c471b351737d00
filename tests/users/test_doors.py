"""Who has not signed in: every address of the product, held against the list of those that are open."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.planes import both_planes

pytestmark = both_planes

# Open to everybody, and what each answers. All else asks to sign in.
OPEN = {
    "/": 200,
    "/health": 200,
    "/health/ready": 200,
    "/accounts/login/": 200,
    "/accounts/signup/": 200,
    "/accounts/inactive/": 200,
    "/accounts/confirm-email/": 200,
    "/accounts/confirm-email/1/": 200,
    "/accounts/password/reset/": 200,
    "/accounts/password/reset/done/": 200,
    "/accounts/password/reset/key/1-1/": 200,
    "/accounts/password/reset/key/done/": 200,
    "/accounts/3rdparty/login/cancelled/": 200,
}
# Open, but with nothing to do there for who is signed out: they send on by themselves.
SENDS_ON = {
    "/accounts/logout/": "/",
    "/accounts/login/code/confirm/": "/accounts/login/",
    "/accounts/3rdparty/signup/": "/accounts/login/",
    "/accounts/2fa/authenticate/": "/accounts/login/",
    "/accounts/2fa/webauthn/login/": "/accounts/login/",
}
_FILLED = {r"<\w+:\w+>": "1", r"\(\?P<uidb36>[^)]*\)": "1", r"\(\?P<key>[^)]*\)": "1", r"[\^$\\]|\\Z": ""}


def addresses(urlconf: str) -> list[str]:
    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
        for pattern in patterns:
            text = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, text)
            else:
                for placeholder, value in _FILLED.items():
                    text = re.sub(placeholder, value, text)
                yield text

    return list(walk(get_resolver(urlconf).url_patterns, ""))


# The staff's door is held in tests/operations/test_admin_doors.py.
PUBLIC = ["/" + address for address in addresses(settings.ROOT_URLCONF) if not address.startswith("admin/")]
INSIDE = [
    f"/h/{household}/{address}" for household in ("ours", "nobody") for address in addresses("config.urls_household")
]


def test_the_list_names_addresses_that_exist() -> None:
    assert {*OPEN, *SENDS_ON} - {*PUBLIC} == set()
    assert len(INSIDE) >= 2 * 12


@pytest.mark.parametrize("address", [one for one in PUBLIC if one not in OPEN and one not in SENDS_ON])
def test_a_page_of_the_public_site_that_is_not_on_the_list_asks_to_sign_in(client: Client, address: str) -> None:
    for answer in (client.get(address), client.post(address)):
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("address", OPEN)
def test_an_open_page_answers(client: Client, bucket: None, address: str) -> None:
    assert client.get(address).status_code == OPEN[address]


@pytest.mark.parametrize("address", SENDS_ON)
def test_a_page_with_nothing_to_do_sends_on(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, SENDS_ON[address])


@pytest.mark.parametrize("address", INSIDE)
def test_every_page_of_a_household_asks_to_sign_in(client: Client, address: str) -> None:
    """The same for a household that is not there: nobody learns which are."""
    for answer in (client.get(address), client.post(address)):
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")
