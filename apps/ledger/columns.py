"""Which columns of the transactions page a person wants to see: remembered by their browser, for this household."""

from collections.abc import Iterable
from typing import Any

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
    "balance": "Bank’s balance",
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


def list_columns(chosen: tuple[str, ...], *, may_write: bool) -> dict[str, Any]:
    """What the list needs to know of the columns that are chosen."""
    more = [COLUMNS[name] for name in chosen if name not in USUAL]
    always = 3 + may_write  # merchant, bucket, amount, and the box that selects
    return {
        "columns": chosen,
        "all_columns": COLUMNS,
        "more_columns": more,
        "column_count": always + ("account" in chosen) + len(more),
    }


def _known(names: Iterable[str]) -> tuple[str, ...]:
    asked = set(names)
    return tuple(name for name in COLUMNS if name in asked)
