"""Wrong passwords make a person wait at that address, and a network that tries many; nobody is shut out from elsewhere."""

import datetime
import itertools
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from unittest.mock import patch

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import timezone

from apps.users import lockout
from apps.users.models import User
from apps.users.tasks import forget_attempts
from config.settings import base
from tests.conftest import PASSWORD
from tests.planes import both_planes
from tests.users.mails import link_in, mails_to

pytestmark = both_planes
HERE, NEIGHBOUR, ELSEWHERE = "203.0.113.7", "203.0.113.200", "198.51.100.9"
OURS, NOBODY = "ours@example.com", "nobody@example.com"
NEW_PASSWORD = "an-even-longer-word"


def _sign_in(email: str, password: str = PASSWORD, *, address: str = HERE, **headers: str):
    return Client(REMOTE_ADDR=address, **headers).post("/accounts/login/", {"login": email, "password": password})


def _fail(email: str = OURS, *, times: int, address: str = HERE) -> list[int]:
    return [_sign_in(email, f"wrong-word-{number}", address=address).status_code for number in range(times)]


def _waits(answer, seconds: int) -> bool:
    """Whether it asks for so many seconds, less the few that the test itself may have taken."""
    return answer.status_code == 429 and seconds - 5 < int(answer["Retry-After"]) <= seconds


def _lock(email: str = OURS, *, address: str = HERE) -> None:
    assert _fail(email, times=5, address=address) == [200, 200, 200, 200, 429]


def _pass(seconds: float) -> None:
    """So much time goes by for all that axes wrote."""
    for kept in (AccessAttempt, AccessLog):
        for row in kept.objects.all():
            kept.objects.filter(pk=row.pk).update(attempt_time=row.attempt_time - datetime.timedelta(seconds=seconds))


def _network_fails(times: int, *, network: str = "203.0.113") -> None:
    """What so many sign-ins for others that failed in a network leave behind, five from each of its addresses."""
    AccessAttempt.objects.bulk_create(
        AccessAttempt(
            username=f"somebody{number}@example.com", ip_address=f"{network}.{100 + number}", failures_since_start=5
        )
        for number in range(times // 5)
    )
    AccessAttempt.objects.update(attempt_time=timezone.now())


# --- a person at an address -----------------------------------------------------------------------------------------


def test_the_fifth_wrong_password_locks_and_says_why_and_for_how_long() -> None:
    _lock()
    answer = _sign_in(OURS, "wrong-word")
    assert _waits(answer, 60)
    page = answer.content.decode()
    assert "The password was wrong several times" in page
    assert "Please try again in 1 minute;" in page
    assert 'href="/accounts/password/reset/"' in page


def test_the_right_password_is_refused_too() -> None:
    _lock()
    answer = _sign_in(OURS)
    assert answer.status_code == 429
    assert "_auth_user_id" not in answer.client.session


def test_retry_after_tells_when_the_door_opens() -> None:
    _lock()
    _pass(22)
    assert _waits(_sign_in(OURS), 38)
    _pass(33)
    assert _waits(_sign_in(OURS), 5)
    _pass(5)
    assert _sign_in(OURS).status_code == 302


def test_each_further_failure_doubles_the_wait_up_to_an_hour() -> None:
    _lock()
    waits = (60, 120, 240, 480, 960, 1920, 3600, 3600)
    for seconds, following in itertools.pairwise(waits):
        _pass(seconds)
        assert _waits(_sign_in(OURS, "wrong-word"), following)
    assert "Please try again in 1 hour;" in _sign_in(OURS).content.decode()


def test_trying_while_it_is_locked_makes_nothing_longer() -> None:
    _lock()
    assert _fail(times=20) == [429] * 20
    _pass(60)
    assert _sign_in(OURS).status_code == 302


def test_a_day_without_a_failure_begins_anew() -> None:
    _lock()
    _pass(24 * 3600)
    assert _fail(times=4) == [200] * 4


def test_the_lock_is_that_person_at_that_address() -> None:
    _lock()
    assert _sign_in(OURS, address=ELSEWHERE).status_code == 302
    assert _sign_in("theirs@example.com").status_code == 302


def test_another_browser_at_the_same_address_gives_no_further_attempts() -> None:
    codes = [_sign_in(OURS, "wrong", HTTP_USER_AGENT=f"Browser {number}").status_code for number in range(5)]
    assert codes == [200, 200, 200, 200, 429]


def test_an_ipv6_address_counts_with_all_of_its_subscribers() -> None:
    codes = [_sign_in(OURS, "wrong", address=f"2001:db8:1:2::{number:x}").status_code for number in range(1, 6)]
    assert codes == [200, 200, 200, 200, 429]
    assert _sign_in(OURS, address="2001:db8:1:3::1").status_code == 302


def test_upper_case_gives_no_further_attempts() -> None:
    spellings = [OURS, "Ours@example.com", "OURS@example.com", "ours@Example.com", " ours@example.com"]
    assert [_sign_in(spelling, "wrong-word").status_code for spelling in spellings] == [200, 200, 200, 200, 429]


def test_a_forged_forwarding_header_gives_no_further_attempts() -> None:
    codes = [_sign_in(OURS, "wrong-word", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}").status_code for number in range(5)]
    assert codes == [200, 200, 200, 200, 429]


def test_a_success_forgets_the_failures_before() -> None:
    _fail(times=4)
    assert _sign_in(OURS).status_code == 302
    assert _fail(times=4) == [200] * 4


# --- the way out -------------------------------------------------------------------------------------------------------


def _reset(owner: User, *, address: str = HERE) -> None:
    client = Client(REMOTE_ADDR=address)
    client.post("/accounts/password/reset/", {"email": owner.email})
    form = client.get(link_in(mails_to(owner.email)[-1]))["Location"]
    client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})


