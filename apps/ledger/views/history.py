from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, get_script_prefix, resolve, reverse

from apps.households.answers import did
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.ledger import history as deeds
from apps.ledger import journal
from apps.ledger.models import Changeset
from apps.ledger.views.rows import back_to
from apps.users.names import names_of


@allow(get=VIEWER)
def history(request: HouseholdRequest) -> HttpResponse:
    """Everything that was done to the ledger, newest first."""
    page, entries = deeds.entries(request.GET.get("page", ""))
    return render(request, "ledger/history.html", {"page": page, "entries": entries})


@allow(get=VIEWER)
def changeset(request: HouseholdRequest, changeset_id: int) -> HttpResponse:
    """One deed: its rows, field by field, and what an undoing would leave."""
    shown = get_object_or_404(Changeset, pk=changeset_id)
    deeds.tell_in_part([shown])
    left = journal.conflicts(shown) if shown.undone_at is None else []
    page, rows = deeds.rows_of(shown, request.GET.get("page", ""), left=left)
    entry = deeds.entry(shown, names_of([shown.actor_id]))
    context = {"entry": entry, "page": page, "rows": rows, "conflicts": left}
    return render(request, "ledger/changeset.html", context)


@allow(post=MEMBER)
def undo(request: HouseholdRequest, changeset_id: int) -> HttpResponse:
    """Undoes the deed; if rows were changed since, its page lists them first and asks."""
    return _undo(request, get_object_or_404(Changeset, pk=changeset_id), leaves_conflicts=False)


@allow(post=MEMBER)
def undo_the_rest(request: HouseholdRequest, changeset_id: int) -> HttpResponse:
    """Undoes what nobody has changed since."""
    return _undo(request, get_object_or_404(Changeset, pk=changeset_id), leaves_conflicts=True)


def _undo(request: HouseholdRequest, shown: Changeset, *, leaves_conflicts: bool) -> HttpResponse:
    back = back_to(request, reverse("ledger:history"))
    deeds.tell_in_part([shown])

    def deed() -> None:
        nonlocal back
        undone = journal.undo(shown.pk, actor_id=request.user.pk, leaves_conflicts=leaves_conflicts)
        if _was_of_what_went(back, undone.changeset):
            back = reverse("ledger:history")
        left = len(undone.conflicts)
        rest = f" {left} row{'s' if left > 1 else ''} stayed as {'they are' if left > 1 else 'it is'}." if left else ""
        messages.success(request, f"Undone: {deeds.entry(shown, {}).what}.{rest}")

    return redirect(back) if did(request, deed) else redirect("ledger:changeset", shown.pk)


def _was_of_what_went(address: str, undoing: Changeset | None) -> bool:
    """Whether it is the page of one thing that the undoing deleted, and so is not there any more."""
    if undoing is None:
        return False
    try:
        named = resolve("/" + urlsplit(address).path.removeprefix(get_script_prefix())).kwargs.values()
    except Resolver404:
        return True
    ids = [one for one in named if isinstance(one, int)]
    return undoing.changes.filter(after__isnull=True, row_id__in=ids).exists()
