"""Who signs in with a browser and from a place that are both new for that person is told so by mail.

A browser is known by a mark in a cookie, wherever it is: a phone changes its network many times a day. A place (what
the browser calls itself, and its address) is known without one: a private window keeps no cookies. A new password
makes all of them new again.
"""

import datetime
import re
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed, password_reset, password_set
from django.conf import settings
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from apps.users import lockout
from apps.users.devices import device_in_words
from apps.users.models import KnownPlace, User

KNOWN_FOR = datetime.timedelta(days=365)
"""How long a browser or a place is known after a sign-in there."""
MOST_PEOPLE = 10
"""Of whom one browser is known; it remembers those who came last."""
_MARK = re.compile(r"\b[0-9a-f]{32}\b")


def note_arrival(request: HttpRequest, user: User, *, is_first: bool) -> None:
    """The very first sign-in is no news to anybody."""
    is_known = _is_marked(request, user) or _here(request, user).exists()
    _remember(request, user)
    if not is_known and not is_first:
        get_adapter(request).send_notification_mail("users/arrival", user)


def keep_marks(request: HttpRequest, response: HttpResponse) -> None:
    """Puts the cookie into the answer to a request in which somebody arrived."""
    marks: list[str] | None = getattr(request, "new_marks", None)
    if marks is not None:
        response.set_cookie(
            settings.DEVICE_COOKIE_NAME,
            ".".join(marks),
            max_age=KNOWN_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


@receiver([password_changed, password_set, password_reset])
def forget_elsewhere(request: HttpRequest, user: User, **_: Any) -> None:
    """Whoever knew the old password and comes to know the new one, too, is announced again."""
    user.known_places.exclude(pk__in=_here(request, user)).delete()
    if request.user == user:
        _remember(request, user)


def forget(*, now: datetime.datetime) -> int:
    """Removes the places that were not used for KNOWN_FOR; the number of them."""
    count, _ = KnownPlace.objects.filter(last_at__lte=now - KNOWN_FOR).delete()
    return count


def _here(request: HttpRequest, user: User) -> "QuerySet[KnownPlace]":
    return user.known_places.filter(device=_device(request), address=lockout.place(request))


def _remember(request: HttpRequest, user: User) -> None:
    mark = _mark_of(user, settings.SECRET_KEY)
    others = [one for one in _marks(request) if one != mark]
    request.new_marks = [mark, *others][:MOST_PEOPLE]  # type: ignore[attr-defined]  # for `keep_marks`
    if address := lockout.place(request):
        user.known_places.update_or_create(
            device=_device(request), address=address, defaults={"last_at": timezone.now()}
        )


def _is_marked(request: HttpRequest, user: User) -> bool:
    own = [_mark_of(user, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return any(constant_time_compare(mark, one) for mark in _marks(request) for one in own)


def _marks(request: HttpRequest) -> list[str]:
    return _MARK.findall(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))[:MOST_PEOPLE]


def _mark_of(user: User, secret: str) -> str:
    """Nobody can make it without our secret, nor read from it whose it is."""
    told = f"{user.pk} {user.password}"
    return salted_hmac("apps.users.arriving", told, secret=secret, algorithm="sha256").hexdigest()[:32]


def _device(request: HttpRequest) -> str:
    return device_in_words(request.headers.get("User-Agent", ""))
