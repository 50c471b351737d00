"""Making somebody else the owner: offered by the one, accepted by the other."""

import datetime

from django.db import transaction
from django.http import HttpRequest

from apps.audit.actions import Action
from apps.audit.events import record
from apps.households import mails
from apps.households.errors import CannotOffer, OfferClosed
from apps.households.holding import hold, hold_as_owner
from apps.households.models import Household, Membership, OwnershipOffer
from apps.users.models import User

Role = Membership.Role
VALID_FOR = datetime.timedelta(days=7)
CLOSED = "This offer is not open any more: it was withdrawn or answered, or it is too old."


def offer(
    household: Household,
    membership_id: int,
    *,
    actor: User,
    now: datetime.datetime,
    answer_path: str,
    request: HttpRequest | None = None,
) -> OwnershipOffer:
    """Asks a member by mail, who answers at `answer_path` within `VALID_FOR`. Raises CannotOffer."""
    with transaction.atomic():
        held = hold_as_owner(household, actor)
        chosen = held.memberships.select_related("user").filter(pk=membership_id, role=Role.MEMBER).first()
        if chosen is None:
            raise CannotOffer("Only a member of the household can become its owner. Make them a member first.")
        if open_offer(held, now) is not None:
            raise CannotOffer("The household is offered to somebody already. Withdraw that offer first.")
        OwnershipOffer.objects.filter(household=held).delete()
        made = OwnershipOffer.objects.create(household=held, membership=chosen, expires_at=now + VALID_FOR)
        mails.send_ownership_offer(made, owner=str(actor), path=answer_path)
        record(Action.OWNERSHIP_OFFERED, actor=actor, person=chosen.user, household=held, request=request)
    return made


def open_offer(household: Household, now: datetime.datetime) -> OwnershipOffer | None:
    """The offer that waits for its answer, if there is one."""
    found = OwnershipOffer.objects.select_related("membership__user").filter(household=household, expires_at__gt=now)
    return found.first()


def withdraw(household: Household, *, actor: User, request: HttpRequest | None = None) -> None:
    """Takes the offer back. Raises OfferClosed."""
    with transaction.atomic():
        held = hold_as_owner(household, actor)
        found = OwnershipOffer.objects.select_related("membership__user").filter(household=held).first()
        if found is None:
            raise OfferClosed(CLOSED)
        found.delete()
        person = found.membership.user
        record(Action.OWNERSHIP_WITHDRAWN, actor=actor, person=person, household=held, request=request)


def decline(household: Household, *, person: User, now: datetime.datetime, request: HttpRequest | None = None) -> None:
    """Says no. Raises OfferClosed."""
    with transaction.atomic():
        held = hold(household)
        _offer_to(person, held, now).delete()
        owner = held.memberships.select_related("user").get(role=Role.OWNER)
        mails.tell_of_declined_offer(held, person=person, reader=owner.user)
        record(Action.OWNERSHIP_DECLINED, actor=person, household=held, request=request)


def accept(household: Household, *, person: User, now: datetime.datetime, request: HttpRequest | None = None) -> None:
    """Makes the person the owner, and the owner a member. Raises OfferClosed."""
    with transaction.atomic():
        held = hold(household)
        found = _offer_to(person, held, now)
        owner = held.memberships.select_related("user").get(role=Role.OWNER)
        # In this order: at no moment has the household two.
        held.memberships.filter(pk=owner.pk).update(role=Role.MEMBER)
        held.memberships.filter(pk=found.membership_id).update(role=Role.OWNER)
        found.delete()
        mails.tell_of_new_owner(held, person=person, reader=owner.user)
        record(Action.OWNERSHIP_ACCEPTED, actor=person, person=owner.user, household=held, request=request)


def _offer_to(person: User, household: Household, now: datetime.datetime) -> OwnershipOffer:
    found = open_offer(household, now)
    if found is None or found.membership.user_id != person.pk or found.membership.role != Role.MEMBER:
        raise OfferClosed(CLOSED)
    return found
