"""Handing the household over: the owner's page, and the page of whoever is asked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.households import handing_over
from apps.households.answers import did
from apps.households.forms import OwnerForm
from apps.households.models import Membership
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, OWNER, allow
from apps.users.confirming import confirmed_recently


@allow(get=OWNER, post=OWNER, when_read_only=True)
@confirmed_recently
def offer(request: HouseholdRequest) -> HttpResponse:
    """Asks to whom, and mails them."""
    found = request.household.memberships.filter(role=Membership.Role.MEMBER)
    members = list(found.select_related("user").order_by("created_at"))
    form = OwnerForm(request.POST or None, members=members)
    if request.method == "POST" and form.is_valid():
        if did(request, lambda: _offer(request, int(form.cleaned_data["membership"]))):
            messages.success(request, "The offer is on its way. Until it is accepted, nothing changes.")
        return redirect("household:members")
    context = {
        "form": form,
        "members": members,
        "offer": handing_over.open_offer(request.household, timezone.now()),
    }
    return render(request, "households/ownership.html", context, status=422 if form.errors else 200)


@allow(post=OWNER, when_read_only=True)
def withdraw(request: HouseholdRequest) -> HttpResponse:
    if did(request, lambda: handing_over.withdraw(request.household, actor=request.user, request=request)):
        messages.success(request, "The offer is withdrawn. You stay the owner.")
    return redirect("household:members")


@allow(get=MEMBER)
def answer(request: HouseholdRequest) -> HttpResponse:
    """What the mail leads to. For all but the one who is asked, and after the answer, there is nothing to do here."""
    found = handing_over.open_offer(request.household, timezone.now())
    is_asked = found is not None and found.membership_id == request.membership.pk
    context = {"offer": found if is_asked else None, "owner": request.household.owner, "closed": handing_over.CLOSED}
    return render(request, "households/ownership_answer.html", context)


@allow(post=MEMBER, when_read_only=True)
def accept(request: HouseholdRequest) -> HttpResponse:
    if did(
        request,
        lambda: handing_over.accept(request.household, person=request.user, now=timezone.now(), request=request),
    ):
        messages.success(request, f"{request.household.name} is yours now.")
    return redirect("household:members")


@allow(post=MEMBER, when_read_only=True)
def decline(request: HouseholdRequest) -> HttpResponse:
    if did(
        request,
        lambda: handing_over.decline(request.household, person=request.user, now=timezone.now(), request=request),
    ):
        messages.success(request, "You said no, and nothing changes.")
    return redirect("household:members")


def _offer(request: HouseholdRequest, membership_id: int) -> None:
    handing_over.offer(
        request.household,
        membership_id,
        actor=request.user,
        now=timezone.now(),
        answer_path=reverse("household:ownership_answer"),
        request=request,
    )
