from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from apps.households.answers import did
from apps.households.requests import HouseholdRequest
from apps.ledger import history as deeds
from apps.ledger import journal
from apps.ledger.models import Changeset
from apps.users.names import names_of


@require_GET
def history(request: HouseholdRequest) -> HttpResponse:
    """Everything that was done to the ledger, newest first."""
    page, entries = deeds.entries(request.GET.get("page", ""))
    return render(request, "ledger/history.html", {"page": page, "entries": entries})


@require_GET
def changeset(request: HouseholdRequest, changeset_id: int) -> HttpResponse:
    """One deed: its rows, field by field, and what an undoing would leave."""
    shown = get_object_or_404(Changeset, pk=changeset_id)
    left = journal.conflicts(shown) if shown.undone_at is None else []
    page, rows = deeds.rows_of(shown, request.GET.get("page", ""), left=left)
    entry = deeds.entry(shown, names_of([shown.actor_id]))
    context = {"entry": entry, "page": page, "rows": rows, "conflicts": left}
    return render(request, "ledger/changeset.html", context)


@require_POST
def undo(request: HouseholdRequest, changeset_id: int) -> HttpResponse:
    """Undoes the deed; if rows were changed since, its page lists them first and asks."""
    return _undo(request, get_object_or_404(Changeset, pk=changeset_id), leaves_conflicts=False)


@require_POST
def undo_the_rest(request: HouseholdRequest, changeset_id: int) -> HttpResponse:
    """Undoes what nobody has changed since."""
    return _undo(request, get_object_or_404(Changeset, pk=changeset_id), leaves_conflicts=True)


def _undo(request: HouseholdRequest, shown: Changeset, *, leaves_conflicts: bool) -> HttpResponse:
    def deed() -> None:
        undone = journal.undo(shown.pk, actor_id=request.user.pk, leaves_conflicts=leaves_conflicts)
        left = len(undone.conflicts)
        rest = f" {left} row{'s' if left > 1 else ''} stayed as {'they are' if left > 1 else 'it is'}." if left else ""
        messages.success(request, f"Undone: {deeds.entry(shown, {}).what}.{rest}")

    return redirect(_back(request)) if did(request, deed) else redirect("ledger:changeset", shown.pk)


def _back(request: HouseholdRequest) -> str:
    """The page on which Undo was clicked, if it is one of the household's."""
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return (
        before if is_ours and urlsplit(before).path.startswith(f"{request.META['SCRIPT_NAME']}/") else "ledger:history"
    )
