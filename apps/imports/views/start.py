"""The first step: a file and its account. Both roads of an upload end in the same row."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.core.errors import ExpectedError
from apps.households.answers import all_or_nothing
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.imports import allowing, uploads
from apps.imports.errors import StoreUnavailable
from apps.imports.forms import StartForm, UploadForm
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.pages import ShownFile
from apps.imports.tasks import order
from apps.ledger.models import Account

SHOWN = 20


@allow(get=VIEWER, post=MEMBER)
def start(request: HouseholdRequest) -> HttpResponse:
    """The page, and the plain form post of a browser without JavaScript."""
    if request.method == "GET":
        return _page(request, UploadForm(currency=request.household.currency))
    form = UploadForm(request.POST, request.FILES, currency=request.household.currency)
    if not form.is_valid():
        return _page(request, form, status=422)
    files = form.cleaned_data["file"]
    try:
        for upload in files:
            uploads.check_size(upload.size)
        # A file that does not arrive leaves no new account behind, and no half of an upload.
        with all_or_nothing():
            account, batch = form.save(actor_id=request.user.pk), _batch(request)
            for upload in files:
                uploads.store(request.household, upload=upload, batch=batch, account=account)
    except ExpectedError as error:
        form.add_error("file", str(error))
        return _page(request, form, status=503 if isinstance(error, StoreUnavailable) else 422)
    return redirect(_order(request, batch))


def _batch(request: HouseholdRequest) -> ImportBatch:
    return ImportBatch.objects.create(uploaded_by_id=request.user.pk)


def _order(request: HouseholdRequest, batch: ImportBatch) -> str:
    """Has the files read; returns the address of the page that shows them."""
    files = list(batch.files.order_by("pk"))
    for file in files:
        order(request.household, file)
    return (files[0] if len(files) == 1 else batch).get_absolute_url()


def _page(request: HouseholdRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    files = ImportFile.objects.select_related("account").order_by("-pk")[:SHOWN]
    context: dict[str, Any] = {
        "form": form,
        "has_accounts": Account.objects.exists(),
        "presign_url": reverse("imports:place"),
        "complete_url": reverse("imports:take-in"),
        "max_bytes": settings.IMPORT_MAX_BYTES,
        "max_megabytes": settings.IMPORT_MAX_BYTES // 1024**2,
        "room": allowing.room(),
        "formats": "CSV, Excel, OFX, QFX, QIF, CAMT.053, MT940",
        "files": [ShownFile.of(file) for file in files],
    }
    return render(request, "imports/start.html", context, status=status)


@allow(post=MEMBER)
def place(request: HouseholdRequest) -> JsonResponse:
    """Tells the browser where to put its file: `{"name", "size"}` in, `{"url", "fields", "ticket"}` out."""
    try:
        asked = json.loads(request.body)
        name, size = str(asked["name"]), int(asked["size"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        name, size = "", -1
    if size < 0:
        return JsonResponse({"error": "The request names no file."}, status=400)
    try:
        given = uploads.place_for(request.household, name=name, size_bytes=size)
    except ExpectedError as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse({"url": given.url, "fields": given.fields, "ticket": given.ticket})


@allow(post=MEMBER)
def take_in(request: HouseholdRequest) -> JsonResponse:
    """The browser has put its files in their places (their tickets); the form says into which account they go."""
    tickets = request.POST.getlist("ticket")
    try:
        if known := uploads.taken_in(request.household, tickets):
            return JsonResponse({"location": _order(request, known)})
        form = StartForm(request.POST, currency=request.household.currency)
        if not form.is_valid() or not tickets:
            told = [str(error) for errors in form.errors.values() for error in errors] or ["The request names no file."]
            return JsonResponse({"error": " ".join(told)}, status=422)
        with all_or_nothing():
            account, batch = form.save(actor_id=request.user.pk), _batch(request)
            for ticket in tickets:
                uploads.take_in(request.household, ticket=ticket, batch=batch, account=account)
    except ExpectedError as error:
        return JsonResponse({"error": str(error)}, status=503 if isinstance(error, StoreUnavailable) else 422)
    return JsonResponse({"location": _order(request, batch)})
