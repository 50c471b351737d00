"""A member of one household tries every address and every id of another that its owner ever saw."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from pytest_django import DjangoDbBlocker

from apps.households.models import Household
from apps.tenancy.context import household_context
from tests.categorization.making import ledger_bytes
from tests.doors.addresses import filled_in, household_routes
from tests.doors.crawling import Found, crawl, crawl_all, route_of, text
from tests.doors.filling import FIRST_OF_THEIRS
from tests.doors.table import doors, values_for
from tests.doors.world import OUR_MARK, THEIR_MARK, World, a_world, taken_back

# It walks hundreds of pages, and then goes back over each of them.
pytestmark = pytest.mark.slow

OURS, THEIRS = "/h/ours/", "/h/theirs/"
HIDDEN = f"{OUR_MARK} Hidden"
HTMX = {"HX-Request": "true", "HX-Target": "progress"}
PLAIN_FORM = "application/x-www-form-urlencoded"
NOBODYS = 7 * FIRST_OF_THEIRS
"""An id that no household has."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with a_world(django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def seen(world: World) -> Found:
    """All that the other household's owner can look at: from link to link, and every address of the table."""
    return crawl_all(world.client("their owner"), THEIRS, world.their_ids)


@pytest.fixture(scope="module")
def ours(world: World) -> Found:
    """All that a member of ours comes to from link to link."""
    with taken_back():
        return crawl(world.client("member"), OURS)


def their_addresses(seen: Found) -> list[str]:
    """Every address beneath their mount, once each."""
    actions = {form.action for form in seen.forms.values()}
    return sorted(one for one in seen.leads | set(seen.answers) | actions if one.startswith(THEIRS))


def their_numbers(address: str) -> list[str]:
    """The ids in an address that only they have."""
    return [number for number in re.findall(r"\d+", address) if FIRST_OF_THEIRS < int(number) < 2 * FIRST_OF_THEIRS]


def under_our_mount(address: str) -> str:
    """The same address in our household. Their words are no secret if we say them."""
    return re.sub(THEIR_MARK, "Zinc", address, flags=re.IGNORECASE).replace(THEIRS, OURS)


def is_of_theirs(answer: HttpResponse) -> bool:
    """Whether anything of theirs is in the answer: in its body, whatever it is, or in its headers."""
    body = answer.getvalue().decode(errors="replace") if answer.streaming else text(answer)
    return THEIR_MARK.lower() in f"{body}{dict(answer.items())}".lower()


def without_token(answer: HttpResponse) -> str:
    return re.sub(r'value="\w{64}"', "", text(answer))


def answer_to_owner(world: World, method: str, address: str, **more: object) -> HttpResponse:
    """Of ours: nothing of our own household is refused to them, so that theirs is nothing by its ids alone."""
    with taken_back():
        return world.client("owner").generic(method, address, content_type=PLAIN_FORM, **more)  # type: ignore[arg-type]


def answer_to_member(world: World, method: str, address: str, **more: object) -> HttpResponse:
    with taken_back():
        return world.client("member").generic(method, address, content_type=PLAIN_FORM, **more)  # type: ignore[arg-type]


def test_the_walk_saw_everything(world: World, seen: Found) -> None:
    addresses = their_addresses(seen)
    routes = {re.sub(r"<\w+:(\w+)>", r"<\1>", route_of(address, THEIRS)) for address in addresses}
    assert set(household_routes()) - routes == set()
    assert set(world.their_ids.values()) <= seen.numbers
    assert not set(world.our_ids.values()) & set(world.their_ids.values())
    assert len(addresses) > 300
    assert len(seen.forms) > 150
    marked = [address for address, answer in seen.answers.items() if is_of_theirs(answer)]
    assert len(marked) > 100
    kinds = {urlsplit(address).path.split("/")[5] for address in marked if "/transactions/export/" in address}
    assert kinds == {"csv", "json", "qif", "hledger"}


def test_nothing_of_theirs_is_at_their_addresses(world: World, seen: Found) -> None:
    actions = {form.action for form in seen.forms.values() if form.method == "post"}
    tried = [("GET", address) for address in their_addresses(seen)] + [("POST", address) for address in sorted(actions)]
    nowhere = without_token(answer_to_member(world, "GET", "/h/nobody/"))
    for method, address in tried:
        if address.startswith(THEIRS):
            answer = answer_to_member(world, method, address)
            assert answer.status_code == 404, f"{method} {address}"
            assert without_token(answer) == nowhere, f"{method} {address}"
    assert len(tried) > 400


def test_their_ids_are_nothing_under_our_mount(world: World, seen: Found) -> None:
    tried = Counter[int]()
    for address in map(under_our_mount, their_addresses(seen)):
        if not their_numbers(urlsplit(address).path):
            continue
        statuses = set()
        for method, headers in (("GET", {}), ("GET", HTMX), ("POST", {})):
            answer = answer_to_owner(world, method, address, headers=headers)
            assert not is_of_theirs(answer), f"{method} {address}"
            statuses.add(answer.status_code)
            tried[answer.status_code] += 1
        assert statuses <= {404, 405}, f"{address}: {statuses}"
    assert tried[404] > 200


