from django.http import HttpResponse
from django.shortcuts import render

from apps.dashboards import page
from apps.households.requests import HouseholdRequest
from apps.households.rules import VIEWER, allow
from apps.ledger.models import Transaction


@allow(get=VIEWER)
def dashboard(request: HouseholdRequest) -> HttpResponse:
    """The month that the address names; without one the running month, or the last with rows."""
    calendar = request.household.calendar()
    newest = Transaction.objects.filter(date__lte=calendar.today).newest_first().values_list("date", flat=True).first()
    if newest is None and not Transaction.objects.exists():
        return render(
            request, "dashboards/dashboard.html", {"is_empty": True, "period": page.named(calendar.this_month)}
        )
    month = calendar.month_named(request.GET.get("month", "")) or calendar.month_of(newest or calendar.today)
    return render(request, "dashboards/dashboard.html", page.context(request.household, month, today=calendar.today))
