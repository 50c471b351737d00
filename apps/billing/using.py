"""What a household uses of what its plan has."""

from dataclasses import dataclass
from decimal import Decimal

from apps.households.models import Household
from apps.ledger.account_limit import active_count
from apps.plans import metering
from apps.plans.entitlements import Limited

NEARLY = 80
"""Per cent of a limit from which on it is said to be near."""


@dataclass(frozen=True)
class Use:
    """One limited thing: how much of it is used, and how that is told."""

    name: str
    count: int
    limit: int | None
    of_what: str
    """What is counted, after the figures: “came in this November”."""
    note: str = ""

    @property
    def percent(self) -> Decimal:
        """How far the bar goes; 0 where there is no limit."""
        return min(Decimal(100), Decimal(100) * self.count / self.limit) if self.limit else Decimal(0)

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.count > self.limit

    @property
    def tone(self) -> str:
        """warn, bad, or nothing to say."""
        if self.limit is None:
            return ""
        return "bad" if self.is_over else "warn" if self.percent >= NEARLY and self.limit > 1 else ""


def uses(household: Household) -> list[Use]:
    """Rows of this period, accounts and people."""
    return [_rows(household), _accounts(household), _people(household)]


def _rows(household: Household) -> Use:
    entitlements, zone = household.entitlements, household.zone
    room = metering.room(entitlements, zone)
    anew = room.renews_on
    note = "Nothing more can come in during the trial." if room.left == 0 else ""
    if anew:
        note = f"{'Nothing more can come in until' if room.left == 0 else 'Counted anew from'} 1 {anew:%B}."
    return Use(
        name="Transactions",
        count=metering.used(entitlements, zone),
        limit=entitlements.limit(Limited.ROWS),
        of_what=f"came in this {entitlements.now.astimezone(zone):%B}" if anew else "came in during the trial",
        note=note,
    )


def _accounts(household: Household) -> Use:
    count, limit = active_count(), household.entitlements.limit(Limited.ACCOUNTS)
    beyond = max(0, count - limit) if limit is not None else 0
    return Use(
        name="Accounts",
        count=count,
        limit=limit,
        of_what="in use",
        note=f"{beyond} of them can only be read." if beyond else "Archived ones do not count.",
    )


def _people(household: Household) -> Use:
    members = household.memberships.count()
    invited = household.invitations.open(household.entitlements.now).count()
    limit = household.entitlements.limit(Limited.SEATS)
    told = [f"{invited} of them invited and not here yet."] if invited else []
    if limit is not None and members + invited > limit:
        told.append("Everybody stays; nobody else can be invited.")
    return Use(
        name="People",
        count=members + invited,
        limit=limit,
        of_what="seat taken" if limit == 1 else "seats taken",
        note=" ".join(told),
    )