def test_a_new_password_by_mail_opens_the_door_at_once_everywhere(owner: User) -> None:
    _lock()
    _lock(address=ELSEWHERE)
    _reset(owner)
    assert _sign_in(owner.email, NEW_PASSWORD).status_code == 302
    assert _sign_in(owner.email, NEW_PASSWORD, address=ELSEWHERE).status_code == 302


def test_a_new_password_by_mail_opens_a_network_that_waits(owner: User) -> None:
    _network_fails(100)
    assert _sign_in(owner.email).status_code == 429
    _reset(owner)
    assert _sign_in(owner.email, NEW_PASSWORD).status_code == 302


def test_asking_for_the_mail_alone_opens_nothing(owner: User) -> None:
    _lock()
    Client(REMOTE_ADDR=HERE).post("/accounts/password/reset/", {"email": owner.email})
    assert _sign_in(owner.email).status_code == 429


# --- a network ---------------------------------------------------------------------------------------------------------


def test_a_network_that_tried_a_hundred_times_waits_and_says_so() -> None:
    _network_fails(100)
    answer = _sign_in(OURS)
    assert _waits(answer, 60)
    assert "Very many sign-ins failed in the network you are in" in answer.content.decode()
    _pass(60)
    assert _sign_in(OURS).status_code == 302


def test_a_network_under_its_ceiling_does_not_wait() -> None:
    _network_fails(95)
    assert _sign_in(OURS).status_code == 302


def test_only_that_network_waits() -> None:
    _network_fails(700)
    assert _waits(_sign_in(OURS), 3600)
    for address in ("203.0.112.7", "203.0.114.7", ELSEWHERE):
        assert _sign_in(OURS, address=address).status_code == 302


def test_an_address_known_to_be_a_persons_own_is_not_refused_for_its_network() -> None:
    assert _sign_in(OURS).status_code == 302
    _network_fails(500)
    assert _sign_in(OURS).status_code == 302
    # Theirs alone, and there alone.
    assert _sign_in("theirs@example.com").status_code == 429
    assert _sign_in(OURS, address=NEIGHBOUR).status_code == 429


@pytest.fixture
def without_log() -> Iterator[None]:
    """Of each attempt there are five lines, which pytest would keep."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def _attack(addresses: Iterable[str], *, guesses: int) -> Counter[int]:
    """So many guesses at one person's password from each address, and how they were answered."""
    client, answers = Client(), Counter[int]()
    for address, number in itertools.product(addresses, range(guesses)):
        typed = {"login": OURS, "password": f"guess-{number}"}
        answers[client.post("/accounts/login/", typed, REMOTE_ADDR=address).status_code] += 1
    return answers


