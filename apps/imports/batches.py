"""What the page of an upload of several files shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from apps.imports.models import ImportBatch, ImportFile, ImportRow
from apps.imports.pages import ShownFile
from apps.plans.metering import Room

State = ImportFile.State
# What a person has to do before a file can come in.
QUESTIONS = {
    State.NEEDS_COLUMNS: "How is it to be read?",
    State.NEEDS_ACCOUNT: "Which account is this?",
    State.STALLED: "Try again",
}


@dataclass(frozen=True)
class Statement:
    """One line of the page. The counts are None until the statement has been compared."""

    pk: int
    file: ShownFile
    question: str
    is_ready: bool
    is_working: bool
    include_count: int | None
    include_sum: Decimal | None
    existing_count: int
    similar_count: int
    unreadable_count: int


def in_order(batch: ImportBatch) -> list[ImportFile]:
    """The statements as they were uploaded, those of one file beside each other."""
    files = list(batch.files.filter(merged_into=None).select_related("account").order_by("pk"))
    first = {file.storage_key: file.pk for file in reversed(files)}
    return sorted(files, key=lambda file: (first[file.storage_key], file.part))


def page(files: Sequence[ImportFile], room: Room) -> dict[str, Any]:
    """Two queries, however many files there are. `room` is what the plan has left."""
    coming: dict[int, Any] = {
        one["file_id"]: one
        for one in ImportRow.objects.filter(file__in=files)
        .coming_in()
        .values("file_id")
        .annotate(count=Count("position"), total=Sum("amount"))
    }
    statements = [_statement(file, coming.get(file.pk, {"count": 0, "total": Decimal(0)})) for file in files]
    ready = [statement for statement in statements if statement.is_ready]
    include_count = sum(statement.include_count or 0 for statement in ready)
    return {
        "statements": statements,
        "room": room,
        "shortage": room.shortage(include_count),
        "is_working": any(statement.is_working for statement in statements),
        "ready_count": len(ready),
        "include_count": include_count,
        "is_finished": not ready and not any(statement.is_working or statement.question for statement in statements),
    }


def _statement(file: ImportFile, coming: dict[str, Any]) -> Statement:
    state = State(file.state)
    is_ready = state == State.READ
    is_booked = state == State.BOOKED
    return Statement(
        pk=file.pk,
        file=ShownFile.of(file),
        question=QUESTIONS.get(state, ""),
        is_ready=is_ready,
        is_working=file.is_working,
        include_count=file.booked_count if is_booked else coming["count"] if is_ready else None,
        include_sum=file.booked_total if is_booked else coming["total"] if is_ready else None,
        existing_count=file.existing_count,
        similar_count=file.similar_count,
        unreadable_count=file.unreadable_count,
    )
