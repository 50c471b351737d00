"""What was done in the household and with it, for its members to read."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from apps.core.paging import Cursor
from apps.households.activity import ActivityFilter, read, readable_by
from apps.households.requests import HouseholdRequest
from apps.households.rules import VIEWER, allow


@allow(get=VIEWER)
def activity(request: HouseholdRequest) -> HttpResponse:
    form = ActivityFilter(request.GET, membership=request.membership)
    events = form.of(readable_by(request.membership))
    page, entries = read(events, place=request.GET.get("at", ""), reader_id=request.user.pk)
    chosen = {name: request.GET[name] for name in form.fields if request.GET.get(name)}

    def address(cursor: Cursor | None) -> str:
        return f"?{urlencode({**chosen, 'at': str(cursor)})}" if cursor else ""

    context = {
        "form": form,
        "entries": entries,
        "is_filtered": bool(chosen),
        "newer_url": address(page.newer),
        "older_url": address(page.older),
    }
    return render(request, "audit/activity.html", context, status=422 if form.errors else 200)
