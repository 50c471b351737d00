"""What the views of a file have in common."""

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from psycopg.errors import LockNotAvailable

from apps.core.errors import ExpectedError
from apps.core.numbers import whole_number
from apps.households.requests import HouseholdRequest
from apps.imports.models import ImportFile
from apps.imports.tasks import order
from apps.tenancy.planes import LEDGER


def file_of(file_id: int) -> ImportFile:
    return get_object_or_404(ImportFile.objects.select_related("account"), pk=file_id)


def do(request: HouseholdRequest, shown: ImportFile, deed: Callable[[], None]) -> HttpResponse:
    """Does the deed and orders its job; a second click finds it done and is shown where the file stands."""
    if did(request, deed):
        order(request.household, shown)
    return redirect(shown)


def did(request: HouseholdRequest, deed: Callable[[], None], *, told_of: str = "") -> bool:
    """Whether the deed was done; else the person is told why not, and nothing of it was."""
    try:
        with transaction.atomic(using=LEDGER):
            deed()
    except ExpectedError as error:
        messages.warning(request, f"{told_of}{error}")
        return False
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        messages.warning(request, "This file or its account is being worked on just now; please try again in a moment.")
        return False
    return True


def numbers(values: Iterable[str]) -> set[int]:
    """The ids among what a form sent."""
    return {number for value in values if (number := whole_number(value)) is not None}
