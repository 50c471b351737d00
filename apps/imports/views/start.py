"""The first step: a file and its account. Both roads of an upload end in the same row."""

import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import ExpectedError
from apps.households.requests import HouseholdRequest
from apps.imports import uploads
from apps.imports.errors import StoreUnavailable
from apps.imports.forms import AccountForm, StartForm
from apps.imports.models import ImportFile
from apps.imports.pages import Batch
from apps.imports.tasks import order
from apps.ledger.models import Account
from apps.tenancy.planes import LEDGER

SHOWN = 20


@require_http_methods(["GET", "POST"])
def start(request: HouseholdRequest) -> HttpResponse:
    """The page, and the plain form post of a browser without JavaScript."""
    if request.method == "GET":
        return _page(request, StartForm(currency=request.household.currency))
    form = StartForm(request.POST, request.FILES, currency=request.household.currency)
    if not form.is_valid():
        return _page(request, form, status=422)
    upload = form.cleaned_data["file"]
    try:
        uploads.check_size(upload.size)
        # A file that does not arrive leaves no new account behind.
        with transaction.atomic(using=LEDGER):
            file = uploads.store(request.household, upload=upload, account=form.save(), person_id=request.user.pk)
    except ExpectedError as error:
        form.add_error("file", str(error))
        return _page(request, form, status=503 if isinstance(error, StoreUnavailable) else 422)
    order(request.household, file)
    return redirect(file)


def _page(request: HouseholdRequest, form: StartForm, status: int = 200) -> HttpResponse:
    files = ImportFile.objects.select_related("account").order_by("-pk")[:SHOWN]
    context: dict[str, Any] = {
        "form": form,
        "has_accounts": Account.objects.exists(),
        "presign_url": reverse("imports:place"),
        "max_bytes": settings.IMPORT_MAX_BYTES,
        "formats": "CSV, OFX, QFX, QIF",
        "batches": [Batch.of(file) for file in files],
    }
    return render(request, "imports/start.html", context, status=status)


@require_POST
def place(request: HouseholdRequest) -> JsonResponse:
    """Tells the browser where to put its file: `{"name", "size"}` in, `{"url", "fields", "complete_url"}` out."""
    try:
        asked = json.loads(request.body)
        name, size = str(asked["name"]), int(asked["size"])
    except (ValueError, KeyError, TypeError):
        name, size = "", -1
    if size < 0:
        return JsonResponse({"error": "The request names no file."}, status=400)
    try:
        given = uploads.place_for(request.household, name=name, size_bytes=size)
    except ExpectedError as error:
        return JsonResponse({"error": str(error)}, status=422)
    complete_url = reverse("imports:take-in", args=[given.ticket])
    return JsonResponse({"url": given.url, "fields": given.fields, "complete_url": complete_url})


@require_POST
def take_in(request: HouseholdRequest, ticket: str) -> JsonResponse:
    """The browser has put the file in its place; the form says into which account it goes."""
    form = AccountForm(request.POST, currency=request.household.currency)
    if not form.is_valid():
        return JsonResponse(
            {"error": " ".join(str(error) for errors in form.errors.values() for error in errors)}, status=422
        )
    try:
        with transaction.atomic(using=LEDGER):
            file = uploads.take_in(request.household, ticket=ticket, account=form.save(), person_id=request.user.pk)
    except ExpectedError as error:
        return JsonResponse({"error": str(error)}, status=503 if isinstance(error, StoreUnavailable) else 422)
    order(request.household, file)
    return JsonResponse({"location": file.get_absolute_url()})
