from django.http import HttpResponse
from django.shortcuts import render

from apps.core.clock import today_in
from apps.core.periods import Month
from apps.dashboards import page
from apps.households.requests import HouseholdRequest
from apps.households.rules import VIEWER, allow
from apps.ledger.models import Transaction


@allow(get=VIEWER)
def dashboard(request: HouseholdRequest) -> HttpResponse:
    """The month that the address names; without one the running month, or the last with rows."""
    today = today_in(request.household.zone)
    newest = Transaction.objects.filter(date__lte=today).newest_first().values_list("date", flat=True).first()
    if newest is None and not Transaction.objects.exists():
        return render(request, "dashboards/dashboard.html", {"is_empty": True, "period": {"name": f"{today:%B %Y}"}})
    month = Month.parse(request.GET.get("month", "")) or Month.of(newest or today)
    return render(request, "dashboards/dashboard.html", page.context(request.household, month, today=today))