def test_their_ids_in_a_query_find_nothing(world: World, seen: Found) -> None:
    asked = {one for one in their_addresses(seen) if their_numbers(urlsplit(one).query)}
    for form in seen.forms.values():
        if form.method == "get" and form.action.startswith(THEIRS):
            values = ((one.name, value) for one in form.fields for value in (one.value, *one.options))
            asked |= {
                f"{form.action.partition('?')[0]}?{name}={value}" for name, value in values if their_numbers(value)
            }
    assert len(asked) > 20
    for address in sorted(map(under_our_mount, asked)):
        answer = answer_to_owner(world, "GET", address)
        assert answer.status_code in {200, 302, 404, 405}, address
        assert not is_of_theirs(answer), address


def test_their_ids_in_a_form_do_nothing(world: World, seen: Found) -> None:
    before, tried = ledger_of(world.theirs), 0
    for form in seen.forms.values():
        sent = {
            one.name: number for one in form.fields for number in [one.value, *one.options] if their_numbers(number)
        }
        if form.method != "post" or not sent or not form.action.startswith(THEIRS):
            continue
        tried += 1
        # As an owner sends it from there, and to the same page without an id of theirs in the address.
        with taken_back():
            answer = world.client("owner").post(under_our_mount(form.action), sent, follow=True)
        assert answer.status_code < 500, form.action
        assert not is_of_theirs(answer), form.action
    assert tried > 40
    assert ledger_of(world.theirs) == before


def test_a_ticket_of_theirs_takes_in_nothing(world: World) -> None:
    place = world.client("their owner").post(
        f"{THEIRS}imports/place/", {"name": "x.csv", "size": 10}, content_type="application/json"
    )
    refused = world.client("member").post(
        f"{OURS}imports/take-in/",
        {"ticket": place.json()["ticket"], "account": str(world.our_ids["account"])},
    )
    assert (refused.status_code, refused.json()["error"]) == (
        422,
        "This upload is too old or not yours. Please choose the file again.",
    )


def test_nothing_of_theirs_is_in_our_pages(ours: Found) -> None:
    assert len(ours.pages) > 80
    assert [address for address, answer in ours.answers.items() if is_of_theirs(answer)] == []


def test_what_our_owner_keeps_to_themselves_is_in_no_page_of_a_member(world: World, ours: Found) -> None:
    assert HIDDEN in text(world.client("owner").get(f"{OURS}accounts/"))
    assert [address for address, answer in ours.answers.items() if HIDDEN in text(answer)] == []
    hidden = (
        f"{OURS}accounts/{world.our_ids['hidden_account']}/",
        f"{OURS}transactions/{world.our_ids['hidden_row']}/",
    )
    asked = [lead for lead in ours.leads if lead.startswith(hidden)]
    assert asked == []


def test_every_id_of_theirs_at_every_address(world: World, seen: Found) -> None:
    """By every method that it has; where it names two things, once in place of both, and of each beside one of ours.

    Asked as a part of a page, for whole pages of nothing would take minutes; other tests look at those.
    """
    numbers = sorted(number for number in seen.numbers if their_numbers(str(number)))
    tried = 0
    for address, names in of_things(OURS):
        known = values_for(address, world.our_ids)
        nothing = filled_in(address, known | dict.fromkeys(names, NOBODYS))
        methods = [one for one in ("GET", "POST") if answer_to_owner(world, one, nothing).status_code != 405]
        assert methods, address
        for number, replaced in itertools.product(numbers, {names, *((name,) for name in names)}):
            place = filled_in(address, known | dict.fromkeys(replaced, number))
            for method in methods:
                answer = answer_to_owner(world, method, place, headers=HTMX)
                assert not is_of_theirs(answer), f"{method} {place}"
                assert answer.status_code == 404, f"{method} {place}"
                tried += 1
    assert tried > 3000


def test_what_is_a_persons_own_is_nobody_elses(world: World) -> None:
    """Sessions, passkeys and invitations, which have addresses outside of households. The owner has just confirmed."""
    ways = [*of_things("/accounts/"), *of_things("/households/")]
    for address, names in ways:
        place = filled_in(address, dict.fromkeys(names, values_for(address, world.their_own)[names[0]]))
        statuses = {answer_to_owner(world, method, place).status_code for method in ("GET", "POST")}
        assert 404 in statuses, place
        assert statuses <= {404, 405}, place
    assert len(ways) == 5


def of_things(beginning: str) -> list[tuple[str, tuple[str, ...]]]:
    """The addresses that name things by id, each with the parameters that do."""
    named = [(address, tuple(re.findall(r"<(pk|\w+_id)>", address))) for address in doors()]
    return [(address, names) for address, names in named if names and address.startswith(beginning)]


def ledger_of(household: Household) -> str:
    with household_context(household):
        return ledger_bytes()
