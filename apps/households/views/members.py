"""Who belongs to the household, who is invited, and what its owner and its members do about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.households import inviting, keeping_members
from apps.households.addresses import reverse_outside
from apps.households.answers import did, refusal
from apps.households.forms import ROLES, InvitationForm, RoleForm
from apps.households.handing_over import open_offer
from apps.households.models import Membership
from apps.households.requests import HouseholdRequest
from apps.households.rules import OWNER, VIEWER, allow
from apps.households.seats import seat_limit, seats_left


@allow(get=VIEWER, post=OWNER)
def members(request: HouseholdRequest) -> HttpResponse:
    """The page, and the form on it that invites somebody."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        sentence = refusal(
            lambda: inviting.invite(request.household, **asked, actor=request.user, now=timezone.now(), request=request)
        )
        if not sentence:
            messages.success(request, f"The invitation to {asked['email']} is on its way. It is good for seven days.")
            return redirect("household:members")
        form.add_error("email", sentence)
    return render(request, "households/members.html", _context(request, form), status=422 if form.errors else 200)


@allow(post=OWNER, when_read_only=True)
def role(request: HouseholdRequest, membership_id: int) -> HttpResponse:
    found = keeping_members.existing(request.household, membership_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "A person in a household is its member or its viewer; nothing was changed.")
        return redirect("household:members")
    chosen = form.cleaned_data["role"]
    changed: list[Membership] = []
    if did(
        request,
        lambda: changed.append(
            keeping_members.change_role(request.household, found.pk, chosen, actor=request.user, request=request)
        ),
    ):
        messages.success(request, f"{changed[0].user} is a {chosen} now.")
    return redirect("household:members")


@allow(get=OWNER, post=OWNER, when_read_only=True)
def remove(request: HouseholdRequest, membership_id: int) -> HttpResponse:
    """Asks once, and ends the membership."""
    if request.method == "GET":
        found = keeping_members.existing(request.household, membership_id)
        return render(request, "households/remove.html", {"member": found})
    removed: list[Membership] = []
    if did(
        request,
        lambda: removed.append(
            keeping_members.remove(request.household, membership_id, actor=request.user, request=request)
        ),
    ):
        messages.success(request, f"{removed[0].user} does not belong to this household any more.")
    return redirect("household:members")


@allow(get=VIEWER, post=VIEWER, when_read_only=True)
def leave(request: HouseholdRequest) -> HttpResponse:
    """Asks once, and ends one's own membership."""
    if request.method == "GET":
        return render(request, "households/leave.html")
    name = request.household.name
    if not did(request, lambda: keeping_members.leave(request.household, person=request.user, request=request)):
        return redirect("household:members")
    messages.success(request, f"You have left {name}.")
    return redirect(reverse_outside("households:list"))


@allow(post=OWNER)
def send_again(request: HouseholdRequest, invitation_id: int) -> HttpResponse:
    if did(
        request,
        lambda: inviting.send_again(
            request.household, invitation_id, actor=request.user, now=timezone.now(), request=request
        ),
    ):
        messages.success(
            request, "A new invitation is on its way. The link in the earlier mail does not work any more."
        )
    return redirect("household:members")


@allow(post=OWNER, when_read_only=True)
def withdraw(request: HouseholdRequest, invitation_id: int) -> HttpResponse:
    if did(
        request,
        lambda: inviting.revoke(request.household, invitation_id, actor=request.user, request=request),
    ):
        messages.success(request, "The invitation is withdrawn, and its link does not work any more.")
    return redirect("household:members")


def _context(request: HouseholdRequest, form: InvitationForm) -> dict[str, object]:
    now, household = timezone.now(), request.household
    everybody = household.memberships.select_related("user").order_by("created_at", "pk")
    waiting = household.invitations.waiting().order_by("pk")
    return {
        "members": everybody,
        "invitations": [{"of": one, "is_open": one.is_open(now)} for one in waiting],
        "roles": ROLES,
        "form": form,
        "seats_left": seats_left(household, now=now),
        "seat_limit": seat_limit(household),
        "offer": open_offer(household, now),
    }
