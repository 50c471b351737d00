"""One's own account: profile, address, password. What changes is told by mail, and to the right mailbox."""

import re
from pathlib import Path

import allauth
import pytest
from django.test import Client

from apps.users.models import User
from apps.users.notices import NOTICES
from apps.users.signals import profile_changed
from tests.conftest import PASSWORD
from tests.planes import both_planes
from tests.users.codes import set_up_codes
from tests.users.mails import link_in, mails_to

pytestmark = both_planes
OLD, NEW = "ours@example.com", "new-one@example.com"
PAGES = ("profile/", "email/", "password/change/", "2fa/", "sessions/")


@pytest.mark.parametrize("page", PAGES)
def test_each_part_of_the_account_leads_to_the_others(confirmed_client: Client, page: str) -> None:
    text = confirmed_client.get(f"/accounts/{page}").content.decode()
    assert f'href="/accounts/{page}" aria-current="page"' in text
    assert all(f'href="/accounts/{other}"' in text for other in PAGES)


def test_a_page_of_the_household_leads_to_the_account(member_client: Client) -> None:
    assert 'href="/accounts/profile/"' in member_client.get("/h/ours/").content.decode()


def test_the_profile_is_kept(confirmed_client: Client, owner: User) -> None:
    heard: list[list[str]] = []
    profile_changed.connect(lambda changed, **_: heard.append(changed), weak=False, dispatch_uid="test")
    profile = {"name": " Ada Lovelace ", "time_zone": "Europe/London", "language": "en"}
    answer = confirmed_client.post("/accounts/profile/", profile, follow=True)
    profile_changed.disconnect(dispatch_uid="test")
    assert "Your profile is saved." in answer.content.decode()
    owner.refresh_from_db()
    assert (owner.name, owner.time_zone, owner.language) == ("Ada Lovelace", "Europe/London", "en")
    assert heard == [["name", "time_zone"]]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 121, "Ensure this value has at most 120 characters (it has 121)."),
        ("name", "a\x00b", "Null characters are not allowed."),
        ("time_zone", "Mars/Olympus", "Select a valid choice."),
        ("language", "tlh", "Select a valid choice."),
    ],
)
def test_a_profile_that_cannot_be_is_refused_and_stays_typed(
    confirmed_client: Client, owner: User, field: str, value: str, sentence: str
) -> None:
    profile = {"name": "Ada", "time_zone": "UTC", "language": "en"} | {field: value}
    page = confirmed_client.post("/accounts/profile/", profile)
    assert page.status_code == 422
    assert sentence in page.context["form"].errors[field][0] or sentence in page.content.decode()
    assert page.context["form"]["name"].value() == profile["name"]
    assert User.objects.get(pk=owner.pk).name == owner.name


def _ask_for_new_address(client: Client, address: str = NEW):
    return client.post("/accounts/email/", {"email": address, "action_add": ""}, follow=True)


def test_a_change_of_address_asks_who_you_are_and_then_goes_on(client: Client) -> None:
    client.post("/accounts/login/", {"login": OLD, "password": PASSWORD})
    asks = _ask_for_new_address(client)
    assert "Is it you?" in asks.content.decode()
    assert mails_to(NEW) == []
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/email/"})
    assert [mail.subject for mail in mails_to(NEW)] == ["Confirm your address"]


def test_until_the_new_address_is_confirmed_the_old_one_counts(confirmed_client: Client, owner: User) -> None:
    page = _ask_for_new_address(confirmed_client).content.decode()
    assert NEW in page
    assert "the old address stays" in page
    owner.refresh_from_db()
    assert owner.email == OLD
    assert Client().post("/accounts/login/", {"login": OLD, "password": PASSWORD})["Location"] == "/start/"
    too_early = Client()
    too_early.post("/accounts/login/", {"login": NEW, "password": PASSWORD})
    assert "_auth_user_id" not in too_early.session


def test_the_link_changes_the_address_and_the_old_one_is_told(confirmed_client: Client, owner: User) -> None:
    _ask_for_new_address(confirmed_client)
    assert confirmed_client.post(link_in(mails_to(NEW)[0])).status_code == 302
    owner.refresh_from_db()
    assert owner.email == NEW
    assert [one.email for one in owner.emailaddress_set.all()] == [NEW]
    (told,) = mails_to(OLD)
    assert told.subject == "Your address was changed"
    assert f"You now sign in with {NEW}, and no longer with {OLD}." in told.body
    assert Client().post("/accounts/login/", {"login": NEW, "password": PASSWORD})["Location"] == "/start/"
    assert Client().post("/accounts/login/", {"login": OLD, "password": PASSWORD}).status_code == 200


