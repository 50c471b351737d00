"""The first page after sign-in: into one's household, or making one."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from apps.households.models import Household
from apps.onboarding.forms import HouseholdForm
from apps.onboarding.opening import open_household
from apps.users.models import User


class SignedInRequest(HttpRequest):
    """A request past LoginRequiredMiddleware."""

    user: User
    htmx: HtmxDetails


@require_http_methods(["GET", "POST"])
def start(request: SignedInRequest) -> HttpResponse:
    """Sends a person to their household; who has none names one here. A double click makes one."""
    own = Household.objects.filter(memberships__user=request.user).order_by("pk").first()
    if own is not None and own.is_ready:
        return HttpResponseClientRedirect(own.get_absolute_url()) if request.htmx else redirect(own)
    if own is not None:
        return render(request, "onboarding/preparing.html", {"household": own})
    if request.method == "GET":
        suggested = {"name": f"{request.user.get_short_name()}'s household"[:80]}
        return render(request, "onboarding/start.html", {"form": HouseholdForm(initial=suggested)})
    form = HouseholdForm(request.POST)
    if not form.is_valid():
        return render(request, "onboarding/start.html", {"form": form}, status=422)
    with transaction.atomic():
        # The second of two clicks waits here for the first, and then finds its household.
        person = User.objects.select_for_update().get(pk=request.user.pk)
        if not person.memberships.exists():
            open_household(owner=person, **form.cleaned_data)
    return redirect("onboarding:start")
