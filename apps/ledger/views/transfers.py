"""Transfers: what looks like one, what is one, and what a person said is none."""

import datetime
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core.clock import today_in
from apps.core.numbers import whole_number
from apps.core.paging import Cursor, newest_first
from apps.households.answers import did, numbers
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.ledger import transfers as deeds
from apps.ledger.forms.transfers import UnlinkForm, pair_of, pairs_of
from apps.ledger.models import Changeset, Revision, Transaction
from apps.ledger.views.answers import done
from apps.tenancy.keys import cached

FIRST_DAY = datetime.date.min
REPORT_SECONDS = 300
ON_A_PAGE = 50


@allow(get=VIEWER)
def transfers(request: HouseholdRequest) -> HttpResponse:
    """One of four lists: suggested, without a partner, linked, rejected."""
    revision = Revision.current()
    shows = _LISTS.get(request.GET.get("show", ""), _suggested)
    totals = cached(request.household, "transfers", revision, seconds=REPORT_SECONDS, make=deeds.moved)
    return render(request, "ledger/transfers.html", {
        "totals": totals, "linked_count": deeds.linked_pairs().count(), "revision": revision, **shows(request),
    })  # fmt: skip


def _since(request: HouseholdRequest) -> datetime.date:
    """The day from which on the ledger is searched: some 400 days back, or all of it."""
    if request.GET.get("since") == "ever":
        return FIRST_DAY
    return today_in(request.household.zone) - datetime.timedelta(days=deeds.RECENT_DAYS)


def _suggested(request: HouseholdRequest) -> dict[str, Any]:
    since = _since(request)
    found = deeds.suggestions(since)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return {
        "show": "suggested", "is_ever": since == FIRST_DAY, "sure_count": sum(pair.is_sure for pair in found),
        "page": page, "pairs": deeds.suggested_pairs(page), "days": deeds.RECENT_DAYS,
    }  # fmt: skip


def _alone(request: HouseholdRequest) -> dict[str, Any]:
    since = _since(request)
    page = newest_first(deeds.lone_rows(since), cursor=Cursor.parse(request.GET.get("at", "")), size=ON_A_PAGE)
    here = {"show": "alone", **({"since": "ever"} if since == FIRST_DAY else {})}
    return {
        "show": "alone", "is_ever": since == FIRST_DAY, "rows": page.rows, "days": deeds.RECENT_DAYS,
        "newer_url": f"?{urlencode({**here, 'at': str(page.newer)})}" if page.newer else "",
        "older_url": f"?{urlencode({**here, 'at': str(page.older)})}" if page.older else "",
    }  # fmt: skip


def _linked(request: HouseholdRequest) -> dict[str, Any]:
    page = Paginator(deeds.linked_pairs(), ON_A_PAGE).get_page(request.GET.get("page"))
    return {"show": "linked", "page": page, "pairs": [deeds.linked_pair(transfer) for transfer in page]}


def _rejected(request: HouseholdRequest) -> dict[str, Any]:
    page = Paginator(deeds.rejected_pairs(), ON_A_PAGE).get_page(request.GET.get("page"))
    return {"show": "rejected", "page": page, "pairs": list(page)}


_LISTS = {"alone": _alone, "linked": _linked, "rejected": _rejected}


@allow(get=MEMBER, post=MEMBER)
def sure(request: HouseholdRequest) -> HttpResponse:
    """All pairs of which nothing speaks for another one, to be looked through and linked together."""
    if request.method == "POST":
        return _link(request, pairs_of(request.POST.getlist("pair")))
    pairs = deeds.suggested_pairs(found for found in deeds.suggestions(_since(request)) if found.is_sure)
    return render(request, "ledger/transfers_sure.html", {"pairs": pairs, "revision": Revision.current()})


@allow(post=MEMBER)
def link(request: HouseholdRequest) -> HttpResponse:
    return _link(request, pairs_of([request.POST.get("pair", "")]))


