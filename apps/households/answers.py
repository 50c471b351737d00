"""How a page inside a household answers a deed: it is done, or one sentence says why not and nothing of it was."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from psycopg.errors import (
    DeadlockDetected,
    ExclusionViolation,
    ForeignKeyViolation,
    InsufficientPrivilege,
    LockNotAvailable,
    UniqueViolation,
)

from apps.core.errors import ExpectedError, Gone
from apps.core.numbers import whole_number
from apps.tenancy.context import check_references, current_narrowing
from apps.tenancy.planes import LEDGER

BUSY = "Somebody is working on the same just now, and nothing was changed; please try again in a moment."
MEANWHILE = (
    "Somebody changed, deleted or made the same while you were at it, and nothing of yours was saved. Look at what is "
    "there now, and do it again if you still want it."
)
NOT_YOURS = "This belongs to an account that you may see and not change. Nothing was changed; ask the account's owner."
NOT_YOURS_OR_FROZEN = (
    "This belongs to an account that you may only look at: your plan has no room for it, or its owner keeps it so. "
    "Nothing was changed. The page of your plan, in the settings, shows plans with room for more accounts."
)
IN_USE_ELSEWHERE = (
    "Accounts that you do not see use this, too, so it has to stay as long as they do. Nothing was changed."
)
# What two who work at once can run into, however well a form was checked.
_COLLISIONS = {
    LockNotAvailable: BUSY,
    DeadlockDetected: BUSY,
    ForeignKeyViolation: MEANWHILE,
    UniqueViolation: MEANWHILE,
    ExclusionViolation: MEANWHILE,
}


class Collided(ExpectedError):
    """Somebody else works on the same at this moment, or just did."""


def did(request: HttpRequest, deed: Callable[[], object], *, told_of: str = "") -> bool:
    """Whether the deed was done; else the person is told why not, and nothing of it was."""
    sentence = refusal(deed)
    if sentence:
        messages.warning(request, f"{told_of}{sentence}")
    return not sentence


def refusal(deed: Callable[[], object]) -> str:
    """Does the deed, all of it or nothing; the sentence that says why not, empty if it was done. Raises Gone."""
    try:
        with all_or_nothing():
            deed()
    except Gone:
        raise
    except ExpectedError as error:
        return str(error)
    return ""


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """All that the block does, or nothing of it. Raises Collided where the work of somebody else is in the way."""
    try:
        with transaction.atomic(using=LEDGER):
            yield
            # Here it can be told; at the commit it would be a page of error 500.
            check_references()
    except DatabaseError as error:
        sentence = sentence_for(error)
        if sentence is None:
            raise
        raise Collided(sentence) from error


def sentence_for(error: BaseException) -> str | None:
    """The sentence about a statement that the database refused; None if no person could have caused that.

    Who is kept from some accounts can run into their rows without seeing them: no such deed is half done.
    """
    cause = error.__cause__
    if cause is None and type(error) is DatabaseError:
        return MEANWHILE  # one of Django itself: the row that was to be saved is gone
    if (narrowing := current_narrowing()) is not None:
        if isinstance(cause, InsufficientPrivilege):
            return NOT_YOURS_OR_FROZEN if narrowing.frozen else NOT_YOURS
        if isinstance(cause, ForeignKeyViolation | ExclusionViolation):
            return IN_USE_ELSEWHERE
    return _COLLISIONS.get(type(cause))  # type: ignore[arg-type]


def numbers(values: Iterable[str]) -> set[int]:
    """The ids among what a form sent."""
    return {number for value in values if (number := whole_number(value)) is not None}
