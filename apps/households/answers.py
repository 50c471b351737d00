"""How a page inside a household answers a deed: it is done, or one sentence says why not and nothing of it was."""

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.db import OperationalError, transaction
from django.http import HttpRequest
from psycopg.errors import LockNotAvailable

from apps.core.errors import ExpectedError
from apps.core.numbers import whole_number
from apps.tenancy.planes import LEDGER

BUSY = "Somebody is working on the same just now, and nothing was changed; please try again in a moment."


def did(request: HttpRequest, deed: Callable[[], None], *, told_of: str = "") -> bool:
    """Whether the deed was done; else the person is told why not, and nothing of it was."""
    sentence = refusal(deed)
    if sentence:
        messages.warning(request, f"{told_of}{sentence}")
    return not sentence


def refusal(deed: Callable[[], None]) -> str:
    """Does the deed, all of it or nothing; the sentence that says why not, empty if it was done."""
    try:
        with transaction.atomic(using=LEDGER):
            deed()
    except ExpectedError as error:
        return str(error)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return BUSY
    return ""


def numbers(values: Iterable[str]) -> set[int]:
    """The ids among what a form sent."""
    return {number for value in values if (number := whole_number(value)) is not None}
