from django.http import HttpResponse
from django.shortcuts import render

from apps.core.paging import Cursor
from apps.households.requests import HouseholdRequest
from apps.households.rules import VIEWER, allow
from apps.ledger.filter_bar import filter_bar, filtered
from apps.ledger.filters import Filter
from apps.ledger.listing import page_of, totals_of
from apps.ledger.models import Account, Revision, Transaction
from apps.ledger.views.rows import row_tools
from apps.tenancy.keys import cached

REPORT_SECONDS = 300
TOTALS_NOTE = "transfers left out of the sums"


@allow(get=VIEWER)
def transactions(request: HouseholdRequest) -> HttpResponse:
    """The list, newest first. The filter and the place in the list are in the address."""
    calendar = request.household.calendar()
    shown = Filter.parse(request.GET)
    rows, problem = filtered(shown, Transaction.objects.all(), calendar=calendar)
    understood = shown.without("q") if problem else shown
    revision = Revision.current()
    tools = row_tools(request, here=request.get_full_path(), revision=revision)
    page, days = page_of(rows, Cursor.parse(request.GET.get("at", "")))
    totals = cached(
        request.household,
        "totals",
        revision,
        calendar,
        f"{shown.query()} {problem}",
        seconds=REPORT_SECONDS,
        make=lambda: totals_of(rows, buckets=understood.bucket_ids(calendar=calendar)),
    )
    accounts = list(Account.objects.all())
    bar = filter_bar(
        shown,
        currency=request.household.currency,
        calendar=calendar,
        problem=problem,
        accounts=accounts,
        tags=[*tools["buckets"], *tools["other_tags"]],
    )
    context = {
        "is_empty": not days and not bar.chips and not Transaction.objects.exists(),
        "bar": bar,
        **tools,
        "filter_query": shown.query(),
        "at": request.GET.get("at", ""),
        "accounts": [account for account in accounts if account.archived_at is None],
        "statuses": Transaction.Status.choices,
        "days": days,
        "this_year": calendar.today.year,
        "row_count": sum(total.row_count for total in totals),
        "totals": totals,
        "totals_note": TOTALS_NOTE,
        "newer_url": shown.query(at=str(page.newer)) if page.newer else "",
        "older_url": shown.query(at=str(page.older)) if page.older else "",
    }
    response = render(request, "ledger/transactions.html", context)
    if request.headers.get("HX-Trigger") == "filter-form":
        # The form sends its empty fields, too; the address names those that filter.
        response["HX-Push-Url"] = request.path + shown.query()
    return response
