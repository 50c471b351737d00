"""Doing one thing to many rows: asked first where it concerns everything shown, or cannot be seen at once."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.households.answers import did
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, allow
from apps.ledger import bulk as deeds
from apps.ledger.filters import Filter
from apps.ledger.listing import list_rows, totals_of
from apps.ledger.models import Revision
from apps.ledger.selecting import Selection
from apps.ledger.views.answers import done

SAMPLE_SIZE = 8


@allow(post=MEMBER)
def bulk(request: HouseholdRequest, word: str) -> HttpResponse:
    """Does it to the ticked rows; what concerns everything that matches, or takes rows away, is asked first."""
    selection = Selection.parse(request.POST)
    asks = {"is_asked": False}

    def deed() -> None:
        plan = _plan(request, word)
        selection.rows(calendar=request.household.calendar())
        asks["is_asked"] = selection.is_everything or plan.is_always_asked
        if not asks["is_asked"]:
            _carry_out(request, selection, plan)

    if did(request, deed) and asks["is_asked"]:
        return _ask(request, word, selection)
    return redirect(_back(request))


@allow(post=MEMBER)
def confirmed(request: HouseholdRequest, word: str) -> HttpResponse:
    """Does what was asked, if the rows are still those that were shown."""
    selection = Selection.parse(request.POST)

    def deed() -> None:
        _carry_out(request, selection, _plan(request, word))

    did(request, deed)
    return redirect(_back(request))


def _plan(request: HouseholdRequest, word: str) -> deeds.Plan:
    if word not in deeds.PLANS:
        raise Http404("Nothing of that name can be done to rows.")
    return deeds.PLANS[word](request.POST)


def _carry_out(request: HouseholdRequest, selection: Selection, plan: deeds.Plan) -> None:
    rows = selection.held(calendar=request.household.calendar())
    changeset = deeds.carry_out(plan, rows, actor_id=request.user.pk)
    count = changeset.row_count if changeset else 0
    sentence = f"{plan.says}: {count:,} row{'' if count == 1 else 's'}."
    done(request, changeset, sentence, unchanged="All of these rows were like that already.")


def _ask(request: HouseholdRequest, word: str, selection: Selection) -> HttpResponse:
    """What would be done to which rows. The form beneath says what was shown, so that nothing else is changed."""
    as_of = Revision.current()  # first: what somebody changes while we read counts as changed since
    rows = selection.rows(calendar=request.household.calendar())
    plan = _plan(request, word)
    totals = totals_of(rows)
    context = {
        "plan": plan,
        "word": word,
        "totals": totals,
        "row_count": sum(total.row_count for total in totals),
        "locked_count": rows.filter(reconciliation__isnull=False).count() if plan.is_always_asked else 0,
        "sample": list_rows(rows.newest_first()[:SAMPLE_SIZE]),
        "as_of": as_of,
        "sent": [(name, value) for name in _KEPT for value in request.POST.getlist(name)],
        "back_url": _back(request),
    }
    return render(request, "ledger/bulk_confirm.html", context)


_KEPT = ("row", "everything", "query", "at", "bucket", "tag", "status", "account")


def _back(request: HouseholdRequest) -> str:
    """The page of the list on which the rows were chosen."""
    shown = Filter.parse(QueryDict(request.POST.get("query", "")))
    at = request.POST.get("at", "")[:80]
    return reverse("ledger:transactions") + (shown.query(at=at) if at else shown.query())
