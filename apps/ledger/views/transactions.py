from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.clock import today_in
from apps.core.paging import Cursor
from apps.households.requests import HouseholdRequest
from apps.ledger.columns import list_columns
from apps.ledger.filters import PERIODS, Filter
from apps.ledger.listing import page_of, totals_of
from apps.ledger.models import Account, Tag, Transaction
from apps.ledger.views.rows import row_tools
from apps.tenancy.keys import cached

REPORT_SECONDS = 300


@require_GET
def transactions(request: HouseholdRequest) -> HttpResponse:
    """The list, newest first. The filter and the place in the list are in the address."""
    today = today_in(request.household.zone)
    shown = Filter.parse(request.GET.dict())
    rows = shown.apply(Transaction.objects.all(), today=today)
    tools = row_tools(request)
    page, days = page_of(rows, Cursor.parse(request.GET.get("at", "")))
    totals = cached(
        request.household,
        "totals",
        tools["as_of"],
        today,
        shown.query(),
        seconds=REPORT_SECONDS,
        make=lambda: totals_of(rows),
    )
    buckets: list[Tag] = tools["buckets"]
    accounts = list(Account.objects.order_by("name"))
    labels = shown.labels(accounts=accounts, buckets=buckets)
    context = {
        "is_empty": not days and not labels and not Transaction.objects.exists(),
        "filters": shown,
        **tools,
        **list_columns(tools["columns"], may_write=request.membership.may_write),
        "here": request.get_full_path(),
        "filter_query": shown.query(),
        "at": request.GET.get("at", ""),
        "statuses": Transaction.Status.choices,
        "accounts": accounts,
        "periods": [{"value": value, "label": label} for value, label in _periods(shown, labels).items()],
        "chips": [
            {"label": label, "remove_url": request.path + shown.without(name).query()} for name, label in labels.items()
        ],
        "days": days,
        "this_year": today.year,
        "row_count": sum(total.row_count for total in totals),
        "totals": totals,
        "totals_note": "transfers left out of the sums",
        "newer_url": shown.query(at=str(page.newer)) if page.newer else "",
        "older_url": shown.query(at=str(page.older)) if page.older else "",
    }
    return render(request, "ledger/transactions.html", context)


def _periods(shown: Filter, labels: dict[str, str]) -> dict[str, str]:
    """The choices of the period, with the month that a link from a report brought along."""
    return PERIODS if not shown.period or shown.period in PERIODS else {**PERIODS, shown.period: labels["period"]}
