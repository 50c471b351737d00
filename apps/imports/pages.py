"""What the pages of an import show, finished for their templates."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse

from apps.imports.models import ImportFile, ImportRow, Verdict

State = ImportFile.State
# The states as the badge of the list of imports names them.
BADGES = {
    State.UPLOADED: "waiting",
    State.NEEDS_COLUMNS: "columns",
    State.READ: "checking",
    State.CONFIRMED: "booking",
    State.BOOKED: "done",
    State.UNDOING: "booking",
    State.ROLLED_BACK: "rolled_back",
    State.CANCELLED: "cancelled",
    State.FAILED: "failed",
}


@dataclass(frozen=True)
class Batch:
    """A file as the pages call it."""

    file_name: str
    format_label: str
    account_name: str
    currency: str
    url: str
    status: str
    status_label: str
    uploaded_at: datetime.datetime
    imported_at: datetime.datetime
    new_count: int | None

    @classmethod
    def of(cls, file: ImportFile) -> "Batch":
        counts = {State.READ: file.new_count, State.BOOKED: file.booked_count}
        return cls(
            file_name=file.name,
            format_label=" · ".join(part for part in (file.format_name, file.dialect) if part),
            account_name=file.account.name,
            currency=file.account.currency,
            url=file.get_absolute_url(),
            status=BADGES[State(file.state)],
            status_label=file.get_state_display(),
            uploaded_at=file.created_at,
            imported_at=file.state_at,
            new_count=counts.get(State(file.state)),
        )


@dataclass(frozen=True)
class Fact:
    label: str
    value: str = ""
    amount: Decimal | None = None
    tone: str = ""


@dataclass(frozen=True)
class ShownRow:
    """One record of the file on the check and the result page."""

    line: int
    position: int
    date: datetime.date | None
    description: str
    amount: Decimal | None
    verdict: str
    verdict_label: str
    reason: str
    is_included: bool
    date_text: str = ""
    amount_text: str = ""

    @property
    def can_overrule(self) -> bool:
        return self.verdict in {Verdict.EXISTING, Verdict.SIMILAR, Verdict.NEW}


def shown(rows: Iterable[ImportRow]) -> list[ShownRow]:
    return [
        ShownRow(
            line=row.line,
            position=row.position,
            date=row.date,
            description=row.description,
            amount=row.amount,
            verdict=row.verdict,
            verdict_label=row.get_verdict_display(),
            reason=row.reason,
            is_included=row.comes_in,
        )
        for row in rows
    ]


def facts(file: ImportFile) -> list[Fact]:
    """The counts of the file, and its period; what is zero and needs no attention is not told."""
    told = [Fact("Rows", f"{file.row_count:,}"), Fact("New", f"{file.new_count:,}", tone="in")]
    told += [Fact("Already there", f"{file.existing_count:,}")] if file.existing_count else []
    told += [Fact("Perhaps", f"{file.similar_count:,}", tone="warn")] if file.similar_count else []
    told += [Fact("Unreadable", f"{file.unreadable_count:,}", tone="bad")] if file.unreadable_count else []
    if file.first_date and file.last_date:
        told.append(Fact("Period", _period(file.first_date, file.last_date)))
    if file.state == State.BOOKED:
        told.append(Fact("Sum of what came in", amount=file.booked_total))
        told.append(Fact("In a bucket", f"{file.bucketed_count:,}"))
    return told


def _period(first: datetime.date, last: datetime.date) -> str:
    if first == last:
        return f"{first.day} {first:%b %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%b %Y}"
    beginning = f"{first.day} {first:%b}" + ("" if first.year == last.year else f" {first.year}")
    return f"{beginning} – {last.day} {last:%b %Y}"


def verdict_links(file: ImportFile, current: str) -> list[dict[str, Any]]:
    """The filter of the check page; only verdicts that the file has."""
    url = file.get_absolute_url()
    counts = {verdict: getattr(file, f"{verdict.value}_count") for verdict in Verdict}
    links = [{"label": "All", "count": file.row_count, "url": url, "is_current": not current}]
    links += [
        {
            "label": verdict.label,
            "count": count,
            "url": f"{url}?verdict={verdict}",
            "is_current": current == verdict,
        }
        for verdict, count in counts.items()
        if count
    ]
    return links


def coming_in(file: ImportFile) -> tuple[int, Decimal]:
    """How many rows booking would take, and what they add up to."""
    rows = ImportRow.objects.of_file(file).coming_in()
    total: Decimal = rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return rows.count(), total


def warnings(file: ImportFile) -> list[str]:
    """What a person should know before importing, beside the verdicts."""
    # A name without a number is the format's, not the account's.
    named = ImportRow.objects.of_file(file).filter(account_hint__regex=r"\d")
    hints = list(named.values_list("account_hint", flat=True).distinct()[:4])
    known = file.account.bank_hint
    told = []
    if len(hints) > 1:
        told.append(
            f"This file holds rows of {len(hints)} accounts ({', '.join(hints)}). "
            f"All of them go into {file.account.name}."
        )
    elif hints and known and hints[0] != known and _bank(hints[0]) == _bank(known):
        told.append(
            f"The bank calls this account {hints[0]}; earlier files of {file.account.name} were called {known}. "
            "Is it the right account?"
        )
    return told


def _bank(hint: str) -> str:
    return hint.partition("-")[0]


def address(name: str, file: ImportFile) -> str:
    return reverse(f"imports:{name}", args=[file.pk])
