"""A `next` leads to a page of ours or nowhere: the same in every view that takes one."""

import pytest
from django.test import Client

from apps.core.redirects import is_ours
from tests.conftest import PASSWORD
from tests.planes import both_planes

pytestmark = both_planes

HOSTILE = [
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example/",
    "http:///evil.example",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\tevil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\n/evil.example",
    "/h/ours/\r\nSet-Cookie: a=b",
    "/h/ours/\x00",
    "/h/ours/../../\\evil.example",
    "/h/ours/..//evil.example",
    "/h/ours/%2e%2E//evil.example",
    "/%5cevil.example",
    "/\u2028/evil.example",
    "https://testserver@evil.example/",
    "https://evil.example/h/ours/",
    "http://testserver/start/",
    "evil.example",
    "/h/ours/" + "x" * 5000,
]


@pytest.mark.parametrize("address", HOSTILE)
def test_what_leads_elsewhere_or_hides_something_is_not_ours(address: str) -> None:
    assert not is_ours(address)


@pytest.mark.parametrize(
    "address", ["/", "/start/", "/h/ours/transactions/?q=a%20b&next=//evil.example", "/a/#b", "/a/?q=\\d+..&b=/../"]
)
def test_a_path_of_this_site_is_ours(address: str) -> None:
    assert is_ours(address)


def test_what_is_outside_the_household_is_not_under_it() -> None:
    assert is_ours("/h/ours/history/", under="/h/ours/")
    assert not is_ours("/h/theirs/", under="/h/ours/")
    assert not is_ours("/h/ours/../theirs/", under="/h/ours/")


@pytest.mark.parametrize("address", HOSTILE)
def test_signing_in_leads_to_no_such_address(address: str) -> None:
    form = {"login": "ours@example.com", "password": PASSWORD, "next": address}
    assert Client().post("/accounts/login/", form)["Location"] == "/start/"


@pytest.mark.parametrize("address", HOSTILE)
def test_a_deed_in_a_household_leads_to_no_such_address(member_client: Client, address: str) -> None:
    answer = member_client.post("/h/ours/transactions/columns/", {"column": "notes", "next": address})
    assert (answer.status_code, answer["Location"]) == (302, "/h/ours/transactions/")


@pytest.mark.parametrize("path", ["//evil.example/h/ours", "/h/ours//evil.example", "//evil.example/accounts/login"])
def test_a_missing_slash_is_added_on_this_site(member_client: Client, path: str) -> None:
    answer = member_client.get(path)
    assert not answer.get("Location", "").startswith(("//", "http"))
