"""What a person decides about rows, against their verdicts.

A decision that agrees with the verdict is none, and one that was made on another verdict is dropped by `dedupe`.
"""

from django.db.models import Case, F, Q, Value, When

from apps.imports.errors import NotNow
from apps.imports.models import ImportFile, ImportRow, Verdict
from apps.imports.models.rows import ImportRowQuerySet
from apps.imports.states import State, lock


def decide(file: ImportFile, *, included: set[int], ticked: set[int]) -> None:
    """Keeps what the person changed on a page: `included` are the positions that it showed as coming in.

    What was not changed is left as it is by now, for the page may be older than the verdicts.
    """
    rows = _open_rows(file)
    _keep(rows.filter(position__in=ticked - included), comes_in=True)
    _keep(rows.filter(position__in=included - ticked), comes_in=False)


def decide_all(file: ImportFile, *, verdict: str = "", comes_in: bool | None) -> None:
    """Every row (of that verdict) comes in, or stays out, or with None does what its verdict says."""
    rows = _open_rows(file)
    rows = rows.filter(verdict=verdict) if verdict else rows
    if comes_in is None:
        rows.update(decision=None, decided_on="")
    else:
        _keep(rows, comes_in=comes_in)


def _keep(rows: ImportRowQuerySet, *, comes_in: bool) -> None:
    agreeing = Q(verdict=Verdict.NEW) if comes_in else ~Q(verdict=Verdict.NEW)
    rows.update(
        decision=Case(When(agreeing, then=None), default=comes_in),
        decided_on=Case(When(agreeing, then=Value("")), default=F("verdict")),
    )


def _open_rows(file: ImportFile) -> ImportRowQuerySet:
    """The rows that can be decided on, with the file locked; raises NotNow once it has moved on."""
    if lock(file.pk, State.READ) is None:
        raise NotNow("This file is being compared, was imported or cancelled by now; nothing was changed.")
    return ImportRow.objects.of_file(file).filter(date__isnull=False)
