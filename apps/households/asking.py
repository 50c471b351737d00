"""The page that asks before a deed. With JavaScript the button itself asks, and only posts."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render

from apps.households.requests import HouseholdRequest


def ask(
    request: HouseholdRequest,
    question: str,
    *,
    told: str,
    button: str,
    back: str,
    sent: Mapping[str, str] | None = None,
    takes_away: bool = True,
    no: str = "Cancel",
) -> HttpResponse:
    """Asks; the answer is posted to the same address, with `sent`. `back` is where who would rather not goes, by
    the button `no`."""
    context: dict[str, object] = {
        "question": question,
        "told": told,
        "button": button,
        "back_url": back,
        "sent": sent or {},
        "takes_away": takes_away,
        "no": no,
    }
    return render(request, "households/asked.html", context)
