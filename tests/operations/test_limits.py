"""Rate limits: one table, told in every limited answer, refused in words, open while Redis is away."""

import dataclasses

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver

from apps.core.limits import Limit
from apps.households.models import Household
from apps.operations import limits
from apps.plans.models import Plan
from config.limits import RATE_LIMITS
from tests.conftest import PASSWORD
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes
OURS, NOBODY = "ours@example.com", "nobody@example.com"
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
FIELDS = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]


@pytest.fixture(autouse=True)
def _on(settings, db: None) -> None:
    """Limits as the table has them, but by the day: a minute may end while a test counts.

    What our households' plan gives more of is a test of its own.
    """
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = {
        name: dataclasses.replace(limit, rate=limit.rate.partition("/")[0] + "/d")
        for name, limit in RATE_LIMITS.items()
    }
    Plan.objects.update(rate_factor=1)


def _limit(settings, name: str, rate: str) -> None:
    settings.RATE_LIMITS = {name: dataclasses.replace(configured.RATE_LIMITS[name], rate=rate)}


def _told(answer) -> list[int]:
    return [int(answer[field]) for field in FIELDS]


def _sign_in(email: str = OURS, password: str = PASSWORD, *, address: str = HERE, **more: str):
    form = {"login": email, "password": password}
    return Client(REMOTE_ADDR=address, **more).post("/accounts/login/", form)


def _export(client: Client, household: str = "ours") -> int:
    answer = client.get(f"/h/{household}/transactions/export/csv/")
    if answer.streaming:
        b"".join(answer)
    return answer.status_code


# --- the table ---------------------------------------------------------------------------------------------------------


def _names() -> set[str]:
    public, inside = get_resolver(configured.ROOT_URLCONF), get_resolver(configured.HOUSEHOLD_URLCONF)
    names = {name for resolver in (public, inside) for name in resolver.reverse_dict if isinstance(name, str)}
    for resolver in (public, inside):
        for space, (_, below) in resolver.namespace_dict.items():
            names |= {f"{space}:{name}" for name in below.reverse_dict if isinstance(name, str)}
    return names


def test_every_view_of_the_table_exists() -> None:
    """Those of second steps stand in it from the day on which they are switched on."""
    named = {view for limit in configured.RATE_LIMITS.values() for view in limit.views}
    later = () if "allauth.mfa" in configured.INSTALLED_APPS else ("mfa_",)
    assert {name for name in named - _names() if not name.startswith(later)} == set()


@pytest.mark.parametrize(("name", "limit"), configured.RATE_LIMITS.items())
def test_every_entry_can_be_counted_and_says_why(name: str, limit: Limit) -> None:
    count, _, period = limit.rate.partition("/")
    assert int(count) > 0
    assert period in {"s", "m", "h", "d"}
    assert limit.sentence.endswith(".")
    assert set(limit.methods) <= {"GET", "POST"}


def test_the_limits_of_the_plan_are_in_it() -> None:
    rates = [RATE_LIMITS[name].rate for name in ("sign-in", "imports", "reports")]
    assert rates == ["5/m", "10/h", "60/m"]


# --- what an answer tells -----------------------------------------------------------------------------------------------