def _link(request: HouseholdRequest, pairs: list[tuple[int, int]]) -> HttpResponse:
    if not pairs:
        messages.warning(request, "No pair was chosen, and nothing was linked. Tick the pairs that are transfers.")
        return _back(request)
    said = "Linked as a transfer." if len(pairs) == 1 else f"{len(pairs)} pairs linked as transfers."
    return _do(request, lambda: deeds.link(pairs, as_of=_as_of(request), actor_id=request.user.pk), said)


@allow(post=MEMBER)
def reject(request: HouseholdRequest) -> HttpResponse:
    pair = pair_of(request.POST.get("pair", ""))
    if pair is not None and did(request, lambda: deeds.reject(*pair)):
        messages.success(request, "These two are not suggested together again. You find them under Rejected.")
    return _back(request)


@allow(post=MEMBER)
def take_back(request: HouseholdRequest, rejection_id: int) -> HttpResponse:
    if did(request, lambda: deeds.take_back(rejection_id)):
        messages.success(request, "The two may be suggested again.")
    return _back(request)


@allow(post=MEMBER)
def mark(request: HouseholdRequest) -> HttpResponse:
    ids = numbers(request.POST.getlist("row"))
    said = f"{len(ids)} row{'s' if len(ids) != 1 else ''} marked as transfers."
    return _do(request, lambda: deeds.mark(ids, as_of=_as_of(request), actor_id=request.user.pk), said)


@allow(post=MEMBER)
def unmark(request: HouseholdRequest) -> HttpResponse:
    ids = numbers(request.POST.getlist("row"))
    said = f"{len(ids)} row{'s count' if len(ids) != 1 else ' counts'} in spending and income again."
    return _do(request, lambda: deeds.unmark(ids, as_of=_as_of(request), actor_id=request.user.pk), said)


@allow(get=VIEWER)
def candidates(request: HouseholdRequest, transaction_id: int) -> HttpResponse:
    """The rows that could be the other end of this one, to be linked by hand."""
    row = get_object_or_404(Transaction.objects.select_related("account"), pk=transaction_id)
    text = request.GET.get("q", "").strip().replace("\x00", "")[:200]
    linked = deeds.transfer_of(row.pk)
    found = [] if linked else [deeds.Side.of(one) for one in deeds.partners_for(row, text=text)]
    return render(request, "ledger/transfer_candidates.html", {
        "row": deeds.Side.of(row), "linked": linked, "candidates": found, "q": text, "revision": Revision.current(),
    })  # fmt: skip


@allow(get=MEMBER, post=MEMBER)
def unlink(request: HouseholdRequest, transfer_id: int) -> HttpResponse:
    """Asks what the two rows are to be afterwards."""
    transfer = get_object_or_404(deeds.linked_pairs(), pk=transfer_id)
    form = UnlinkForm(request.POST or None, were=deeds.marks_before(transfer))
    if form.is_valid():
        after = form.cleaned_data["after"]
        return _do(
            request, lambda: deeds.unlink(transfer, after=after, actor_id=request.user.pk), "Unlinked the transfer."
        )
    return render(
        request,
        "ledger/transfer_unlink.html",
        {"pair": deeds.linked_pair(transfer), "form": form},
        status=422 if form.errors else 200,
    )


def _do(request: HouseholdRequest, deed: Callable[[], Changeset | None], said: str) -> HttpResponse:
    """Does it and says so, with an Undo beside it; or says why not, and nothing was done."""
    made: list[Changeset | None] = []
    if did(request, lambda: made.append(deed())):
        done(request, made[0], said)
    return _back(request)


def _as_of(request: HouseholdRequest) -> int | None:
    return whole_number(request.POST.get("as_of", ""))


def _back(request: HouseholdRequest) -> HttpResponse:
    """To the row that was linked or marked by hand, or to the list that the form stood on."""
    row_id = whole_number(request.POST.get("of", ""))
    if row_id is not None:
        return redirect("ledger:transaction", row_id)
    show, since = request.POST.get("show", ""), request.POST.get("since", "")
    known = {"show": show if show in _LISTS else "", "since": "ever" if since == "ever" else ""}
    return redirect(reverse("ledger:transfers", query={name: value for name, value in known.items() if value}))
