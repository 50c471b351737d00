"""Codes from an app and recovery codes: asked for after the password, each good for once."""

import dataclasses
import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from apps.users.models import User
from tests.conftest import PASSWORD
from tests.planes import both_planes
from tests.users.codes import code_of, set_up_codes, set_up_with
from tests.users.mails import mails_to

pytestmark = both_planes
REFUSED = "This code is not right, or it was used before. Take the next one."


def _after_password() -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": "ours@example.com", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/authenticate/")
    return client


def _give(client: Client, code: str):
    return client.post("/accounts/2fa/authenticate/", {"code": code})


def _is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_setting_up_asks_who_you_are_first(client: Client) -> None:
    client.post("/accounts/login/", {"login": "ours@example.com", "password": PASSWORD})
    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2Factivate%2F"


def test_the_page_shows_a_picture_to_scan_and_the_key_to_type(confirmed_client: Client) -> None:
    page = confirmed_client.get("/accounts/2fa/totp/activate/")
    text = page.content.decode()
    assert "data:image/svg+xml;base64," in text
    assert page.context["form"].secret in text
    assert "issuer=Maxwell%27s%20Wallet" in page.context["totp_url"]


def test_a_wrong_code_sets_nothing_up_and_keeps_the_key(confirmed_client: Client, owner: User) -> None:
    secret = confirmed_client.get("/accounts/2fa/totp/activate/").context["form"].secret
    page = confirmed_client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert REFUSED in page.content.decode()
    assert page.context["form"].secret == secret
    assert not Authenticator.objects.filter(user=owner).exists()


def test_with_an_app_the_password_alone_signs_nobody_in(confirmed_client: Client) -> None:
    secret, _ = set_up_codes(confirmed_client)
    client = _after_password()
    assert not _is_signed_in(client)
    assert client.get("/h/ours/").status_code == 302
    assert _give(client, code_of(secret))["Location"] == "/start/"
    assert _is_signed_in(client)


def test_the_owner_is_told_of_the_new_second_step(confirmed_client: Client, owner: User, commit_default) -> None:
    with commit_default():
        set_up_codes(confirmed_client)
    mail = mails_to(owner.email)[-1]
    assert mail.subject == "Signing in takes a code now"
    assert "Address: 127.0.0.1" in mail.body


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{0:.3} {0[3]}{0[4]}{0[5]}"])
def test_a_code_is_good_for_once(confirmed_client: Client, spelling: str) -> None:
    secret, _ = set_up_codes(confirmed_client)
    code = code_of(secret)
    assert _give(_after_password(), code).status_code == 302
    again = _after_password()
    assert REFUSED in _give(again, spelling.format(code)).content.decode()
    assert not _is_signed_in(again)


def test_a_cache_that_was_emptied_makes_no_code_good_again(confirmed_client: Client) -> None:
    secret, _ = set_up_codes(confirmed_client)
    code = code_of(secret)
    assert _give(_after_password(), code).status_code == 302
    cache.clear()
    again = _after_password()
    assert REFUSED in _give(again, code).content.decode()
    assert not _is_signed_in(again)


def test_a_code_that_is_older_than_the_last_one_is_refused(confirmed_client: Client) -> None:
    """Whoever looked over a shoulder a moment ago has one that was never given."""
    secret, _ = set_up_codes(confirmed_client)
    assert _give(_after_password(), code_of(secret, later=1)).status_code == 302
    assert REFUSED in _give(_after_password(), code_of(secret)).content.decode()


def test_the_codes_of_another_person_are_their_own(confirmed_client: Client) -> None:
    secret, _ = set_up_codes(confirmed_client)
    theirs = Client()
    theirs.post("/accounts/login/", {"login": "theirs@example.com", "password": PASSWORD})
    theirs.post("/accounts/reauthenticate/", {"password": PASSWORD})
    set_up_codes(theirs)
    assert _give(_after_password(), code_of(secret)).status_code == 302


def test_the_code_that_set_the_app_up_signs_nobody_in(confirmed_client: Client) -> None:
    _, _, used = set_up_with(confirmed_client)
    cache.clear()
    client = _after_password()
    assert REFUSED in _give(client, used).content.decode()
    assert not _is_signed_in(client)


def test_a_recovery_code_signs_in_once(confirmed_client: Client) -> None:
    _, codes = set_up_codes(confirmed_client)
    assert len(codes) == len(set(codes)) == 10
    assert _give(_after_password(), codes[3])["Location"] == "/start/"
    cache.clear()
    again = _after_password()
    assert REFUSED in _give(again, codes[3]).content.decode()
    assert not _is_signed_in(again)
    assert _give(again, codes[4])["Location"] == "/start/"


