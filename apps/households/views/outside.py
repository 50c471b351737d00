"""A person's households, and the invitations to others."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import ExpectedError
from apps.households import joining
from apps.households.errors import InvitationClosed
from apps.households.models import Invitation
from apps.users.requests import SignedInRequest


@require_safe
def households(request: SignedInRequest) -> HttpResponse:
    """All of them, also those that are being set up, and whoever asks this person in."""
    own = request.user.memberships.select_related("household").order_by(Lower("household__name"), "pk")
    context = {"memberships": own, "invitations": joining.waiting_for(request.user, timezone.now())}
    return render(request, "households/list.html", context)


@require_safe
@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the mail leads to. It answers alike for a token that is unknown, used, withdrawn or too old."""
    found = joining.by_token(token)
    person = request.user if request.user.is_authenticated else None
    if found is None or not found.is_open(timezone.now()):
        if found is not None and person is not None and joining.has_joined(person, found):
            return redirect(found.household)
        raise InvitationClosed(joining.CLOSED)
    is_for = person is not None and joining.is_for(person, found.email)
    context = {"invitation": found, "is_for": is_for, "token": token, "here": request.path}
    return render(request, "households/invitation.html", context)


@require_POST
def accept(request: SignedInRequest, token: str) -> HttpResponse:
    return _join(request, joining.by_token(token))


@require_POST
def decline(request: SignedInRequest, token: str) -> HttpResponse:
    return _refuse(request, joining.by_token(token))


@require_POST
def accept_own(request: SignedInRequest, invitation_id: int) -> HttpResponse:
    """From the list of one's households, where the address that it was sent to is known to be one's own."""
    return _join(request, _own(request, invitation_id))


@require_POST
def decline_own(request: SignedInRequest, invitation_id: int) -> HttpResponse:
    return _refuse(request, _own(request, invitation_id))


def _own(request: SignedInRequest, invitation_id: int) -> Invitation | None:
    found = Invitation.objects.select_related("household").filter(pk=invitation_id).first()
    return found if found is not None and joining.is_for(request.user, found.email) else None


def _join(request: SignedInRequest, found: Invitation | None) -> HttpResponse:
    def deed(pk: int) -> HttpResponse:
        household = joining.accept(pk, person=request.user, now=timezone.now(), request=request)
        messages.success(request, f"Welcome to {household.name}.")
        return redirect(household)

    return _answer(request, found, deed)


def _refuse(request: SignedInRequest, found: Invitation | None) -> HttpResponse:
    def deed(pk: int) -> HttpResponse:
        household = joining.decline(pk, person=request.user, now=timezone.now(), request=request)
        messages.success(request, f"You declined the invitation to {household.name}.")
        return redirect("households:list")

    return _answer(request, found, deed)


def _answer(request: SignedInRequest, found: Invitation | None, deed: Callable[[int], HttpResponse]) -> HttpResponse:
    if found is None:
        raise InvitationClosed(joining.CLOSED)
    try:
        return deed(found.pk)
    except InvitationClosed:
        raise
    except ExpectedError as refused:
        messages.warning(request, str(refused))
        return redirect("households:list")
