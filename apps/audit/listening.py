"""What people do to their accounts, as Django, allauth, axes and apps.users tell it by signals.

What none of them tells (staff's new password, for one) is recorded where it is done.

Who fails to sign in has not proved to be anybody, so such an event has no actor. What they typed is not kept: it may be
a password in the wrong field.
"""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from axes.signals import user_locked_out
from django.contrib.auth import signals as auth
from django.core.cache import cache
from django.dispatch import Signal, receiver
from django.http import HttpRequest

from apps.audit.actions import Action
from apps.audit.events import record
from apps.users.lockout import LONGEST_WAIT, Lock, lock_met
from apps.users.lockout import person as typed_in
from apps.users.models import User
from apps.users.signals import profile_changed, sessions_ended

RECORDED: dict[Signal, Action] = {
    account.user_signed_up: Action.SIGNED_UP,
    auth.user_logged_in: Action.SIGNED_IN,
    auth.user_logged_out: Action.SIGNED_OUT,
    account.password_changed: Action.PASSWORD_CHANGED,
    account.password_set: Action.PASSWORD_CHANGED,
    account.password_reset: Action.PASSWORD_RESET,
    account.email_added: Action.EMAIL_ADDED,
    account.email_changed: Action.EMAIL_CHANGED,
    account.email_removed: Action.EMAIL_REMOVED,
    mfa.authenticator_added: Action.SECOND_FACTOR_ADDED,
    mfa.authenticator_removed: Action.SECOND_FACTOR_REMOVED,
    mfa.authenticator_reset: Action.SECOND_FACTOR_RESET,
    social.social_account_added: Action.PROVIDER_ADDED,
    social.social_account_removed: Action.PROVIDER_REMOVED,
    sessions_ended: Action.SESSIONS_ENDED,
    profile_changed: Action.PROFILE_CHANGED,
}


@receiver(list(RECORDED))
def record_deed(signal: Signal, request: HttpRequest | None = None, user: User | None = None, **told: Any) -> None:
    """A deed of a person who is signed in, or has proved who they are by a link from a mail."""
    linked = told.get("sociallogin") or told.get("socialaccount")
    user = linked.user if linked else user
    if user is not None:
        record(RECORDED[signal], actor=user, request=request, **_details(told))


@receiver(auth.user_login_failed)
def record_failure(request: HttpRequest | None = None, credentials: dict[str, Any] | None = None, **_: Any) -> None:
    if request is not None and lock_met(request) is None:
        _refused(Action.SIGN_IN_FAILED, typed_in(request, credentials), request)


@receiver(mfa.authentication_failed)
def record_wrong_code(request: HttpRequest, user: User, **_: Any) -> None:
    record(Action.SIGN_IN_FAILED, actor="", person=user, request=request)


@receiver(user_locked_out)
def record_lock(request: HttpRequest, **_: Any) -> None:
    """Once for each wait. What is refused in it is no attempt: a stranger would fill the log, which forgets nothing."""
    lock = lock_met(request)
    # For a person axes tells of the attempt that was one too many; for a network nobody does.
    if lock is None or (lock.is_of_network and _is_first_in(lock)):
        _refused(Action.LOCKED_OUT, typed_in(request, request.axes_credentials), request)  # type: ignore[attr-defined]


def _is_first_in(lock: Lock) -> bool:
    return bool(cache.add(f"lock-recorded:{lock.until.timestamp()}", True, LONGEST_WAIT.total_seconds()))


def _refused(action: Action, address: str, request: HttpRequest) -> None:
    # The same two statements whether or not the address is known: how long an answer takes must not tell.
    person_id = User.objects.filter(email=address).values_list("pk", flat=True).first()
    record(action, actor="", person=person_id, request=request)


def _details(told: dict[str, Any]) -> dict[str, Any]:
    """Of what a signal tells, only words of ours: the kind of a second factor, a provider, the number of devices."""
    details: dict[str, Any] = {}
    if (authenticator := told.get("authenticator")) is not None:
        details["kind"] = authenticator.type
    if (account := told.get("socialaccount") or getattr(told.get("sociallogin"), "account", None)) is not None:
        details["kind"] = account.provider
    if (devices := told.get("devices")) is not None:
        details["count"] = len(devices)
    if (changed := told.get("changed")) is not None:
        details["fields"] = list(changed)
    return details