def test_recovery_codes_are_shown_once_and_can_be_kept_as_a_file(confirmed_client: Client) -> None:
    page = confirmed_client.get("/accounts/2fa/totp/activate/")
    confirmed_client.post("/accounts/2fa/totp/activate/", {"code": code_of(page.context["form"].secret)})
    first = confirmed_client.get("/accounts/2fa/recovery-codes/")
    codes = first.context["unused_codes"]
    text = first.content.decode()
    assert "no-store" in first["Cache-Control"]
    assert (
        f'download="recovery-codes.txt" href="data:text/plain,Maxwell%27s%20Wallet%3A%20recovery%20codes%0A{codes[0]}%0A'
        in text
    )
    second = confirmed_client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert "Your codes were shown once" in second
    assert not any(code in second for code in codes)


def test_new_recovery_codes_end_the_old_ones(confirmed_client: Client, owner: User, commit_default) -> None:
    _, old = set_up_codes(confirmed_client)
    with commit_default():
        answer = confirmed_client.post("/accounts/2fa/recovery-codes/generate/")
    new = confirmed_client.get(answer["Location"]).context["unused_codes"]
    assert not set(old) & set(new)
    assert mails_to(owner.email)[-1].subject == "New recovery codes"
    assert REFUSED in _give(_after_password(), old[0]).content.decode()
    assert _give(_after_password(), new[0])["Location"] == "/start/"


def test_recovery_codes_without_a_second_step_are_refused_in_a_sentence(confirmed_client: Client) -> None:
    page = confirmed_client.post("/accounts/2fa/recovery-codes/generate/")
    assert "Recovery codes come with an app for codes or a passkey." in page.content.decode()


def test_doing_without_codes_takes_the_recovery_codes_too(confirmed_client: Client, owner: User) -> None:
    set_up_codes(confirmed_client)
    assert confirmed_client.post("/accounts/2fa/totp/deactivate/")["Location"] == "/accounts/2fa/"
    assert not Authenticator.objects.filter(user=owner).exists()
    assert mails_to(owner.email)[-1].subject == "Signing in takes no code any more"
    answer = Client().post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    assert answer["Location"] == "/start/"


def test_wrong_codes_are_counted(confirmed_client: Client, settings) -> None:
    """Without a limit somebody with the password would try all million."""
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key"}
    secret, _ = set_up_codes(confirmed_client)
    client = _after_password()
    for _ in range(5):
        assert REFUSED in _give(client, "000000").content.decode()
    assert "That was wrong too many times." in _give(client, code_of(secret)).content.decode()
    assert not _is_signed_in(client)


def test_guesses_from_many_addresses_are_guesses_of_one_person(confirmed_client: Client, settings) -> None:
    """Who owes the second step is counted by whose password it was, wherever they are."""
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = {"second-factor": dataclasses.replace(settings.RATE_LIMITS["second-factor"], rate="3/h")}
    set_up_codes(confirmed_client)
    answers = []
    for number in range(4):
        client = _after_password()
        answers.append(
            client.post(
                "/accounts/2fa/authenticate/", {"code": "000000"}, REMOTE_ADDR=f"203.0.113.{number}"
            ).status_code
        )
    assert answers == [200, 200, 200, 429]


def test_the_limit_of_codes_is_in_the_settings() -> None:
    from config.settings import base

    assert base.ACCOUNT_RATE_LIMITS["login_failed"] == "5/5m/key"


def test_the_code_is_also_an_answer_to_who_you_are(confirmed_client: Client) -> None:
    secret, _ = set_up_codes(confirmed_client)
    client = _after_password()
    _give(client, code_of(secret))
    page = client.get("/accounts/confirm/?next=/accounts/email/", follow=True).content.decode()
    assert "Use a code" in page
    answer = client.post(
        "/accounts/2fa/reauthenticate/", {"code": code_of(secret, later=1), "next": "/accounts/email/"}
    )
    assert answer["Location"] == "/accounts/email/"
    assert client.get("/accounts/2fa/totp/deactivate/").status_code == 200


def test_secrets_do_not_lie_open_in_the_database(confirmed_client: Client, owner: User) -> None:
    secret, codes = set_up_codes(confirmed_client)
    kept = json.dumps(list(Authenticator.objects.filter(user=owner).values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_a_new_secret_key_with_the_old_one_behind_it_still_reads_them(confirmed_client: Client, settings) -> None:
    secret, _ = set_up_codes(confirmed_client)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key" * 6, [settings.SECRET_KEY]
    assert _give(_after_password(), code_of(secret))["Location"] == "/start/"


@pytest.mark.parametrize("junk", ["", "x", "12345", "１２３４５６", "0" * 41, "a\x00b", "'; DROP TABLE"])
def test_what_is_no_code_is_refused_in_a_sentence(confirmed_client: Client, junk: str) -> None:
    set_up_codes(confirmed_client)
    client = _after_password()
    page = _give(client, junk)
    assert page.status_code == 200
    assert page.context["form"].errors["code"]
    assert not _is_signed_in(client)
