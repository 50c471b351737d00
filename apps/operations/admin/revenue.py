"""What comes in, for operators: `plans.revenue` as a page."""

from collections.abc import Callable

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.plans import revenue
from apps.plans.models import CURRENCY


def revenue_page(site: AdminSite) -> Callable[[HttpRequest], HttpResponse]:
    @require_safe
    def page(request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        months = revenue.by_month(now)
        context = site.each_context(request) | {
            "title": "Revenue",
            "months": months[::-1],
            "this_month": months[-1],
            "lines": revenue.by_plan(now),
            "standings": [(standing.label, count) for standing, count in revenue.by_standing(now).items()],
            "currency": CURRENCY,
        }
        return render(request, "operations/revenue.html", context)

    return page
