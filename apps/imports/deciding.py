"""What a person decides about rows, against their verdicts. A decision that agrees with the verdict is none."""

from django.db.models import BooleanField, Case, Q, When

from apps.imports.errors import NotNow
from apps.imports.models import ImportFile, ImportRow, Verdict
from apps.imports.models.rows import ImportRowQuerySet
from apps.imports.states import State


def decide(file: ImportFile, *, shown: set[int], ticked: set[int]) -> None:
    """Keeps the person's ticks on the rows shown (by position)."""
    rows = _open_rows(file).filter(position__in=shown)
    is_ticked = Case(When(position__in=ticked, then=True), default=False, output_field=BooleanField())
    is_new = Case(When(verdict=Verdict.NEW, then=True), default=False, output_field=BooleanField())
    rows.annotate(is_ticked=is_ticked).update(
        decision=Case(When(Q(is_ticked=is_new), then=None), default=is_ticked, output_field=BooleanField(null=True))
    )


def decide_all(file: ImportFile, *, verdict: str = "", comes_in: bool | None) -> int:
    """Every row (of that verdict) comes in, or stays out, or with None does what its verdict says; returns how many."""
    rows = _open_rows(file)
    if verdict:
        rows = rows.filter(verdict=verdict)
    agreeing = Q(verdict=Verdict.NEW) if comes_in else ~Q(verdict=Verdict.NEW)
    decided = None if comes_in is None else Case(When(agreeing, then=None), default=comes_in)
    return rows.update(decision=decided)


def _open_rows(file: ImportFile) -> ImportRowQuerySet:
    """The rows that can be decided on; raises NotNow once the file has moved on."""
    if file.state != State.READ:
        raise NotNow("This file has been imported or cancelled by now; nothing was changed.")
    return ImportRow.objects.of_file(file).filter(date__isnull=False)