def test_a_change_of_address_can_be_taken_back(confirmed_client: Client, owner: User) -> None:
    _ask_for_new_address(confirmed_client)
    link = link_in(mails_to(NEW)[0])
    page = confirmed_client.post("/accounts/email/", {"email": NEW, "action_remove": ""}, follow=True)
    assert f"{NEW} is forgotten; the old address stays." in page.content.decode()
    assert "This link has expired" in Client().get(link).content.decode()
    assert User.objects.get(pk=owner.pk).email == OLD


def test_an_address_in_use_gets_the_same_answer_as_one_that_is_free(confirmed_client: Client, owner: User) -> None:
    """Who could ask here could find out who has an account; only the mailbox is told."""
    answers = []
    for address in ("theirs@example.com", NEW):
        page = _ask_for_new_address(confirmed_client, address)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
        answers.append((page.status_code, page.redirect_chain, text.replace(address, "<it>")))
        assert len(mails_to(address)) == 1
    assert answers[0] == answers[1]
    confirmed_client.post(link_in(mails_to("theirs@example.com")[0]))
    assert User.objects.get(pk=owner.pk).email == OLD


def test_the_link_to_an_address_in_use_says_so(confirmed_client: Client) -> None:
    _ask_for_new_address(confirmed_client, "theirs@example.com")
    page = Client().get(link_in(mails_to("theirs@example.com")[0])).content.decode()
    assert "has been confirmed for another account" in page


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("not an address", "Enter a valid email address."),
        ("OURS@example.com", "You sign in with this address already."),
    ],
)
def test_what_cannot_be_the_new_address_is_said(confirmed_client: Client, address: str, sentence: str) -> None:
    assert sentence in _ask_for_new_address(confirmed_client, address).content.decode()


def test_the_address_can_be_changed_with_a_second_step(confirmed_client: Client) -> None:
    set_up_codes(confirmed_client)
    assert "We sent a link to" in _ask_for_new_address(confirmed_client).content.decode()


def _change_password(client: Client, new: str = "an-even-longer-word", old: str = PASSWORD):
    return client.post(
        "/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": new}, follow=True
    )


def test_a_new_password_ends_the_other_sessions_and_is_told_by_mail(
    confirmed_client: Client, member_client: Client, owner: User
) -> None:
    assert "Your password is changed." in _change_password(confirmed_client).content.decode()
    assert confirmed_client.get("/h/ours/").status_code == 200
    assert member_client.get("/h/ours/").status_code == 302
    assert len(confirmed_client.get("/accounts/sessions/").context["sessions"]) == 1
    (mail,) = mails_to(owner.email)
    assert mail.subject == "Your password was changed"
    assert "Every other device was signed out." in mail.body


@pytest.mark.parametrize(
    ("new", "old", "sentence"),
    [
        ("short", PASSWORD, "This password is too short. It must contain at least 10 characters."),
        ("password123", PASSWORD, "This password is too common."),
        ("an-even-longer-word", "wrong-word", "This is not the password that you have so far."),
    ],
)
def test_a_password_that_cannot_be_is_refused_in_a_sentence(
    confirmed_client: Client, owner: User, new: str, old: str, sentence: str
) -> None:
    assert sentence in _change_password(confirmed_client, new, old).content.decode()
    assert User.objects.get(pk=owner.pk).check_password(PASSWORD)
    assert mails_to(owner.email) == []


def test_who_has_no_password_confirms_elsewhere_before_choosing_one(member_client: Client, owner: User) -> None:
    owner.set_unusable_password()
    owner.save()
    member_client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = member_client.get("/accounts/password/change/", follow=True)
    assert "Let us send you a link to choose one." in answer.content.decode()


def test_every_notice_of_allauth_is_said_in_our_words() -> None:
    templates = Path(allauth.__file__).parent / "templates"
    ours = {f"{prefix}_message.txt" for prefix in NOTICES}
    sent = {
        str(file.relative_to(templates))
        for file in templates.rglob("*_message.txt")
        if "base_notification" in file.read_text() and file.name != "base_notification.txt"
    }
    # Never sent: a person confirms an address only as part of signing up or of a change, which have mails of their own.
    assert sent - ours <= {"account/email/email_confirm_message.txt"}
