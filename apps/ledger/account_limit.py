"""How many accounts the household may have: those that are not in the archive, whoever sees them, count."""

from apps.households.opened import opened_household
from apps.ledger.models import Account, Revision
from apps.plans.entitlements import Entitlements, Limited, NotInPlan
from apps.tenancy.context import seeing_every_account


class AccountLimitReached(NotInPlan):
    """One more account than the plan has room for."""

    def __init__(self, entitlements: Entitlements) -> None:
        super().__init__(
            f"Your plan {entitlements.plan} has room for {entitlements.room_for_accounts}, and nothing was changed. "
            "Archive an account that you do not need any more, or choose a plan with more on the page of your plan, in "
            "the settings."
        )


def active_count() -> int:
    """How many accounts count, those that are kept from the person included."""
    with seeing_every_account():
        return Account.objects.filter(archived_at=None).count()


def room_for_more() -> bool:
    """Whether another account may be added, as far as a page can tell beforehand."""
    return opened_household().entitlements.allows(Limited.ACCOUNTS, active_count() + 1)


def refuse_too_many(*, before: int = 0) -> None:
    """Raises AccountLimitReached if there are more accounts than the plan has room for, and more than `before`.

    Call it at the end of a deed that added one or took one out of the archive. It holds the version of the data, so
    that of several at once each counts what the ones before it have committed.
    """
    Revision.hold()
    count, entitlements = active_count(), opened_household().entitlements
    if count > before and not entitlements.allows(Limited.ACCOUNTS, count):
        raise AccountLimitReached(entitlements)
