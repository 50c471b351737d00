"""Who belongs to the household, and as what."""

from django.db import transaction
from django.http import HttpRequest

from apps.audit.actions import Action
from apps.audit.events import record
from apps.households import mails
from apps.households.errors import MemberGone, OwnerStays
from apps.households.holding import hold, hold_as_owner
from apps.households.models import Household, Membership, OwnershipOffer
from apps.households.signals import becomes_viewer, membership_ends
from apps.users.models import User

Role = Membership.Role


def change_role(
    household: Household, membership_id: int, role: str, *, actor: User, request: HttpRequest | None = None
) -> Membership:
    """Makes a member a viewer, or the other way round. Raises OwnerStays or MemberGone."""
    with transaction.atomic():
        held = hold_as_owner(household, actor)
        membership = existing(held, membership_id)
        if membership.is_owner or role == Role.OWNER:
            raise OwnerStays("A household has one owner. To make it somebody else, hand the household over to them.")
        old, membership.role = membership.role, role
        if old == role:
            return membership
        membership.save(update_fields=["role"])
        if role != Role.MEMBER:
            OwnershipOffer.objects.filter(membership=membership).delete()
            becomes_viewer.send(Household, household=held, person=membership.user_id)
        told = {"old": old, "new": role}
        record(Action.ROLE_CHANGED, actor=actor, person=membership.user, household=held, request=request, **told)
    return membership


def remove(household: Household, membership_id: int, *, actor: User, request: HttpRequest | None = None) -> Membership:
    """Ends somebody's membership, from their next click on. Raises OwnerStays or MemberGone."""
    with transaction.atomic():
        held = hold_as_owner(household, actor)
        membership = existing(held, membership_id)
        if membership.is_owner:
            raise OwnerStays("The owner cannot be removed. Hand the household over to somebody else first.")
        membership_ends.send(Household, household=held, person=membership.user_id, is_own_wish=False)
        membership.delete()
        mails.tell_of_removal(held, reader=membership.user)
        told = {"role": membership.role}
        record(Action.MEMBER_REMOVED, actor=actor, person=membership.user, household=held, request=request, **told)
    return membership


def leave(household: Household, *, person: User, request: HttpRequest | None = None) -> None:
    """Ends one's own membership; for who has left already, there is nothing to do.

    Raises OwnerStays, or what a receiver of the signal raises.
    """
    with transaction.atomic():
        held = hold(household)
        membership = held.memberships.filter(user=person).first()
        if membership is None:
            return
        if membership.is_owner:
            raise OwnerStays("You are the owner, and a household has to have one. Hand it over to somebody else first.")
        membership_ends.send(Household, household=held, person=person.pk, is_own_wish=True)
        membership.delete()
        record(Action.MEMBER_LEFT, actor=person, household=held, request=request, role=membership.role)


def existing(household: Household, membership_id: int) -> Membership:
    """Somebody who belongs to the household. Raises MemberGone."""
    membership = household.memberships.select_related("user").filter(pk=membership_id).first()
    if membership is None:
        raise MemberGone("This person does not belong to this household any more, and nothing was changed.")
    return membership
