"""Offering somebody a place in the household by mail: what the owner does."""

import datetime
import hashlib
import secrets

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from apps.audit.actions import Action
from apps.audit.events import record
from apps.households import mails
from apps.households.errors import CannotInvite, InvitationClosed, NoSeatLeft
from apps.households.holding import hold_as_owner
from apps.households.models import Household, Invitation
from apps.households.seats import seat_limit, seats_left
from apps.plans.features import Feature
from apps.users.models import User

VALID_FOR = datetime.timedelta(days=7)
TOKEN_BYTES = 32


def hashed(token: str) -> str:
    """What is kept of a token; it is long and random, so that one plain round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    household: Household,
    *,
    email: str,
    role: str,
    actor: User,
    now: datetime.datetime,
    request: HttpRequest | None = None,
) -> Invitation:
    """Mails a link that is good for `VALID_FOR`, once. Raises CannotInvite, FeatureMissing or NoSeatLeft."""
    email, token = email.strip().lower(), secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        held = hold_as_owner(household, actor)
        _check_stranger(held, email, actor)
        waiting = held.invitations.waiting().filter(email=email)
        if waiting.open(now).exists():
            raise CannotInvite(f"{email} is invited already. If the mail got lost, send it again from the list.")
        _check_seat(held, now)
        waiting.delete()
        invitation = held.invitations.create(
            email=email, role=role, invited_by=actor, token_hash=hashed(token), expires_at=now + VALID_FOR
        )
        mails.send_invitation(invitation, token)
        # Without the address: the log forgets nothing, and whom it names may want nothing of us.
        told = {"invitation": invitation.pk, "role": role}
        record(Action.INVITED, actor=actor, household=held, request=request, **told)
    return invitation


def send_again(
    household: Household, invitation_id: int, *, actor: User, now: datetime.datetime, request: HttpRequest | None = None
) -> Invitation:
    """Mails a new link, after which the old one is dead. Raises InvitationClosed, FeatureMissing or NoSeatLeft."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        held = hold_as_owner(household, actor)
        invitation = _waiting(held, invitation_id)
        if not invitation.is_open(now):
            # In the meantime its seat may have gone to somebody else.
            _check_seat(held, now)
        invitation.token_hash, invitation.expires_at, invitation.invited_by = hashed(token), now + VALID_FOR, actor
        invitation.save(update_fields=["token_hash", "expires_at", "invited_by"])
        mails.send_invitation(invitation, token)
        record(Action.INVITATION_SENT_AGAIN, actor=actor, household=held, request=request, invitation=invitation.pk)
    return invitation


def revoke(household: Household, invitation_id: int, *, actor: User, request: HttpRequest | None = None) -> Invitation:
    """Takes the invitation back: its link is as good as any other that does not exist. Raises InvitationClosed."""
    with transaction.atomic():
        held = hold_as_owner(household, actor)
        invitation = _waiting(held, invitation_id)
        record(Action.INVITATION_REVOKED, actor=actor, household=held, request=request, invitation=invitation.pk)
        invitation.delete()
    return invitation


def _waiting(household: Household, invitation_id: int) -> Invitation:
    invitation = household.invitations.waiting().filter(pk=invitation_id).first()
    if invitation is None:
        raise InvitationClosed("This invitation is not open any more: it was accepted, declined or withdrawn.")
    return invitation


def _check_stranger(household: Household, email: str, actor: User) -> None:
    theirs = Q(email=email) | Q(emailaddress__email__iexact=email, emailaddress__verified=True)
    found = User.objects.filter(theirs, memberships__household=household).first()
    if found == actor:
        raise CannotInvite("That is your own address, and you belong to this household already.")
    if found is not None:
        raise CannotInvite(f"{email} belongs to this household already.")


def _check_seat(household: Household, now: datetime.datetime) -> None:
    if not seats_left(household, now=now):
        household.entitlements.require(Feature.FAMILY_SHARING)
        most = seat_limit(household)
        if most == 1:
            raise NoSeatLeft(f"The plan {household.entitlements.plan} is for one person.")
        raise NoSeatLeft(
            f"All {most} seats of this household are taken; open invitations count. "
            "Remove somebody or withdraw an invitation first."
        )
