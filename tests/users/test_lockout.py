"""Five wrong passwords lock that person at that address, through the page on which people sign in."""

import pytest
from django.core.cache import cache
from django.test import Client

from apps.users.models import User
from tests.conftest import PASSWORD
from tests.planes import both_planes
from tests.users.mails import link_in, mails_to

pytestmark = both_planes
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    """allauth counts requests of an address in the cache, which tests share."""
    cache.clear()


def _sign_in(email: str, password: str, *, address: str = HERE):
    return Client(REMOTE_ADDR=address).post("/accounts/login/", {"login": email, "password": password})


def _lock(email: str = "ours@example.com", *, address: str = HERE) -> None:
    codes = [_sign_in(email, f"wrong-word-{number}", address=address).status_code for number in range(5)]
    assert codes == [200, 200, 200, 200, 429]


def test_the_fifth_wrong_password_locks_and_says_for_how_long() -> None:
    _lock()
    answer = _sign_in("ours@example.com", "wrong-word")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert "Too many attempts" in answer.content.decode()


def test_the_right_password_is_refused_too() -> None:
    _lock()
    answer = _sign_in("ours@example.com", PASSWORD)
    assert answer.status_code == 429
    assert "_auth_user_id" not in answer.client.session


def test_the_lock_is_that_person_at_that_address() -> None:
    _lock()
    assert _sign_in("ours@example.com", PASSWORD, address=ELSEWHERE).status_code == 302
    assert _sign_in("theirs@example.com", PASSWORD).status_code == 302


def test_upper_case_gives_no_further_attempts() -> None:
    spellings = ["ours@example.com", "Ours@example.com", "OURS@example.com", "ours@Example.com", " ours@example.com"]
    codes = [_sign_in(spelling, "wrong-word").status_code for spelling in spellings]
    assert codes == [200, 200, 200, 200, 429]


def test_an_address_without_an_account_is_locked_alike() -> None:
    _lock("nobody@example.com")
    assert _sign_in("nobody@example.com", PASSWORD).status_code == 429


def test_a_forged_forwarding_header_gives_no_further_attempts() -> None:
    codes = [
        Client(REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
        .post("/accounts/login/", {"login": "ours@example.com", "password": "wrong-word"})
        .status_code
        for number in range(5)
    ]
    assert codes == [200, 200, 200, 200, 429]


def test_a_success_forgets_the_failures_before() -> None:
    for _ in range(4):
        _sign_in("ours@example.com", "wrong-word")
    assert _sign_in("ours@example.com", PASSWORD).status_code == 302
    assert [_sign_in("ours@example.com", "wrong-word").status_code for _ in range(4)] == [200] * 4


def test_a_new_password_by_mail_opens_the_door_at_once(owner: User) -> None:
    _lock()
    _lock(address=ELSEWHERE)
    client = Client(REMOTE_ADDR=HERE)
    client.post("/accounts/password/reset/", {"email": owner.email})
    form = client.get(link_in(mails_to(owner.email)[-1]))["Location"]
    client.post(form, {"password1": "an-even-longer-word", "password2": "an-even-longer-word"})
    assert _sign_in(owner.email, "an-even-longer-word").status_code == 302
    assert _sign_in(owner.email, "an-even-longer-word", address=ELSEWHERE).status_code == 302


def test_asking_for_the_mail_alone_opens_nothing(owner: User) -> None:
    _lock()
    Client(REMOTE_ADDR=HERE).post("/accounts/password/reset/", {"email": owner.email})
    assert _sign_in(owner.email, PASSWORD).status_code == 429


def test_the_lock_ends_after_a_quarter_of_an_hour() -> None:
    from axes.models import AccessAttempt
    from django.utils import timezone

    from apps.users.lockout import cool_off

    _lock()
    AccessAttempt.objects.update(attempt_time=timezone.now() - cool_off())
    assert _sign_in("ours@example.com", PASSWORD).status_code == 302
