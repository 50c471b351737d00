"""Who signs in with a new browser from a new place is told by mail; the same browser in another network is no news."""

import datetime

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.users.devices import device_in_words
from apps.users.models import KnownPlace, User
from apps.users.tasks import forget_places
from tests.conftest import PASSWORD
from tests.operations.staff import staff_client
from tests.planes import both_planes
from tests.users.browsers import AWAY, ELSEWHERE, FIREFOX, HOME, IPHONE
from tests.users.mails import link_in, mails_to

pytestmark = both_planes
NEW_PASSWORD = "an-even-longer-word"
ARRIVED = "Somebody signed in to your account"


def a_browser(user_agent: str = FIREFOX) -> Client:
    return Client(headers={"user-agent": user_agent})


def sign_in(browser: Client, address: str = HOME, *, email: str = "ours@example.com", password: str = PASSWORD) -> None:
    """Out, and in again at that address."""
    browser.post("/accounts/logout/")
    browser.post("/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=address)
    assert "_auth_user_id" in browser.session


def arrivals(email: str = "ours@example.com") -> int:
    return [mail.subject for mail in mails_to(email)].count(ARRIVED)


@pytest.fixture
def phone() -> Client:
    """With which the owner has signed in before: the first sign-in of all."""
    browser = a_browser(IPHONE)
    sign_in(browser)
    return browser


def test_the_first_sign_in_is_no_news(phone: Client) -> None:
    assert arrivals() == 0


def test_a_browser_that_changes_its_network_is_no_news(phone: Client) -> None:
    for address in (AWAY, ELSEWHERE, "2001:db8::1", "2001:db8:1::1"):
        sign_in(phone, address)
    assert arrivals() == 0


def test_a_new_browser_is_told_with_time_device_address_and_what_to_do(phone: Client, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(time_zone="Europe/Berlin")
    sign_in(a_browser(FIREFOX), AWAY)
    (mail,) = mails_to(owner.email)
    assert mail.subject == ARRIVED
    assert f"Device: {device_in_words(FIREFOX)}" in mail.body
    assert f"Address: {AWAY}" in mail.body
    assert timezone.localtime(timezone=owner.zone).strftime("%Y") in mail.body
    assert " CE" in mail.body  # Berlin's CET or CEST
    assert "http://testserver/accounts/password/reset/" in mail.body
    assert "http://testserver/accounts/sessions/" in mail.body


@pytest.mark.parametrize(("user_agent", "address"), [(FIREFOX, HOME), (IPHONE, AWAY)])
def test_a_browser_without_the_cookie_is_new_where_it_was_never_seen(
    phone: Client, user_agent: str, address: str
) -> None:
    sign_in(a_browser(user_agent), address)
    assert arrivals() == 1
    sign_in(a_browser(user_agent), address)
    assert arrivals() == 1


def test_a_private_window_at_home_is_no_news(phone: Client) -> None:
    sign_in(a_browser(IPHONE), HOME)
    assert arrivals() == 0


def test_an_address_of_ipv6_that_changes_within_its_network_is_no_news(phone: Client) -> None:
    sign_in(phone, "2001:db8:0:1::aaaa")
    sign_in(a_browser(IPHONE), "2001:db8:0:1::bbbb")
    assert arrivals() == 0


@pytest.mark.parametrize("forged", ["", "0" * 32, "x" * 32, ".".join(["0" * 32] * 100), "a." * 1000, "\xe9"])
def test_a_cookie_that_we_did_not_make_is_worth_nothing(phone: Client, forged: str) -> None:
    browser = a_browser(FIREFOX)
    browser.cookies[settings.DEVICE_COOKIE_NAME] = forged
    sign_in(browser, AWAY)
    assert arrivals() == 1


def test_a_browser_is_known_of_each_person_by_themselves(phone: Client) -> None:
    sign_in(a_browser(FIREFOX), AWAY, email="theirs@example.com")
    sign_in(phone, HOME, email="theirs@example.com")
    assert arrivals("theirs@example.com") == 1
    sign_in(phone, ELSEWHERE)
    sign_in(phone, ELSEWHERE, email="theirs@example.com")
    assert (arrivals(), arrivals("theirs@example.com")) == (0, 1)


def test_the_cookie_is_for_our_eyes_alone_and_lasts_a_year(phone: Client) -> None:
    cookie = phone.cookies[settings.DEVICE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert cookie["max-age"] == 365 * 86400


def test_in_production_the_cookie_is_bound_to_the_host(settings: object) -> None:
    settings.DEVICE_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "__Host-device", True  # type: ignore[attr-defined]
    browser = a_browser()
    sign_in(browser)
    assert browser.cookies["__Host-device"]["secure"] is True


def test_a_new_password_makes_every_other_browser_and_place_new(phone: Client, owner: User) -> None:
    desk = a_browser(FIREFOX)
    sign_in(desk, AWAY)
    phone.post("/accounts/reauthenticate/", {"password": PASSWORD}, REMOTE_ADDR=HOME)
    sent = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert phone.post("/accounts/password/change/", sent, REMOTE_ADDR=HOME).status_code == 302
    before = arrivals()
    sign_in(phone, ELSEWHERE, password=NEW_PASSWORD)
    assert arrivals() == before
    sign_in(desk, AWAY, password=NEW_PASSWORD)
    assert arrivals() == before + 1


def test_a_new_password_by_mail_makes_all_new_but_where_it_was_chosen(phone: Client, owner: User) -> None:
    desk = a_browser(FIREFOX)
    sign_in(desk, AWAY)
    phone.post("/accounts/logout/")
    phone.post("/accounts/password/reset/", {"email": owner.email}, REMOTE_ADDR=HOME)
    form = phone.get(link_in(mails_to(owner.email)[-1]), follow=True)
    address = form.redirect_chain[-1][0]
    phone.post(address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, REMOTE_ADDR=HOME)
    before = arrivals()
    sign_in(phone, HOME, password=NEW_PASSWORD)
    assert arrivals() == before
    sign_in(desk, AWAY, password=NEW_PASSWORD)
    assert arrivals() == before + 1


def test_places_are_forgotten_after_a_year_and_then_somebody_arrives_again(phone: Client, owner: User) -> None:
    sign_in(a_browser(FIREFOX), AWAY)
    a_year_ago = timezone.now() - datetime.timedelta(days=365)
    KnownPlace.objects.filter(device=device_in_words(IPHONE)).update(last_at=a_year_ago)
    KnownPlace.objects.filter(device=device_in_words(FIREFOX)).update(last_at=a_year_ago + datetime.timedelta(hours=1))
    forget_places()
    assert [place.address for place in owner.known_places.all()] == [AWAY]
    KnownPlace.objects.all().delete()
    before = arrivals()
    sign_in(a_browser(IPHONE), HOME)
    assert arrivals() == before + 1
    assert forget_places.name in {job["task"] for job in settings.CELERY_BEAT_SCHEDULE.values()}


def test_a_failed_sign_in_is_no_news(phone: Client, owner: User) -> None:
    Client(REMOTE_ADDR=AWAY).post("/accounts/login/", {"login": owner.email, "password": "not-the-password"})
    assert mails_to(owner.email) == []


def test_staff_at_their_own_door_get_no_mail_of_the_customers() -> None:
    """A code is asked of them at each sign-in, and each is in the audit log, which the others read."""
    browser = staff_client()
    assert settings.DEVICE_COOKIE_NAME not in browser.cookies
    assert not KnownPlace.objects.exists()
    assert mails_to("ann@staff.example.com") == []
