"""Files, places and tickets of an import belong to one household."""

from collections.abc import Callable

import pytest
import requests

from apps.imports.models import ImportFile
from tests.journeys.imports import ImportRoad, bank_file, file_at, unique
from tests.journeys.product import Product, Visitor

State = ImportFile.State
PAGES, DEEDS = ("", "columns/", "roll-back/"), ("confirm", "cancel", "roll-back", "choices", "columns")
NOT_YOURS = "This upload is too old or not yours. Please choose the file again."


@pytest.fixture
def stranger(in_product: Product, visitor: Callable[[], Visitor]) -> ImportRoad:
    return ImportRoad(in_product, visitor(), unique("stranger"))


def test_a_ticket_of_another_household_is_refused(road: ImportRoad, stranger: ImportRoad) -> None:
    place = road.place("checking.csv", bank_file(3))
    answer = stranger.take_in(place)
    assert (answer.status_code, answer.json()) == (422, {"error": NOT_YOURS})
    assert stranger.counts() == (0, 0)


def test_a_made_up_ticket_is_refused(road: ImportRoad, subtests: pytest.Subtests) -> None:
    for ticket in ("x", "eyJrZXkiOiJ4In0:1xVGRZ:abc", "\x00", "a/b"):
        with subtests.test(ticket=ticket):
            answer = road.take_in({"ticket": ticket})
            assert (answer.status_code, answer.json()) == (422, {"error": NOT_YOURS})
    assert road.counts() == (0, 0)


def test_a_ticket_told_twice_is_one_file(road: ImportRoad) -> None:
    place = road.place("checking.csv", bank_file(3))
    first = road.take_in(place)
    file_id = file_at(first.json()["location"])
    road.await_state(file_id, State.READ)
    again = road.take_in(place, account=road.account_key())
    assert (again.status_code, again.json()) == (200, first.json())
    assert road.counts() == (1, 1)
    assert road.state(file_id) == State.READ


def test_a_ticket_told_before_the_file_arrived_leaves_nothing_behind(road: ImportRoad) -> None:
    place = road.ask_for_place("checking.csv", 100).json()
    answer = road.take_in(place)
    assert (answer.status_code, answer.json()) == (
        422,
        {"error": "The upload did not arrive. Please choose the file again."},
    )
    assert road.counts() == (0, 0)


def test_a_place_takes_its_own_key_only(road: ImportRoad, stranger: ImportRoad) -> None:
    place = road.ask_for_place("checking.csv", 100).json()
    assert place["fields"]["key"].startswith(f"households/{road.household.schema_name}/imports/")
    elsewhere = {**place["fields"], "key": f"households/{stranger.household.schema_name}/imports/planted"}
    refused = requests.post(place["url"], data=elsewhere, files={"file": b"x"}, timeout=30)
    assert refused.status_code == 403


def test_a_place_is_not_readable(road: ImportRoad) -> None:
    place = road.place("checking.csv", bank_file(3))
    assert requests.get(f"{place['url']}/{place['fields']['key']}", timeout=30).status_code == 403


def test_a_file_of_another_household_is_not_there(
    road: ImportRoad, stranger: ImportRoad, subtests: pytest.Subtests
) -> None:
    file_id = road.read(bank_file(3))
    for page in [f"{path}imports/{file_id}/{page}" for path in (road.path, stranger.path) for page in PAGES]:
        with subtests.test(page=page):
            assert stranger.visitor.get(page).status_code == 404


def test_nobody_else_moves_a_file_on(road: ImportRoad, stranger: ImportRoad, subtests: pytest.Subtests) -> None:
    file_id = road.read(bank_file(3))
    for deed in [f"{path}imports/{file_id}/{deed}/" for path in (road.path, stranger.path) for deed in DEEDS]:
        with subtests.test(deed=deed):
            assert stranger.visitor.post(deed).status_code == 404
            assert road.state(file_id) == State.READ


def test_a_request_for_a_place_that_makes_no_sense(road: ImportRoad, subtests: pytest.Subtests) -> None:
    sizes = [b'{"name": "x"}', b'{"name": "x", "size": "many"}', b'{"name": "x", "size": -1}']
    for body in [b"", b"[]", b"null", *sizes, b"\xff"]:
        with subtests.test(body=body):
            answer = road.visitor.post(f"{road.path}imports/place/", body)
            assert (answer.status_code, answer.json()) == (400, {"error": "The request names no file."})
