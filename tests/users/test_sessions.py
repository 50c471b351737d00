"""Where a person is signed in: told in words, and ended one by one or all others at once."""

import datetime

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.users.devices import LONGEST, UNKNOWN, device_in_words
from apps.users.models import User
from apps.users.signals import sessions_ended
from tests.conftest import PASSWORD
from tests.planes import both_planes
from tests.users.browsers import AWAY, FIREFOX, HOME, IPHONE

pytestmark = both_planes


def _signed_in(user_agent: str = FIREFOX, address: str = HOME, email: str = "ours@example.com") -> Client:
    client = Client(REMOTE_ADDR=address, headers={"user-agent": user_agent})
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert "_auth_user_id" in client.session
    return client


def _row(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on an iPhone or iPad"),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("", UNKNOWN),
        ("\x00<script>", UNKNOWN),
    ],
)
def test_a_browser_is_told_in_words(user_agent: str, words: str) -> None:
    assert device_in_words(user_agent) == words


def test_a_browser_that_calls_itself_a_novel_is_cut_short() -> None:
    assert len(device_in_words("Mozilla/5.0 " + "Firefox/1 " * 5000)) <= LONGEST


def test_the_list_tells_device_address_and_last_use_and_marks_this_one() -> None:
    phone, desk = _signed_in(IPHONE, AWAY), _signed_in()
    UserSession.objects.filter(pk=_row(phone).pk).update(
        last_seen_at=datetime.datetime(2026, 3, 1, 9, 5, tzinfo=datetime.UTC)
    )
    page = desk.get("/accounts/sessions/")
    assert [(one.device, one.address, one.is_this) for one in page.context["sessions"]] == [
        ("Firefox on Windows", HOME, True),
        ("Safari on an iPhone or iPad", AWAY, False),
    ]
    assert "1 Mar 2026, 09:05" in page.content.decode()


def test_times_are_in_the_zone_of_the_person(owner: User) -> None:
    phone, desk = _signed_in(IPHONE), _signed_in()
    UserSession.objects.filter(pk=_row(phone).pk).update(
        last_seen_at=datetime.datetime(2026, 3, 1, 23, 5, tzinfo=datetime.UTC)
    )
    User.objects.filter(pk=owner.pk).update(time_zone="Europe/Berlin")
    assert "2 Mar 2026, 00:05" in desk.get("/accounts/sessions/").content.decode()


def test_one_session_is_ended_and_the_others_go_on() -> None:
    desk, phone, tablet = _signed_in(), _signed_in(IPHONE), _signed_in(IPHONE, AWAY)
    ended: list[list[str]] = []
    sessions_ended.connect(lambda devices, **_: ended.append(devices), weak=False, dispatch_uid="test")
    answer = desk.post(f"/accounts/sessions/{_row(phone).pk}/end/", follow=True)
    sessions_ended.disconnect(dispatch_uid="test")
    assert "Signed out: Safari on an iPhone or iPad." in answer.content.decode()
    assert [client.get("/h/ours/").status_code for client in (desk, phone, tablet)] == [200, 302, 200]
    assert ended == [["Safari on an iPhone or iPad"]]


def test_all_others_are_ended_at_once() -> None:
    desk, phone, tablet = _signed_in(), _signed_in(IPHONE), _signed_in(IPHONE, AWAY)
    stranger = _signed_in(email="theirs@example.com")
    assert desk.post("/accounts/sessions/end-others/")["Location"] == "/accounts/sessions/"
    assert [client.get("/accounts/profile/").status_code for client in (desk, phone, tablet, stranger)] == [
        200,
        302,
        302,
        200,
    ]
    page = desk.get("/accounts/sessions/").content.decode()
    assert "Sign out everywhere else" not in page


def test_a_session_of_somebody_else_is_not_found_and_goes_on() -> None:
    desk, stranger = _signed_in(), _signed_in(email="theirs@example.com")
    answer = desk.post(f"/accounts/sessions/{_row(stranger).pk}/end/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()
    assert stranger.get("/h/theirs/").status_code == 200


def test_this_session_is_not_ended_from_the_list() -> None:
    desk = _signed_in()
    assert desk.post(f"/accounts/sessions/{_row(desk).pk}/end/").status_code == 404
    assert desk.get("/h/ours/").status_code == 200


def test_sessions_are_ended_by_a_post_alone() -> None:
    desk, phone = _signed_in(), _signed_in(IPHONE)
    for address in ("end-others/", f"{_row(phone).pk}/end/"):
        assert desk.get(f"/accounts/sessions/{address}").status_code == 405
    assert phone.get("/h/ours/").status_code == 200


def test_a_session_that_was_ended_leaves_no_row_behind() -> None:
    desk, phone = _signed_in(), _signed_in(IPHONE)
    desk.post("/accounts/sessions/end-others/")
    phone.get("/h/ours/")
    assert list(UserSession.objects.filter(user__email="ours@example.com")) == [_row(desk)]


def test_the_last_use_is_noted_once_in_five_minutes() -> None:
    desk = _signed_in()
    long_ago = timezone.now() - datetime.timedelta(days=1)
    cache.clear()
    UserSession.objects.update(last_seen_at=long_ago)
    desk.get("/accounts/profile/")
    assert _row(desk).last_seen_at > long_ago
    UserSession.objects.update(last_seen_at=long_ago)
    desk.get("/accounts/profile/")
    assert _row(desk).last_seen_at == long_ago
