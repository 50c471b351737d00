"""Filters that are kept under a name: the page that lists them, and what can be done to one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.households.answers import did, refusal
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.ledger import journal
from apps.ledger import saved_filters as deeds
from apps.ledger.models import Changeset, SavedFilter
from apps.ledger.views.answers import done


@allow(get=VIEWER)
def saved_filters(request: HouseholdRequest) -> HttpResponse:
    listed = deeds.list_saved(calendar=request.household.calendar())
    return render(request, "ledger/saved_filters.html", {"listed": listed})


@allow(get=VIEWER)
def saved_filter(request: HouseholdRequest, pk: int) -> HttpResponse:
    """Opens the transactions that it shows, and counts that it was used; a viewer writes nothing, not even that."""
    saved = get_object_or_404(SavedFilter, pk=pk)
    if request.membership.may_write:
        # It is shown all the same if it cannot be counted.
        refusal(lambda: deeds.count_use(saved))
    return redirect(_rows(saved.query))


@allow(post=MEMBER)
def save(request: HouseholdRequest) -> HttpResponse:
    """Keeps the filter of the page that sent the form, and shows that page again."""
    query = request.POST.get("query", "")

    def deed() -> None:
        saved = deeds.save(name=request.POST.get("name", ""), query=query)
        messages.success(request, f"Saved as “{saved.name}”.")

    did(request, deed)
    return redirect(_rows(deeds.readable_query(query)))


@allow(post=MEMBER)
def rename(request: HouseholdRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, pk=pk)
    did(request, lambda: deeds.rename(saved, name=request.POST.get("name", "")))
    return redirect("ledger:saved_filters")


@allow(post=MEMBER)
def pin(request: HouseholdRequest, pk: int) -> HttpResponse:
    return _pin(request, pk, is_pinned=True)


@allow(post=MEMBER)
def unpin(request: HouseholdRequest, pk: int) -> HttpResponse:
    return _pin(request, pk, is_pinned=False)


def _pin(request: HouseholdRequest, pk: int, *, is_pinned: bool) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, pk=pk)
    did(request, lambda: deeds.pin(saved, is_pinned=is_pinned))
    return redirect("ledger:saved_filters")


@allow(post=MEMBER)
def delete(request: HouseholdRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, pk=pk)
    sentence = f"Deleted the filter “{saved.name}”"

    def do() -> None:
        with journal.deed(Changeset.Kind.DELETE, actor_id=request.user.pk, note=sentence) as deed:
            deed.take_out(SavedFilter.objects.filter(pk=pk))
        done(request, deed.changeset, f"{sentence}.")

    did(request, do)
    return redirect("ledger:saved_filters")


def _rows(query: str) -> str:
    return reverse("ledger:transactions") + (f"?{query}" if query else "")
