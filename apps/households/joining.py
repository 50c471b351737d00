"""Answering an invitation: what the person does whom it was sent to."""

import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from apps.audit.actions import Action
from apps.audit.events import record
from apps.households import mails
from apps.households.errors import AnotherAddress, InvitationClosed, NoSeatLeft
from apps.households.holding import hold
from apps.households.inviting import hashed
from apps.households.models import Household, Invitation, InvitationQuerySet, Membership
from apps.households.seats import seat_limit
from apps.users.models import User

CLOSED = (
    "This invitation cannot be used: it is unknown, too old, withdrawn, or was used already. "
    "Ask whoever invited you to send it again."
)


def by_token(token: str) -> Invitation | None:
    """The invitation that the link names, whatever has become of it."""
    found = Invitation.objects.select_related("household", "invited_by")
    return found.filter(token_hash=hashed(token)).first()


def is_for(person: User, email: str) -> bool:
    """Whether the address is the person's, and they have shown it."""
    return email.lower() in _shown(person)


def waiting_for(person: User, now: datetime.datetime) -> InvitationQuerySet:
    """The open invitations to the person's verified addresses."""
    waiting = Invitation.objects.open(now).filter(email__in=_shown(person)).exclude(household__memberships__user=person)
    return waiting.select_related("household", "invited_by").order_by("pk")


def _shown(person: User) -> set[str]:
    """The addresses at which the person has answered a mail."""
    shown = EmailAddress.objects.filter(user_id=person.pk, verified=True)
    return {email.lower() for email in shown.values_list("email", flat=True)}


def has_joined(person: User, invitation: Invitation) -> bool:
    """Whether it was this person who accepted it, and they still belong."""
    return invitation.accepted_by_id == person.pk and invitation.household.memberships.filter(user=person).exists()


def accept(
    invitation_id: int, *, person: User, now: datetime.datetime, request: HttpRequest | None = None
) -> Household:
    """Makes the person a member, once. Raises InvitationClosed, AnotherAddress or NoSeatLeft."""
    with transaction.atomic():
        invitation = _held(invitation_id)
        household = invitation.household
        if has_joined(person, invitation):
            return household
        if not invitation.is_open(now):
            raise InvitationClosed(CLOSED)
        _check_address(person, invitation)
        membership = household.memberships.filter(user=person).first()
        if membership is None:
            if household.memberships.count() >= seat_limit(household):
                raise NoSeatLeft("All seats of this household are taken by now. Ask its owner to make room for you.")
            membership = household.memberships.create(user=person, role=invitation.role)
            _tell_of(person, invitation)
        invitation.accepted_at, invitation.accepted_by = now, person
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        # Whoever belonged already stays what they were.
        role = str(membership.role)
        record(Action.INVITATION_ACCEPTED, actor=person, household=household, request=request, role=role)
    return household


def _tell_of(person: User, invitation: Invitation) -> None:
    """Tells the owner, and whoever invited them if that was another one who still belongs."""
    asked = Q(role=Membership.Role.OWNER) | Q(user=invitation.invited_by_id)
    for membership in invitation.household.memberships.select_related("user").filter(asked):
        mails.tell_of_new_member(
            invitation.household,
            person=person,
            invited_as=invitation.email,
            role=invitation.role,
            reader=membership.user,
        )


def decline(
    invitation_id: int, *, person: User, now: datetime.datetime, request: HttpRequest | None = None
) -> Household:
    """Frees the seat. Raises InvitationClosed or AnotherAddress."""
    with transaction.atomic():
        invitation = _held(invitation_id)
        if not invitation.is_open(now):
            raise InvitationClosed(CLOSED)
        _check_address(person, invitation)
        household = invitation.household
        invitation.delete()
        record(Action.INVITATION_DECLINED, actor=person, household=household, request=request)
    return household


def _held(invitation_id: int) -> Invitation:
    """The invitation as it is once its household is held. Raises InvitationClosed."""
    household = Household.objects.filter(invitations=invitation_id).first()
    if household is None:
        raise InvitationClosed(CLOSED)
    held = hold(household)
    invitation = held.invitations.filter(pk=invitation_id).first()
    if invitation is None:
        raise InvitationClosed(CLOSED)
    return invitation


def _check_address(person: User, invitation: Invitation) -> None:
    if not is_for(person, invitation.email):
        raise AnotherAddress(f"This invitation was sent to {invitation.email}. Sign in with that address to accept it.")
