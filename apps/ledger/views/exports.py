import datetime
import io
import tempfile

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from apps.audit.actions import Action
from apps.audit.events import record
from apps.core.clock import today_in
from apps.households.requests import HouseholdRequest
from apps.households.rules import VIEWER, allow
from apps.ledger.exporting import KINDS
from apps.ledger.filter_bar import filtered
from apps.ledger.filters import Filter
from apps.ledger.models import Transaction

IN_MEMORY = 1_000_000


@allow(get=VIEWER)
def export(request: HouseholdRequest, kind: str) -> HttpResponseBase:
    """What the filter of the address shows, as a file of that kind; without a filter the whole ledger."""
    if kind not in KINDS:
        raise Http404("There is no such kind of file.")
    made, today = KINDS[kind], today_in(request.household.zone)
    shown = Filter.parse(request.GET)
    rows, problem = filtered(shown, Transaction.objects.all(), today=today)
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
    record(
        Action.LEDGER_EXPORTED,
        actor=request.user,
        household=request.household,
        request=request,
        kind=made.label,
        row_count=rows.count(),
        is_whole=not shown.query(),
    )
    name = "_".join(["transactions", *_days(shown, today)])
    return FileResponse(file, as_attachment=True, filename=f"{name}.{made.suffix}", content_type=made.content_type)


def _days(shown: Filter, today: datetime.date) -> list[str]:
    """The days of the filter, as the single-user app names its file: from_2026-11-01, to_2026-11-30."""
    first, last = shown.span(today)
    start, end = shown.start or first, shown.end or last
    return [f"{word}_{day.isoformat()}" for word, day in (("from", start), ("to", end)) if day]
