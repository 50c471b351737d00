"""What the views of a file have in common."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from apps.households.answers import did
from apps.households.requests import HouseholdRequest
from apps.imports.models import ImportFile
from apps.imports.tasks import order


def file_of(file_id: int) -> ImportFile:
    return get_object_or_404(ImportFile.objects.select_related("account"), pk=file_id)


def do(request: HouseholdRequest, shown: ImportFile, deed: Callable[[], object]) -> HttpResponse:
    """Does the deed and orders its job; a second click finds it done and is shown where the file stands."""
    if did(request, deed):
        order(request.household, shown)
    return redirect(shown)
