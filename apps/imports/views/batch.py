"""What was uploaded together, on one page: each statement, what it brings, and which of them come in."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from apps.households.answers import did, numbers
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.imports import allowing, batches, booking
from apps.imports.models import ImportBatch
from apps.imports.tasks import order


@allow(get=VIEWER, post=MEMBER)
def batch(request: HouseholdRequest, batch_id: int) -> HttpResponse:
    """A single file has its own page; of several, the chosen ones are imported together."""
    shown = get_object_or_404(ImportBatch, pk=batch_id)
    if request.method == "POST":
        return _confirm(request, shown)
    files = batches.in_order(shown)
    if len(files) == 1:
        return redirect(files[0])
    return render(request, "imports/batch.html", batches.page(files, allowing.room()))


def _confirm(request: HouseholdRequest, shown: ImportBatch) -> HttpResponse:
    """A file that another tab has moved on meanwhile is told of, and the others come in all the same."""
    chosen = numbers(request.POST.getlist("file"))
    if not chosen:
        messages.warning(request, "No file was chosen; nothing was imported.")
    for file in shown.files.filter(pk__in=chosen).order_by("pk"):
        if did(request, partial(booking.confirm, file, actor_id=request.user.pk), told_of=f"{file.name}: "):
            order(request.household, file)
    return redirect(shown)
