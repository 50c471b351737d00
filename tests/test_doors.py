"""Every address of the product, for everybody who may come to it, held against one table (tests/doors/table.py)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.doors.addresses import filled_in, household_routes, public_routes
from tests.doors.table import doors, values_for
from tests.doors.world import PEOPLE, World, a_world, taken_back

DOORS = doors()
ADDRESSES = [*("/" + route for route in public_routes()), *("/h/ours/" + route for route in household_routes())]
_STATUSES = {200: "page", 400: "page", 422: "page", 401: "unsigned", 403: "refused", 404: "not there", 405: "no method"}
_ASKS_AGAIN = {400, 422}
_REDIRECTS = {
    settings.LOGIN_URL: "sign-in",
    "/admin/login/": "staff's way in",
    "/accounts/confirm/": "confirm",
    "/accounts/reauthenticate/": "confirm",
    "/accounts/2fa/reauthenticate/": "confirm",
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with a_world(django_db_blocker) as made:
        yield made


def outcome(response: HttpResponse) -> str:
    """In the words of the table. A page that a GET asks again for is none."""
    if response.status_code in {301, 302, 303}:
        where = urlsplit(response["Location"])
        return _REDIRECTS.get(where.path, "sent on") if where.query.startswith("next=") else "sent on"
    if response.status_code in _ASKS_AGAIN and response.request["REQUEST_METHOD"] == "GET":  # type: ignore[attr-defined]
        return str(response.status_code)
    return _STATUSES.get(response.status_code, str(response.status_code))


def found_at(client: Client, method: str, address: str) -> str:
    with taken_back():
        response = client.generic(method, address, content_type="application/x-www-form-urlencoded")
        response.getvalue()  # a file is closed when it was read
    return outcome(response)


def test_the_table_has_a_row_for_every_address_and_no_other() -> None:
    assert sorted(DOORS) == sorted(ADDRESSES)
    assert len(ADDRESSES) >= 213


def test_a_new_address_and_a_lost_row_are_seen() -> None:
    table = "GET a|b|c|d|e|f|g\nPOST a|b|c|d|e|f|g\n/one/\n/two/<pk>/"
    assert list(doors(table)) == ["/one/", "/two/<pk>/"]
    assert doors(table)["/one/"].get["suspended"] == "g"
    with pytest.raises(ValueError, match="stands in the table twice"):
        doors(table + "\n/one/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_door(world: World, address: str) -> None:
    if address not in DOORS:
        pytest.fail(f"{address} is new: say in tests/doors/table.py who finds what there.")
    door, place = DOORS[address], filled_in(address, values_for(address, world.our_ids))
    for method, wanted in (("GET", door.get), ("POST", door.post)):
        assert {who: found_at(world.client(who), method, place) for who in PEOPLE} == wanted, f"{method} {place}"
