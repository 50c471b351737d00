"""How an import file goes from one state to the next: each step is one conditional UPDATE, so that twice is once."""

from typing import Any

from django.utils import timezone

from apps.households.opened import opened_household
from apps.imports.errors import NotNow
from apps.imports.models import ImportFile
from apps.imports.models.files import job_begins_by
from apps.ledger.models.accounts import frozen_ids, read_only_ids
from apps.tenancy.context import current_person_id

State = ImportFile.State


def move(file: ImportFile, before: State | tuple[State, ...], after: State, **changes: Any) -> None:
    """Moves the file on if it still is in (one of) `before`; else raises NotNow. Other fields change with it.

    Raises NotNow also where the person may only see the account of the file.
    """
    expected = before if isinstance(before, tuple) else (before,)
    _refuse_read_only(file)
    if person_id := current_person_id():
        changes["ordered_by_id"] = person_id
    changes |= {"state": after, "state_at": timezone.now(), "attempt_count": 0, "next_attempt_at": job_begins_by()}
    if not ImportFile.objects.filter(pk=file.pk, state__in=expected).update(**changes):
        state = ImportFile.objects.values_list("state", flat=True).get(pk=file.pk)
        raise NotNow(f"This file is “{State(state).label.lower()}” by now; another page was quicker.")
    for name, value in changes.items():
        setattr(file, name, value)


def _refuse_read_only(file: ImportFile) -> None:
    if file.account_id in frozen_ids():
        raise NotNow(opened_household().entitlements.why_frozen)
    if file.account_id in read_only_ids():
        raise NotNow("You may see the account of this file and not change it. Only its owner can import into it.")


def lock_writable(file_id: int, state: State) -> ImportFile | None:
    """As `lock`; raises NotNow if the person may only see the account of the file by now.

    Nobody can lock a row that they may not change: the file would never be found, and its work never end.
    """
    file = lock(file_id, state)
    if file is None:
        for there in ImportFile.objects.filter(pk=file_id, state=state):
            _refuse_read_only(there)
    return file


def lock(file_id: int, state: State) -> ImportFile | None:
    """The file, locked for the job that works on it; None if its state has moved on or another job holds it.

    The lock is what "being worked on" means: it ends with the transaction, also with that of a worker that was killed.
    """
    return ImportFile.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=file_id, state=state).first()
