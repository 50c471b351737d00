"""What the household is called, counts in, and when its day begins: its owner changes it, the others see it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.core.money import CURRENCIES
from apps.households.answers import did
from apps.households.changing import change_settings
from apps.households.forms import SettingsForm
from apps.households.handing_over import open_offer
from apps.households.requests import HouseholdRequest
from apps.households.rules import OWNER, VIEWER, allow


@allow(get=VIEWER, post=OWNER)
def settings(request: HouseholdRequest) -> HttpResponse:
    household = request.household
    now_set = {"name": household.name, "currency": household.currency, "time_zone": household.time_zone}
    form = SettingsForm(request.POST or None, initial=now_set)
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
        "offer": open_offer(household, timezone.now()),
    }
    return render(request, "households/settings.html", context, status=422 if form.errors else 200)
