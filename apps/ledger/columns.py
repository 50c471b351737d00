"""Which columns of the transactions page a person wants to see: remembered by their browser, for this household."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix

COOKIE = "columns"
COLUMNS = {
    "account": "Account",
    "text": "Bank’s text",
    "notes": "Notes",
    "status": "Status",
    "member": "Card member",
    "reference": "Reference",
    "balance": "Balance at the bank",
}
USUAL = ("account", "text")
_YEAR = 365 * 24 * 3600


def chosen_columns(request: HttpRequest) -> tuple[str, ...]:
    """The names of the chosen columns, in the page's order. A cookie that was tampered with chooses what it can."""
    if (cookie := request.COOKIES.get(COOKIE)) is None:
        return USUAL
    return _known(cookie.split("."))


def remember_columns(response: HttpResponse, names: Iterable[str], *, is_secure: bool) -> None:
    """Keeps the choice for a year. It is no secret, and means nothing on other sites."""
    response.set_cookie(
        COOKIE,
        ".".join(_known(names)),
        max_age=_YEAR,
        path=get_script_prefix(),
        samesite="Lax",
        secure=is_secure,
        httponly=True,
    )


def _known(names: Iterable[str]) -> tuple[str, ...]:
    asked = set(names)
    return tuple(name for name in COLUMNS if name in asked)