@pytest.mark.slow
def test_ten_thousand_attempts_from_everywhere_leave_a_person_able_to_sign_in_from_home(
    settings, without_log: None
) -> None:
    """With all limits as in production: 8,000 from 320 addresses far away, 2,000 from 80 neighbours of the home.

    Far away no network comes to its ceiling, so that each address has its five guesses.
    """
    settings.RATELIMIT_ENABLE, settings.ACCOUNT_RATE_LIMITS = True, base.ACCOUNT_RATE_LIMITS
    far = [f"10.0.{network}.{host}" for network, host in itertools.product(range(20), range(16))]
    assert _attack(far, guesses=25) == {200: 4 * len(far), 429: 21 * len(far)}
    home = _sign_in(OURS)
    assert (home.status_code, "_auth_user_id" in home.client.session) == (302, True)
    neighbours = [f"{HERE.rpartition('.')[0]}.{host}" for host in range(100, 180)]
    answers = _attack(neighbours, guesses=25)
    assert set(answers) == {200, 429}
    assert answers.total() + 25 * len(far) == 10_000
    # The home's own network is closed for strangers, and neither the home, nor the network beside it, nor elsewhere.
    assert _sign_in(OURS, address=NEIGHBOUR).status_code == 429
    for address in (HERE, "203.0.112.255", "203.0.114.0", ELSEWHERE):
        assert _sign_in(OURS, address=address).status_code == 302


# --- who has an account is nobody's business ---------------------------------------------------------------------------


def test_a_known_and_an_unknown_address_get_the_same_answers_until_and_while_they_wait() -> None:
    def answers(email: str) -> list[tuple[int, str | None, str]]:
        given = []
        for number in range(7):
            answer = _sign_in(email, f"wrong-{number}")
            given.append((answer.status_code, answer.get("Retry-After"), _without_what_is_new_each_time(answer, email)))
        return given

    assert answers(OURS) == answers(NOBODY)


def _without_what_is_new_each_time(answer, email: str) -> str:
    page = answer.content.decode().replace(email, "<typed>")
    token = answer.context.get("csrf_token") if answer.context else ""
    return page.replace(str(token), "<token>")


def test_a_known_and_an_unknown_address_cost_one_hash_each_and_a_locked_one_none(owner: User) -> None:
    """Time is told by what is computed: every branch that says "wrong" hashes once, with the same hasher and cost."""

    def hashes(email: str) -> int:
        with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode) as counted:
            _sign_in(email, "wrong-word")
        return counted.call_count

    assert (hashes(OURS), hashes(NOBODY)) == (1, 1)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert hashes(OURS) == 1
    owner.set_unusable_password()
    owner.save()
    assert hashes(OURS) == 1
    for email in (OURS, NOBODY):
        _fail(email, times=5)
    assert (hashes(OURS), hashes(NOBODY)) == (0, 0)


# --- axes' tables --------------------------------------------------------------------------------------------------------


def test_what_counts_no_more_is_removed_and_what_counts_stays() -> None:
    _lock()
    _sign_in(OURS, address=ELSEWHERE)
    forget_attempts()
    assert (AccessAttempt.objects.count(), AccessLog.objects.count()) == (1, 1)
    _pass(lockout.REMEMBERED.total_seconds())
    forget_attempts()
    assert (AccessAttempt.objects.count(), AccessLog.objects.count()) == (0, 1)
    _pass(lockout.KNOWN_FOR.total_seconds())
    forget_attempts()
    assert AccessLog.objects.count() == 0


def test_the_schedule_removes_it(settings) -> None:
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert forget_attempts.name in tasks


def test_an_attempt_keeps_no_password_and_no_token() -> None:
    _sign_in(OURS, "wrong-word-that-is-kept-nowhere")
    kept = AccessAttempt.objects.get()
    assert "wrong-word" not in kept.post_data + kept.get_data
    assert OURS not in kept.post_data


def test_a_locked_pair_grows_no_row() -> None:
    _lock()
    before = len(AccessAttempt.objects.get().post_data)
    _fail(times=10)
    assert (AccessAttempt.objects.count(), len(AccessAttempt.objects.get().post_data)) == (1, before)


@pytest.mark.parametrize("name", ["x" * 10_000 + "@example.com", "a\x00b@example.com", "", "'; --@example.com"])
def test_no_name_that_can_be_typed_breaks_the_page(name: str) -> None:
    assert _sign_in(name, "wrong-word").status_code == 200
