import io
import tempfile

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from apps.audit.actions import Action
from apps.audit.events import record
from apps.core.periods import Calendar
from apps.households.requests import HouseholdRequest
from apps.households.rules import VIEWER, allow
from apps.ledger.exporting import KINDS
from apps.ledger.filter_bar import filtered
from apps.ledger.filters import Filter
from apps.ledger.models import Transaction
from apps.users.confirming import confirmed_recently

IN_MEMORY = 1_000_000


@allow(get=VIEWER)
@confirmed_recently
def export(request: HouseholdRequest, kind: str) -> HttpResponseBase:
    """What the filter of the address shows, as a file of that kind; without a filter the whole ledger."""
    if kind not in KINDS:
        raise Http404("There is no such kind of file.")
    made, calendar = KINDS[kind], request.household.calendar()
    shown = Filter.parse(request.GET)
    rows, problem = filtered(shown, Transaction.objects.all(), calendar=calendar)
    if problem:
        # The page tells why, with the search still in its box; a file of other rows would tell nothing.
        return redirect(reverse("ledger:transactions") + shown.query())
    # Written here and then sent, not streamed row by row: the household's transaction ends with this view, before
    # the first byte of an answer leaves, and a cursor read after that would be nobody's.
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the answer closes it)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    made.write(rows, text, is_whole=not shown.query())
    text.detach()
    file.seek(0)
    # Without the number of rows: the owner reads it, and may not see all that a member does.
    record(
        Action.LEDGER_EXPORTED,
        actor=request.user,
        household=request.household,
        request=request,
        kind=made.label,
        is_whole=not shown.query(),
    )
    name = "_".join(["transactions", *_days(shown, calendar)])
    return FileResponse(file, as_attachment=True, filename=f"{name}.{made.suffix}", content_type=made.content_type)


def _days(shown: Filter, calendar: Calendar) -> list[str]:
    """The days of the filter, as the single-user app names its file: from_2026-11-01, to_2026-11-30."""
    first, last = shown.span(calendar)
    start, end = shown.start or first, shown.end or last
    return [f"{word}_{day.isoformat()}" for word, day in (("from", start), ("to", end)) if day]
