"""Who waits after too many failed sign-ins, for how long, what they are told, and what opens the door again.

Failures are counted twice: for a person at an address, and for the network that the address lies in. Nothing is counted
for a person alone: then a stranger could close somebody's door from anywhere. An IPv6 address stands for its /64, which
is what one subscriber has. axes keeps the counts; here is what it makes of them.
"""

import datetime
import math
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import password_reset
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessLog
from axes.utils import reset
from django.conf import settings
from django.db.models import Max, QuerySet, Sum
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.core.addresses import client_address, range_of
from apps.core.clock import in_words
from apps.users.models import User

NETWORK_FAILURES = 100
"""An office or a mobile provider stands behind one network: what a hundred tried is no one person's slip."""
FIRST_WAIT, LONGEST_WAIT = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
REMEMBERED = datetime.timedelta(days=1)
"""A day without a failure, and the count begins anew."""
KNOWN_FOR = datetime.timedelta(days=180)
"""How long an address from which a person signed in is theirs."""
_LONGEST_NAME = 255


@dataclass(frozen=True)
class Lock:
    until: datetime.datetime
    is_of_network: bool


class LockoutHandler(AxesDatabaseHandler):
    """axes' own, with a wait that grows and a ceiling for networks.

    `is_locked` says what holds before an attempt; the limit and the memory in the settings, what axes answers to the
    attempt that failed.
    """

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        lock = lock_on(request, credentials, now=timezone.now())
        request.lock_met = lock  # type: ignore[attr-defined]  # for `lock_met`
        return lock is not None

    def clean_expired_user_attempts(
        self, request: HttpRequest | None = None, credentials: dict[str, Any] | None = None
    ) -> int:
        """This person's at this address. axes would read its whole table at each failure; a job does (`forget`)."""
        if request is None:
            return 0
        over = timezone.now() - REMEMBERED
        mine = AccessAttempt.objects.filter(username=mark_of(person(request, credentials)), ip_address=place(request))
        count, _ = mine.filter(attempt_time__lte=over).delete()
        return int(count)


@receiver(pre_save, sender=AccessAttempt)
def keep_nothing_typed(instance: AccessAttempt, **_: Any) -> None:
    """axes would keep all fields of the form: a code, or a password in the wrong one."""
    instance.get_data = instance.post_data = ""


def lock_on(request: HttpRequest, credentials: dict[str, Any] | None, *, now: datetime.datetime) -> Lock | None:
    """What keeps this person from signing in from here just now; None lets them try."""
    name, address = person(request, credentials), place(request)
    if address is None:
        return None
    recent = AccessAttempt.objects.filter(attempt_time__gt=now - REMEMBERED)
    failures, last = _count(recent.filter(username=mark_of(name), ip_address=address))
    until = last + wait_after(failures - settings.AXES_FAILURE_LIMIT)
    if until > now:
        return Lock(until, is_of_network=False)
    failures, last = _count(recent.filter(ip_address__range=range_of(address, four=24, six=64)))
    until = last + wait_after(failures // NETWORK_FAILURES - 1)
    # What others do in the same network does not keep somebody out of an address that is known to be theirs.
    if until > now and not _is_known(name, address, now=now):
        return Lock(until, is_of_network=True)
    return None


def lock_met(request: HttpRequest) -> Lock | None:
    """What refused this attempt before it was one; None if it was let try, however that ended."""
    found: Lock | None = getattr(request, "lock_met", None)
    return found


def wait_after(steps: int) -> datetime.timedelta:
    """A minute after the failure that was one too many, twice as long after each further one, an hour at most."""
    if steps < 0:
        return datetime.timedelta(0)
    return min(FIRST_WAIT * 2 ** min(steps, 10), LONGEST_WAIT)


def _count(attempts: "QuerySet[AccessAttempt]") -> tuple[int, datetime.datetime]:
    found = attempts.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    return found["failures"] or 0, found["last"] or datetime.datetime.min.replace(tzinfo=datetime.UTC)


def _is_known(name: str, address: str, *, now: datetime.datetime) -> bool:
    return AccessLog.objects.filter(username=name, ip_address=address, attempt_time__gt=now - KNOWN_FOR).exists()


def person(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Whose failures are counted: the address that was typed in, in lower case, whether it has an account or not.

    allauth hands the address over as `email`; axes by itself would find nobody there and lock everybody at once.
    """
    given = credentials or {}
    name = given.get("email") or request.POST.get("login") or given.get("username") or ""
    return str(name).strip().lower()[:_LONGEST_NAME]


def mark_of(name: str) -> str:
    """What axes counts a person's failures under: what was typed may be a password in the wrong field."""
    return salted_hmac("apps.users.lockout", name, algorithm="sha256").hexdigest()


def counted_as(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What axes asks for."""
    return mark_of(person(request, credentials))


def place(request: HttpRequest) -> str | None:
    """Where an attempt is counted: the client's address, or the first of its /64. None if there is no address."""
    address = client_address(request)
    return range_of(address, four=32, six=64)[0] if address else None


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Says so, why, and for how long; signing in from another address and resetting the password stay open."""
    now = timezone.now()
    # A lock that ended while the page was made is over in a second, too.
    return told_of(request, lock_on(request, credentials, now=now) or Lock(now, is_of_network=False), now=now)


def told_of(request: HttpRequest, lock: Lock, *, now: datetime.datetime) -> HttpResponse:
    """The page about a lock."""
    seconds = max(1, math.ceil((lock.until - now).total_seconds()))
    context = {"wait": in_words(seconds), "is_of_network": lock.is_of_network}
    response = render(request, "account/locked_out.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


@receiver(password_reset)
def open_again(request: HttpRequest, user: User, **_: Any) -> None:
    """A new password by mail proves who it is: failures before it count no more, and this address is now theirs."""
    for name in {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}:
        reset(username=mark_of(name.lower()))
    AccessLog.objects.create(username=user.email, ip_address=place(request))


def forget(*, now: datetime.datetime) -> int:
    """Removes what counts no more from axes' tables; the number of rows."""
    attempts, _ = AccessAttempt.objects.filter(attempt_time__lte=now - REMEMBERED).delete()
    logs, _ = AccessLog.objects.filter(attempt_time__lte=now - KNOWN_FOR).delete()
    return int(attempts + logs)
