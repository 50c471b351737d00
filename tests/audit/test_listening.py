"""What people do to their accounts is recorded, and what they type is not."""

import pytest
from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.dispatch import Signal
from django.test import Client, RequestFactory

from apps.audit.actions import Action
from apps.audit.models import AuditEvent
from apps.users.models import User
from apps.users.signals import profile_changed, sessions_ended
from tests.conftest import PASSWORD, confirm
from tests.planes import both_planes
from tests.users.codes import set_up_codes

pytestmark = both_planes
HERE = "203.0.113.7"


@pytest.fixture
def browser() -> Client:
    return Client(REMOTE_ADDR=HERE)


def _sign_in(browser: Client, email: str = "ours@example.com", password: str = PASSWORD) -> int:
    return browser.post("/accounts/login/", {"login": email, "password": password}).status_code


def _recorded() -> list[tuple[str, int | None, int | None, str | None]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "actor_id", "person_id", "address"))


def test_signing_in_and_out(browser: Client, owner: User) -> None:
    _sign_in(browser)
    browser.post("/accounts/logout/")
    assert _recorded() == [
        (Action.SIGNED_IN, owner.pk, None, HERE),
        (Action.SIGNED_OUT, owner.pk, None, HERE),
    ]


def test_failing_and_being_locked_out(browser: Client, owner: User) -> None:
    assert [_sign_in(browser, password="wrong-word") for _ in range(5)][-1] == 429
    assert _recorded() == [(Action.SIGN_IN_FAILED, None, owner.pk, HERE)] * 4 + [
        *sorted([(Action.SIGN_IN_FAILED, None, owner.pk, HERE), (Action.LOCKED_OUT, None, owner.pk, HERE)])
    ]


def test_failing_as_nobody_keeps_nothing_that_was_typed(browser: Client) -> None:
    _sign_in(browser, email="my-password-in-the-wrong-field@example.com", password="wrong-word")
    assert _recorded() == [(Action.SIGN_IN_FAILED, None, None, HERE)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(e)::text FROM audit_auditevent e")
        kept = str(cursor.fetchall())
    assert "wrong" not in kept


def test_changing_the_password(browser: Client, owner: User) -> None:
    _sign_in(browser)
    form = {"oldpassword": PASSWORD, "password1": "an-even-longer-word", "password2": "an-even-longer-word"}
    browser.post("/accounts/password/change/", form)
    assert (Action.PASSWORD_CHANGED, owner.pk, None, HERE) in _recorded()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(e)::text FROM audit_auditevent e")
        assert "longer" not in str(cursor.fetchall())


@pytest.mark.parametrize(
    ("signal", "told", "action", "details"),
    [
        (account.user_signed_up, {}, Action.SIGNED_UP, {}),
        (account.password_set, {}, Action.PASSWORD_CHANGED, {}),
        (account.password_reset, {}, Action.PASSWORD_RESET, {}),
        (account.email_added, {"email_address": "new@example.com"}, Action.EMAIL_ADDED, {}),
        (account.email_changed, {"to_email_address": "new@example.com"}, Action.EMAIL_CHANGED, {}),
        (account.email_removed, {"email_address": "new@example.com"}, Action.EMAIL_REMOVED, {}),
        (mfa.authenticator_added, {"authenticator": Authenticator(type="totp")}, Action.SECOND_FACTOR_ADDED, {"kind": "totp"}),
        (mfa.authenticator_removed, {"authenticator": Authenticator(type="webauthn")}, Action.SECOND_FACTOR_REMOVED, {"kind": "webauthn"}),
        (mfa.authenticator_reset, {"authenticator": Authenticator(type="recovery_codes")}, Action.SECOND_FACTOR_RESET, {"kind": "recovery_codes"}),
        (sessions_ended, {"devices": ["Firefox on Windows", "Safari"]}, Action.SESSIONS_ENDED, {"count": 2}),
        (profile_changed, {"changed": ["name"]}, Action.PROFILE_CHANGED, {"fields": ["name"]}),
    ],
)  # fmt: skip
def test_each_signal_is_one_event(owner: User, signal, told, action: Action, details) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=HERE)
    request.user, request.session = owner, SessionStore()
    signal.send(User, request=request, user=owner, **told)
    assert _recorded() == [(action, owner.pk, None, HERE)]
    assert AuditEvent.objects.get().details == details


@pytest.mark.parametrize(
    ("signal", "action"),
    [
        (social.social_account_added, Action.PROVIDER_ADDED),
        (social.social_account_removed, Action.PROVIDER_REMOVED),
    ],
)
def test_a_provider_that_opens_the_account_or_does_so_no_more(owner: User, signal: Signal, action: Action) -> None:
    request, account = (
        RequestFactory().get("/", REMOTE_ADDR=HERE),
        SocialAccount(user=owner, provider="google", uid="7"),
    )
    if signal is social.social_account_added:
        signal.send(SocialLogin, request=request, sociallogin=SocialLogin(user=owner, account=account))
    else:
        signal.send(SocialAccount, request=request, socialaccount=account)
    assert _recorded() == [(action, owner.pk, None, HERE)]
    assert AuditEvent.objects.get().details == {"kind": "google"}


# --- what fails -------------------------------------------------------------------------------------------------------


def test_wrong_codes_after_the_right_password(browser: Client, owner: User) -> None:
    _sign_in(browser)
    set_up_codes(confirm(browser))
    stranger = Client(REMOTE_ADDR=HERE)
    _sign_in(stranger)
    before = len(_recorded())
    for code in ("000000", "111111", "222222"):
        stranger.post("/accounts/2fa/authenticate/", {"code": code})
    assert _recorded()[before:] == [(Action.SIGN_IN_FAILED, None, owner.pk, HERE)] * 3


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("/accounts/reauthenticate/", {"password": "wrong-word", "next": "/accounts/profile/"}),
        ("/accounts/password/change/", {"oldpassword": "wrong-word", "password1": "a-new-long-word-1"}),
    ],
)
def test_wrong_passwords_of_who_is_signed_in_are_recorded_and_have_to_wait(
    browser: Client, owner: User, page: str, form: dict[str, str]
) -> None:
    _sign_in(browser)
    answers = [browser.post(page, form).status_code for _ in range(6)]
    assert answers == [200] * 4 + [429] * 2
    told = _recorded()[1:]
    assert told.count((Action.SIGN_IN_FAILED, None, owner.pk, HERE)) == 5
    assert told.count((Action.LOCKED_OUT, None, owner.pk, HERE)) == 1
    assert len(told) == 6


def test_a_wait_is_one_event_however_often_somebody_tries_in_it(browser: Client) -> None:
    for _ in range(20):
        _sign_in(browser, password="wrong-word")
    assert len(_recorded()) == 6


def test_a_stranger_with_many_names_does_not_fill_the_log_that_forgets_nothing() -> None:
    for number in range(130):
        _sign_in(Client(REMOTE_ADDR=HERE), f"n{number}@example.com", "wrong-word")
    told = [action for action, *_ in _recorded()]
    assert (told.count(Action.SIGN_IN_FAILED), told.count(Action.LOCKED_OUT)) == (100, 1)
