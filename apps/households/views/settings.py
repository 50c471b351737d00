"""The household's name, currency, time zone and beginning of the month: its owner changes them, the others see them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.core.clock import today_in
from apps.core.money import CURRENCIES
from apps.core.periods import Month
from apps.households.answers import did
from apps.households.changing import change_settings
from apps.households.forms import SettingsForm
from apps.households.handing_over import open_offer
from apps.households.requests import HouseholdRequest
from apps.households.rules import OWNER, VIEWER, allow


@allow(get=VIEWER, post=OWNER)
def settings(request: HouseholdRequest) -> HttpResponse:
    household = request.household
    now_set = {field: getattr(household, field) for field in ("name", "currency", "time_zone", "month_start_day")}
    today = today_in(household.zone)
    example = Month(today.year, today.month, household.month_start_day)
    form = SettingsForm(request.POST or None, initial=now_set, example=example)
    if request.method == "POST" and form.is_valid():
        changed: list[str] = []
        if did(
            request,
            lambda: changed.extend(
                change_settings(household, **form.cleaned_data, actor=request.user, request=request)
            ),
        ):
            messages.success(request, "Saved." if changed else "Nothing was different, so nothing was changed.")
        return redirect("household:settings")
    context = {
        "form": form,
        "currency_name": CURRENCIES.get(household.currency, household.currency),
        "example": {"name": f"{example:%B %Y}", "days": example.days},
        "offer": open_offer(household, timezone.now()),
    }
    return render(request, "households/settings.html", context, status=422 if form.errors else 200)
