"""The dashboard, finished for its template."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from apps.core.money import plain
from apps.core.periods import Month
from apps.households.models import Household
from apps.ledger.accounts import is_dormant, silence
from apps.ledger.listing import list_rows
from apps.ledger.models import Account, Transaction
from apps.reports.cache import MONTHLY_SUMMARY_SECONDS, TREND_SECONDS, cached_report
from apps.reports.monthly_summary import BucketSpending, MonthlySummary, monthly_summary
from apps.reports.trend import MonthFlow, monthly_trend

MONTHS_SHOWN = 12
LATEST_SHOWN = 6


@dataclass(frozen=True)
class Figure:
    label: str
    amount: Decimal
    currency: str
    note: str
    tone: str
    url: str


@dataclass(frozen=True)
class Need:
    """Something that waits for a person: `kind` is one of accent, warn, bad, quiet."""

    kind: str
    title: str
    note: str
    url: str
    action: str


def context(household: Household, month: Month, *, today: datetime.date) -> dict[str, Any]:
    """Everything the template shows of the month. Reports come from the cache where they are still true."""
    currency = household.currency
    summary = cached_report(
        household, "monthly-summary", month, currency, today, seconds=MONTHLY_SUMMARY_SECONDS,
        make=lambda: monthly_summary(month, currency=currency, today=today),
    )  # fmt: skip
    trend = cached_report(
        household, "trend", month, currency, seconds=TREND_SECONDS,
        make=lambda: monthly_trend(month, month_count=MONTHS_SHOWN, currency=currency),
    )  # fmt: skip
    needs = cached_report(
        household, "needs", month, today, seconds=MONTHLY_SUMMARY_SECONDS, make=lambda: _needs(summary, today)
    )
    other_currencies = Account.objects.exclude(currency=currency).exists()
    left_out = "transfers left out" + (", and accounts not in " + currency if other_currencies else "")
    return {
        "period": named(month),
        "period_choices": _neighbours(month, today),
        "currency": currency,
        "figures": _figures(summary, currency, today),
        "chart": {
            "title": "In and out, twelve months",
            "note": left_out,
            "currency": currency,
            "months": [_bar(f) for f in trend] if any(f.money_in or f.money_out for f in trend) else [],
        },
        "needs": needs,
        "spending": _bars(summary.buckets, month),
        "spending_note": left_out,
        "latest": list_rows(Transaction.objects.in_month(month).newest_first()[:LATEST_SHOWN]),
    }


def named(month: Month) -> dict[str, str]:
    """What the month is called, and its days unless they are the calendar's."""
    return {"name": f"{month:%B %Y}", "days": "" if month.start_day == 1 else month.days}


def rows_url(**query: str) -> str:
    """The transactions behind a figure."""
    fields = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{reverse('ledger:transactions')}?{fields}"


def _figures(summary: MonthlySummary, currency: str, today: datetime.date) -> list[Figure]:
    url = rows_url(period=str(summary.month))
    before = f"{summary.month.plus(-1):%B}"
    by_then = "than by this day in" if today in summary.month else "than in"
    return [
        Figure(
            "Money in",
            summary.money_in,
            currency,
            _compared(summary.money_in, summary.previous_in, currency, by_then, before),
            "in",
            url,
        ),
        Figure(
            "Money out",
            summary.money_out,
            currency,
            _compared(summary.money_out, summary.previous_out, currency, by_then, before),
            "",
            url,
        ),
        Figure("Kept", summary.net, currency, _rows(summary.row_count), "", url),
    ]


def _compared(now: Decimal, then: Decimal, currency: str, by_then: str, before: str) -> str:
    if now == then:
        return f"the same as in {before}" if now else ""
    return f"{plain(abs(now - then), currency)} {'more' if now > then else 'less'} {by_then} {before}"


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _neighbours(month: Month, today: datetime.date) -> list[dict[str, Any]]:
    """The month before, this one, and the one after unless it lies ahead."""
    shown = [month.plus(-1), month] + ([month.plus(1)] if month.last < today else [])
    url = reverse("dashboards:dashboard")
    return [{"label": f"{one:%b}", "url": f"{url}?month={one}", "is_current": one == month} for one in shown]


def _bar(flow: MonthFlow) -> dict[str, Any]:
    return {
        "label": f"{flow.month:%B %Y}",
        "short_label": f"{flow.month:%b}",
        "money_in": flow.money_in,
        "money_out": flow.money_out,
        "url": rows_url(period=str(flow.month)),
    }


def _bars(buckets: list[BucketSpending], month: Month) -> list[dict[str, Any]]:
    most = max((bucket.amount for bucket in buckets), default=Decimal(0))
    return [
        {
            "name": bucket.name or "No bucket",
            "colour": bucket.colour,
            "amount": bucket.amount,
            "percent": int(100 * bucket.amount / most) if most > 0 else 0,
            "note": "",
            "url": rows_url(period=str(month), bucket=bucket.value or "none"),
        }
        for bucket in buckets
    ]


def _needs(summary: MonthlySummary, today: datetime.date) -> list[Need]:
    needs = []
    month = summary.month
    open_count = Transaction.objects.in_month(month).filter(is_transfer=False).without_bucket().count()
    if open_count:
        needs.append(
            Need(
                "accent",
                f"{_rows(open_count)} without a bucket",
                f"in {month:%B}",
                rows_url(period=str(month), bucket="none"),
                "Look",
            )
        )
    late = [_late(account, last, today) for account, last in _last_rows() if silence(last, today)]
    return [*needs, *sorted(late, key=lambda need: need.kind == "quiet")][:5]


def _late(account: Account, last: datetime.date, today: datetime.date) -> Need:
    is_quiet = is_dormant(last, today)
    return Need(
        "quiet" if is_quiet else "warn",
        f"{account.name}: {silence(last, today)}",
        "" if is_quiet else f"last row of {last.day} {last:%B %Y}",
        reverse("imports:start"),
        "Import",
    )


def _last_rows() -> list[tuple[Account, datetime.date]]:
    """Every account that has rows, with the day of its newest."""
    newest = Account.objects.annotate(last=_newest_date()).filter(last__isnull=False).order_by("last")
    return [(account, account.last) for account in newest]


def _newest_date() -> Any:
    # Read off the end of the index (account, date, …); a Max would read every row.
    rows = Transaction.objects.filter(account=OuterRef("pk")).order_by("-date")
    return Subquery(rows.values("date")[:1])
