"""The first page after sign-in: into one's household, or making one; and making another."""

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from apps.households.forms import HouseholdForm
from apps.households.joining import waiting_for
from apps.households.models import Household, new_public_id
from apps.onboarding.opening import open_household
from apps.users.models import User
from apps.users.requests import SignedInRequest

PAGE_GOOD_FOR = 24 * 3600  # seconds


@require_http_methods(["GET", "POST"])
def start(request: SignedInRequest) -> HttpResponse:
    """Sends a person to their household; who has none sees who asks them in, or names one here.

    A double click makes one household.
    """
    own = _own(request)
    if own is not None and own.is_ready:
        return HttpResponseClientRedirect(own.get_absolute_url()) if request.htmx else redirect(own)
    if own is not None:
        return render(request, "onboarding/preparing.html", {"household": own})
    if request.method == "GET":
        if waiting_for(request.user, timezone.now()).exists():
            return redirect("households:list")
        suggested = {"name": f"{request.user.get_short_name()}'s household"[:80]}
        return render(request, "onboarding/start.html", {"form": HouseholdForm(initial=suggested)})
    form = HouseholdForm(request.POST)
    if not form.is_valid():
        return render(request, "onboarding/start.html", {"form": form}, status=422)
    with transaction.atomic():
        # The second of two clicks waits here for the first, and then finds its household.
        person = _held(request.user)
        if not person.memberships.exists():
            open_household(owner=person, **form.cleaned_data)
    return redirect("onboarding:start")


@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """One more household. The page holds the id that it will have, so that a form sent twice opens one."""
    signer = signing.TimestampSigner(salt=f"a household of {request.user.pk}")
    form = HouseholdForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            public_id = signer.unsign(request.POST.get("key", ""), max_age=PAGE_GOOD_FOR)
        except signing.BadSignature:
            messages.warning(request, "This page was open for too long. Nothing was opened; please send it again.")
        else:
            with transaction.atomic():
                person = _held(request.user)
                if not Household.objects.filter(public_id=public_id).exists():
                    open_household(owner=person, public_id=public_id, **form.cleaned_data)
            return redirect(Household.objects.get(public_id=public_id))
    context = {"form": form, "key": signer.sign(new_public_id()), "is_another": True}
    return render(request, "onboarding/start.html", context, status=200 if request.method == "GET" else 422)


def _own(request: SignedInRequest) -> Household | None:
    """The household that the address names, else the first that is ready, else the first."""
    own = list(Household.objects.filter(memberships__user=request.user).order_by("-is_ready", "pk"))
    asked = [household for household in own if household.public_id == request.GET.get("household")]
    return next(iter(asked + own), None)


def _held(person: User) -> User:
    return User.objects.select_for_update().get(pk=person.pk)
