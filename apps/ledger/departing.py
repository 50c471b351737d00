"""What people left in the ledger who do not belong to the household any more, or who only look at it from now on.

Membership is on the people plane and ends there first. Nothing spans both planes, so what follows from it is not kept
as an order: it is read from what is there, and done again until there is nothing left.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from apps.households.models import Household, Membership
from apps.ledger import sharing, unassigning
from apps.ledger.models import Account, Transaction
from apps.tenancy.context import household_context


def settle(household: Household) -> None:
    """Makes the household's what they shared with it, and nobody's what they were to review."""
    with household_context(household):
        for person_id in _left_accounts(household):
            sharing.hand_over(person_id)
        for person_id in _left_reviews(household):
            unassigning.give_back(person_id)


def is_anything_left(household: Household) -> bool:
    """Call it in the open household, with nobody's eyes."""
    return bool(_left_accounts(household) or _left_reviews(household))


def _left_accounts(household: Household) -> set[int]:
    """Who is no member and has accounts that others see. What was private stays theirs."""
    owners = Account.objects.exclude(owner_id=None).exclude(visibility=Account.Visibility.PRIVATE)
    return _without(owners.values_list("owner_id", flat=True), household.memberships.all())


def _left_reviews(household: Household) -> set[int]:
    """Who may not write any more and has rows that wait for them."""
    waiting = Transaction.objects.filter(needs_review=True).exclude(assigned_to_id=None)
    writing = household.memberships.exclude(role=Membership.Role.VIEWER)
    return _without(waiting.order_by().values_list("assigned_to_id", flat=True).distinct(), writing)


def _without(people: Iterable[int | None], members: QuerySet[Membership]) -> set[int]:
    """Asked in this order: who has just joined cannot have left anything."""
    found = {person_id for person_id in people if person_id is not None}
    return found.difference(members.filter(user__in=found).values_list("user_id", flat=True)) if found else found