def test_every_limited_answer_tells_what_is_left(member_client: Client, settings) -> None:
    _limit(settings, "reports", "3/h")
    answers = [member_client.get("/h/ours/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [_told(answer)[:2] for answer in answers] == [[3, 2], [3, 1], [3, 0], [3, 0]]
    assert all(0 < _told(answer)[2] <= 3600 for answer in answers)
    assert "Retry-After" not in answers[2]
    assert answers[3]["Retry-After"] == answers[3]["RateLimit-Reset"]


def test_an_address_without_a_limit_tells_nothing(client: Client) -> None:
    assert [field for field in FIELDS if field in client.get("/")] == []


def test_looking_at_a_form_costs_nothing(client: Client) -> None:
    assert [client.get("/accounts/login/").status_code for _ in range(8)] == [200] * 8


def test_a_person_reads_how_long_to_wait(member_client: Client, settings) -> None:
    _limit(settings, "reports", "1/h")
    member_client.get("/h/ours/")
    answer = member_client.get("/h/ours/")
    page = answer.content.decode()
    assert "You opened reports very often within a minute. Please try again in " in page
    assert "<h1>That was too often</h1>" in page


def test_a_program_reads_json(member_client: Client, settings) -> None:
    _limit(settings, "reports", "1/h")
    member_client.get("/h/ours/")
    answer = member_client.get("/h/ours/", headers={"accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/json")
    assert answer.json()["error"].startswith("You opened reports very often")


def test_a_part_of_a_page_gets_a_toast(member_client: Client, settings) -> None:
    _limit(settings, "reports", "1/h")
    member_client.get("/h/ours/")
    answer = member_client.get("/h/ours/", headers={"hx-request": "true"})
    assert (answer.status_code, answer.content) == (429, b"")
    assert answer["HX-Trigger"].startswith('{"toast": "You opened reports very often')


# --- whose requests are counted ------------------------------------------------------------------------------------------


def test_a_household_is_counted_over_all_its_people_and_apart_from_others(settings, confirmed_client: Client) -> None:
    _limit(settings, "exports", "1/h")
    theirs = Client()
    theirs.post("/accounts/login/", {"login": "theirs@example.com", "password": PASSWORD})
    assert [_export(confirmed_client) for _ in range(2)] == [200, 429]
    assert _export(theirs, "theirs") == 200


def test_signing_in_is_counted_for_a_name_at_an_address() -> None:
    assert [_sign_in().status_code for _ in range(6)] == [302] * 5 + [429]
    assert _sign_in("OURS@example.com ").status_code == 429
    assert _sign_in("theirs@example.com").status_code == 302
    assert _sign_in(address=ELSEWHERE).status_code == 302


def test_who_is_locked_out_reads_that_and_its_longer_wait() -> None:
    codes = [_sign_in(password="wrong").status_code for _ in range(6)]
    assert codes == [200] * 4 + [429] * 2
    answer = _sign_in(password="wrong")
    assert answer.status_code == 429
    assert 55 < int(answer["Retry-After"]) <= 60
    assert "The password was wrong several times" in answer.content.decode()


def test_a_known_and_an_unknown_address_are_limited_alike() -> None:
    def answers(path: str, form: dict[str, str]) -> list[tuple[int, str, str]]:
        given = [Client(REMOTE_ADDR=HERE).post(path, form) for _ in range(7)]
        return [(answer.status_code, answer["RateLimit-Remaining"], answer.get("Location", "")) for answer in given]

    for path, field in (("/accounts/login/", "login"), ("/accounts/password/reset/", "email")):
        ours, nobodys = ({field: email, "password": "wrong"} for email in (OURS, NOBODY))
        assert answers(path, ours) == answers(path, nobodys)


def test_a_stranger_elsewhere_uses_up_nobodys_reset() -> None:
    def ask(address: str) -> int:
        return Client(REMOTE_ADDR=address).post("/accounts/password/reset/", {"email": OURS}).status_code

    assert [ask(ELSEWHERE) for _ in range(6)] == [302] * 5 + [429]
    assert ask(HERE) == 302


def test_a_plan_multiplies_what_grows_with_it(settings, household: Household, confirmed_client: Client) -> None:
    give_plan(household, "family", rate_factor=3)
    _limit(settings, "exports", "1/h")
    assert [_export(confirmed_client) for _ in range(4)] == [200, 200, 200, 429]


def test_a_refused_import_changes_nothing_and_says_so(settings, member_client: Client) -> None:
    _limit(settings, "imports", "1/h")
    codes = [member_client.post("/h/ours/imports/", {}).status_code for _ in range(2)]
    assert codes == [422, 429]


# --- Redis is away -------------------------------------------------------------------------------------------------------


@pytest.fixture
def _redis_away(settings) -> None:
    """A cache that nobody answers for, as the web process would have it."""
    away = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/1"}
    settings.CACHES = {"default": away}


@pytest.mark.usefixtures("_redis_away")
def test_while_redis_is_away_nothing_is_limited_and_it_is_logged(
    member_client: Client, settings, caplog: pytest.LogCaptureFixture
) -> None:
    _limit(settings, "reports", "1/h")
    assert [member_client.get("/h/ours/").status_code for _ in range(3)] == [200] * 3
    assert "Exception ignored" in caplog.text


@pytest.mark.usefixtures("_redis_away")
def test_while_redis_is_away_wrong_passwords_still_lock() -> None:
    codes = [_sign_in(password="wrong").status_code for _ in range(6)]
    assert codes == [200] * 4 + [429] * 2


def test_counts_are_gone_with_their_window_only() -> None:
    assert _told(_sign_in())[1] == 4
    cache.clear()
    assert _told(_sign_in())[1] == 4


# --- no way round ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("/accounts/login/", {"login": OURS, "password": "wrong"}),
        ("/accounts/password/reset/", {"email": OURS}),
        ("/admin/login/", {"username": OURS, "password": "wrong", "code": "1"}),
    ],
)
def test_a_field_that_the_page_does_not_read_gives_no_further_attempts(page: str, form: dict[str, str]) -> None:
    left = []
    for number in range(3):
        others = dict.fromkeys(("email", "login", "username"), f"{number}@example.com")
        left.append(Client(REMOTE_ADDR=HERE).post(page, others | form)["RateLimit-Remaining"])
    assert left == ["4", "3", "2"]


def test_the_field_of_each_page_that_is_limited_by_name_is_known() -> None:
    by_name = {view for limit in RATE_LIMITS.values() if limit.by.startswith("name typed") for view in limit.views}
    assert by_name == set(limits.NAME_FIELDS)


def test_who_asks_for_the_head_alone_is_counted(confirmed_client: Client) -> None:
    # An export of what cannot be searched is none, and counts as one.
    for page, allowed in (("/h/ours/", 60), ("/h/ours/transactions/export/csv/?q=account%3Anowhere", 30)):
        for _ in range(5):
            confirmed_client.head(page)
        assert int(confirmed_client.get(page)["RateLimit-Remaining"]) == allowed - 6
