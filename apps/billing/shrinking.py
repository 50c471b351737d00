"""What a smaller plan has no room for. It becomes read-only, or waits; nothing of it is deleted."""

from collections.abc import Collection
from dataclasses import dataclass

from apps.households.models import Household
from apps.ledger import freezing
from apps.ledger.models import Account
from apps.plans import metering
from apps.plans.entitlements import Limited
from apps.plans.models import Plan


@dataclass(frozen=True)
class Choice:
    """One of the accounts that could stay in use."""

    account: Account
    stays: bool


@dataclass(frozen=True)
class Shrinking:
    """What a household has beyond a plan's limits; 0: nothing."""

    account_limit: int | None
    """The plan's."""
    accounts: int
    people: int
    rows: int

    @property
    def is_over(self) -> bool:
        return bool(self.accounts or self.people or self.rows)


def shrinking(household: Household, plan: Plan) -> Shrinking:
    """Call it in the open household."""
    then = household.entitlements.under(plan)
    account_limit = then.limit(Limited.ACCOUNTS)
    return Shrinking(
        account_limit,
        accounts=freezing.preview(account_limit).count,
        people=_beyond(then.limit(Limited.SEATS), household.memberships.count()),
        rows=_beyond(then.limit(Limited.ROWS), _rows_of_month(household)),
    )


def choices(limit: int | None, kept: Collection[int] | None) -> list[Choice]:
    """The accounts that the reader sees; `kept` are those that were ticked, None: those that stay if nobody chooses."""
    frozen = {account.pk for account in freezing.preview(limit).accounts}
    return [
        Choice(account, account.pk in kept if kept is not None else account.pk not in frozen)
        for account in Account.objects.filter(archived_at=None)
    ]


def _beyond(limit: int | None, count: int) -> int:
    return 0 if limit is None else max(0, count - limit)


def _rows_of_month(household: Household) -> int:
    """What came in during a trial counts for the trial alone."""
    entitlements, zone = household.entitlements, household.zone
    is_trial = metering.period(entitlements, zone) == metering.TRIAL
    return 0 if is_trial else metering.used(entitlements, zone)
