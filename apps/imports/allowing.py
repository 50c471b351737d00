"""What the household's plan lets an import do.

Asked at its order, before its job is sent, and again where it is booked, before the first row moves: whatever ordered
it, nothing comes in that was not taken.
"""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from apps.core.errors import ExpectedError
from apps.households.opened import opened_household
from apps.imports.models import ImportFile, ImportRow
from apps.ledger.models import Account
from apps.plans import metering
from apps.plans.models import RowTaking
from apps.tenancy.planes import LEDGER

State = ImportFile.State
_KEY = "import "
_SETTLED = datetime.timedelta(minutes=1)
"""By then a job has settled what it rolled back, or never will."""


class ClosedAccount(ExpectedError):
    """Nothing comes into an account that was put away, or that the plan has no room for."""


def key_of(file: ImportFile) -> str:
    return f"{_KEY}{file.pk}"


def take(file: ImportFile) -> None:
    """Takes the rows that come in, in place of what the file took before. Raises RowLimitReached or NotInPlan."""
    household = opened_household()
    row_count = ImportRow.objects.of_file(file).coming_in().count()
    metering.take(household.entitlements, household.zone, key=key_of(file), row_count=row_count)


def give_back(file: ImportFile) -> None:
    """Nothing of the file came in after all."""
    metering.give_back(opened_household().pk, key=key_of(file))


def settle_later(file: ImportFile, *, row_count: int, handed_over: Mapping[ImportFile, int]) -> None:
    """Of what the file brought so many rows stay, and others have so many from it, once that is committed."""
    household_id, heirs = opened_household().pk, {key_of(heir): count for heir, count in handed_over.items()}
    transaction.on_commit(
        lambda: metering.settle(household_id, key=key_of(file), row_count=row_count, handed_over=heirs),
        using=LEDGER,
    )


def room() -> metering.Room:
    """For how many rows the plan has room now."""
    household = opened_household()
    return metering.room(household.entitlements, household.zone)


def refuse_closed(account: Account) -> None:
    """Raises ClosedAccount."""
    if account.is_frozen:
        raise ClosedAccount(opened_household().entitlements.why_frozen)
    if account.archived_at is not None:
        raise ClosedAccount(f"{account.name} is in the archive, and nothing comes in there. Take it out of it first.")


def give_back_unused() -> int:
    """Gives back what a request took that ended before it could commit its order; returns of how many files. Also what
    a job rolled back whose worker died before it could say so.

    Files that are locked are being ordered or worked on just now. Call it with nobody's eyes.
    """
    household_id = opened_household().pk
    takings = RowTaking.objects.filter(household=household_id, key__startswith=_KEY, row_count__gt=0)
    ids = {int(key.split()[1]) for key in takings.values_list("key", flat=True)}
    rolled_back = ImportFile.objects.filter(pk__in=ids, state=State.ROLLED_BACK, state_at__lt=timezone.now() - _SETTLED)
    for file in rolled_back:
        if metering.taken(household_id, key=key_of(file)) > file.kept_count:
            metering.settle(household_id, key=key_of(file), row_count=file.kept_count)
    idle = ImportFile.objects.filter(pk__in=ids, state__in=[*ImportFile.OPEN, State.CANCELLED])
    files = list(idle.select_for_update(skip_locked=True, of=("self",)))
    for file in files:
        metering.give_back(household_id, key=key_of(file))
    return len(files)
