"""What the pages of an import show, finished for their templates."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse

from apps.core.money import plain
from apps.imports import accounts, balances
from apps.imports.models import ImportFile, ImportRow, Verdict
from apps.ledger.models import Transaction

State = ImportFile.State
# The states as the badge of the list of imports names them.
BADGES = {
    State.UPLOADED: "waiting",
    State.NEEDS_COLUMNS: "columns",
    State.NEEDS_ACCOUNT: "columns",
    State.COMPARING: "waiting",
    State.READ: "checking",
    State.CONFIRMED: "booking",
    State.BOOKED: "done",
    State.UNDOING: "booking",
    State.ROLLED_BACK: "rolled_back",
    State.CANCELLED: "cancelled",
    State.FAILED: "failed",
    State.STALLED: "failed",
}


def spoken_hint(hint: str) -> str:
    """The end of the account's number; a name without a number is the format's, not the account's."""
    digits = re.search(r"\d+$", hint)
    return f"…{digits[0][-4:]}" if digits else ""


@dataclass(frozen=True)
class ShownFile:
    """A file as the pages call it."""

    file_name: str
    format_name: str
    format_label: str
    account_name: str
    account_hint: str
    currency: str
    url: str
    status: str
    status_label: str
    uploaded_at: datetime.datetime
    imported_at: datetime.datetime
    new_count: int | None

    @classmethod
    def of(cls, file: ImportFile) -> "ShownFile":
        counts = {State.READ: file.new_count, State.BOOKED: file.booked_count}
        return cls(
            file_name=file.name,
            format_name=file.format_name,
            format_label=" · ".join(part for part in (file.format_name, file.dialect) if part),
            account_name=file.account.name if file.account else "",
            account_hint=spoken_hint(file.account_hint),
            currency=file.account.currency if file.account else file.currency,
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
    resembled: Transaction | None = None
    date_text: str = ""
    amount_text: str = ""

    @property
    def can_overrule(self) -> bool:
        return self.verdict in {Verdict.EXISTING, Verdict.SIMILAR, Verdict.NEW}


def shown(rows: Iterable[ImportRow]) -> list[ShownRow]:
    """The rows, and beside one that is perhaps the same the row of the ledger that it resembles; one query for all."""
    rows = list(rows)
    asked = [row.resembles_id for row in rows if row.verdict == Verdict.SIMILAR and row.resembles_id]
    resembled = Transaction.objects.in_bulk(asked)
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
            resembled=resembled.get(row.resembles_id or 0),
        )
        for row in rows
    ]


def facts(file: ImportFile) -> list[Fact]:
    """The counts of the file, and its period; what is zero and needs no attention is not told."""
    told = [
        Fact("Rows", f"{file.row_count:,}"),
        Fact("New", f"{file.new_count:,}", tone="in" if file.new_count else ""),
    ]
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
    """The filter of the check page: all rows, and the verdicts that they are made of."""
    links = [_link(file, verdict, current) for verdict in Verdict if verdict != Verdict.LEFT_OUT]
    everything = {"label": "All", "count": file.row_count, "url": file.get_absolute_url(), "is_current": not current}
    return [everything, *(link for link in links if link["count"])]


def left_out_link(file: ImportFile, current: str) -> dict[str, Any]:
    """The filter's other side: headings and balance lines, which are no rows to decide on."""
    return _link(file, Verdict.LEFT_OUT, current)


def _link(file: ImportFile, verdict: Verdict, current: str) -> dict[str, Any]:
    return {
        "label": verdict.label,
        "count": getattr(file, f"{verdict.value}_count"),
        "url": f"{file.get_absolute_url()}?verdict={verdict}",
        "is_current": current == verdict,
    }


def coming_in(file: ImportFile) -> tuple[int, Decimal]:
    """How many rows booking would take, and what they add up to."""
    found = ImportRow.objects.of_file(file).coming_in().aggregate(rows=Count("pk"), sum=Sum("amount"))
    return found["rows"], found["sum"] or Decimal(0)


def warnings(file: ImportFile) -> list[str]:
    """What a person should know before importing, beside the verdicts."""
    name = file.account.name if file.account else ""
    told = []
    if names := accounts.other_names(file):
        told.append(
            f"The bank calls this account {file.account_hint}; earlier files of {name} were called "
            f"{' and '.join(names)}. Is it the right account?"
        )
    if file.elsewhere_count >= 2 and 2 * file.elsewhere_count >= file.new_count:
        told.append(
            f"{file.elsewhere_count:,} of the {file.new_count:,} new rows are in another account already, with the "
            f"same date, amount and text. Does this file belong to {name}?"
        )
    told += [
        f"The file’s own balances do not fit its rows: they should end at {_spoken(gap['expected'], file)}, "
        f"and the bank says {_spoken(gap['stated'], file)}. A row may be missing or too many."
        for gap in balances.gaps(file)
    ]
    return told


def _spoken(amount: Decimal, file: ImportFile) -> str:
    return plain(amount, file.account.currency if file.account else file.currency)


def address(name: str, file: ImportFile) -> str:
    return reverse(f"imports:{name}", args=[file.pk])
