"""Filters that are one click away, whatever else is shown."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, StdDev

from apps.core.periods import Calendar
from apps.ledger.filters import PERIODS, Filter
from apps.ledger.models import Transaction
from apps.tenancy.keys import cached_here

LARGE_SECONDS = 3600
BASELINE_DAYS = 180
USUAL_LARGE = Decimal(100)
"""What is large as long as there is too little to compare with."""
TOP_SPENDING = Decimal(50)


@dataclass(frozen=True)
class Quick:
    label: str
    query: str
    is_current: bool
    title: str = ""


def quick_filters(shown: Filter, *, calendar: Calendar, currency: str) -> list[Quick]:
    large = large_amount(before=calendar.this_month.first, currency=currency)
    spending = Filter(period="this-month", flow="out", transfers="hide")
    known = {
        PERIODS["this-month"]: (Filter(period="this-month"), ""),
        PERIODS["last-month"]: (Filter(period="last-month"), ""),
        PERIODS["this-year"]: (Filter(period="this-year"), ""),
        PERIODS["90-days"]: (Filter(period="90-days"), ""),
        "Large": (
            spending.with_least(large),
            f"This month, {large} or more: far above what you usually spend at once",
        ),
        "Top spending this month": (spending.with_least(TOP_SPENDING), f"This month, {TOP_SPENDING} or more"),
        "Unreconciled": (Filter(status=Transaction.Status.UNRECONCILED.value), ""),
    }
    return [Quick(label, one.query(), one == shown, title) for label, (one, title) in known.items()]


def large_amount(*, before: datetime.date, currency: str) -> Decimal:
    """From which amount an expense is out of the ordinary, in whole units of the currency.

    The mean and two standard deviations (of a sample) of the expenses in the 180 days before that day. It hardly moves:
    an hour's age does no harm, whatever was changed since.
    """
    known: Decimal | None = cached_here(
        "large",
        before,
        currency,
        seconds=LARGE_SECONDS,
        make=lambda: _large(before, currency),
        is_worth=lambda amount: amount is not None,
    )
    return USUAL_LARGE if known is None else known


def _large(before: datetime.date, currency: str) -> Decimal | None:
    """None if there is too little to compare with."""
    expenses = Transaction.objects.filter(
        account__currency=currency,
        is_transfer=False,
        amount__lt=0,
        date__gte=before - datetime.timedelta(days=BASELINE_DAYS),
        date__lt=before,
    )
    known = expenses.aggregate(count=Count("pk"), mean=Avg("amount"), deviation=StdDev("amount", sample=True))
    if known["count"] < 2:
        return None
    return Decimal(round(2 * Decimal(known["deviation"]) - known["mean"]))
