"""What a household may do: one small question, the same answer in pages, jobs, the staff's site and the API."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.utils.text import get_text_list

from apps.core.contact import us
from apps.core.errors import ExpectedError
from apps.plans.features import Feature, Said
from apps.plans.models import Flag, Plan, Subscription
from apps.plans.standing import Standing, plan_in_force, standing, why_read_only
from apps.users.models import User


class Limited(TextChoices):
    """What plans have limits for."""

    ROWS = "rows"
    ACCOUNTS = "accounts"
    SEATS = "seats"


# What the plan counts, and the feature without which there is one of it, whatever the plan counts.
_MORE_THAN_ONE = {Limited.ACCOUNTS: Feature.MULTIPLE_ACCOUNTS, Limited.SEATS: Feature.FAMILY_SHARING}


class NotInPlan(ExpectedError):
    """What was asked for is more than the household's plan has."""


def in_accounts(limit: int | None) -> str:
    """How many accounts that is: "10 accounts"."""
    return "as many accounts as you like" if limit is None else "1 account" if limit == 1 else f"{limit} accounts"


@dataclass(frozen=True)
class Missing:
    """A feature that a household does not have, in words for its people."""

    title: str
    told: str
    why: str
    is_sold: bool
    """Whether another plan would bring it."""


class FeatureMissing(NotInPlan, PermissionDenied):
    """A feature was asked for that is not on. A page answers 403 with what it is and which plan has it."""

    def __init__(self, missing: Missing) -> None:
        self.missing = missing
        super().__init__(f"“{missing.title}” is not switched on for you. {missing.why}")


@dataclass(frozen=True)
class Entitlements:
    """Of one household at one moment; kept with the household's object, which lives as long as a request or a job."""

    subscription: Subscription
    now: datetime.datetime

    @cached_property
    def plan(self) -> Plan:
        return plan_in_force(self.subscription, self.now)

    @cached_property
    def standing(self) -> Standing:
        return standing(self.subscription, self.now)

    @property
    def may_write(self) -> bool:
        """Whether anything may be added or changed. Reading and exporting may always go on."""
        return self.standing.may_write

    @property
    def why_read_only(self) -> str:
        return why_read_only(self.subscription)

    @property
    def room_for_accounts(self) -> str:
        return in_accounts(self.limit(Limited.ACCOUNTS))

    @property
    def why_frozen(self) -> str:
        """The sentence for who wants to change an account that the plan has no room for."""
        return (
            f"This account is read-only, for your plan {self.plan} has room for {self.room_for_accounts}. Nothing was "
            "changed. The household’s owner chooses under Accounts which stay active, or another plan on the page of "
            "the plan, in the settings."
        )

    def limit(self, what: str) -> int | None:
        """The most that the plan has; None: as many as wanted."""
        limits: dict[str, int | None] = {
            Limited.ROWS: self.plan.row_limit,
            Limited.ACCOUNTS: self.plan.account_limit,
            Limited.SEATS: self.plan.seat_limit,
        }
        most = limits[what]
        feature = _MORE_THAN_ONE.get(Limited(what))
        return 1 if feature and most != 1 and not self.has(feature) else most

    def under(self, plan: Plan) -> "Entitlements":
        """What the household could do if it paid for that plan."""
        paid = Subscription(household_id=self.subscription.household_id, plan=plan, state=Subscription.State.ACTIVE)
        return Entitlements(paid, self.now)

    def allows(self, what: str, count: int) -> bool:
        """Whether the plan has room for so many in all (rows: in the period that `metering` counts)."""
        limit = self.limit(what)
        return limit is None or count <= limit

    @cached_property
    def _flags(self) -> dict[str, Said]:
        return Flag.said_of(household_id=self.subscription.household_id, plan_id=self.plan.pk)

    def has(self, feature: str, person: User | None = None) -> bool:
        """Whether the feature is on for the household, or for this member of it. Raises ValueError for an unknown one.

        Flags are read once, when the first is asked for: staff's changes are seen by the next request or job.
        """
        said = self._flags.get(Feature(feature))
        return said is not None and said.is_on(person.pk if person else None)

    def require(self, feature: str, person: User | None = None) -> None:
        """Raises FeatureMissing if the feature is not on."""
        if not self.has(feature, person):
            raise FeatureMissing(self.missing(feature))

    def missing(self, feature: str) -> Missing:
        """What is told of a feature that is not on here."""
        flag = Flag.objects.get(name=Feature(feature))
        said = self._flags[flag.name]
        if said.everyone is False:
            return Missing(flag.title, flag.told, "It is switched off for everybody at the moment.", is_sold=False)
        if said.is_off_here:
            why = f"It is switched off for this household; please write to {us()} if you need it."
            return Missing(flag.title, flag.told, why, is_sold=False)
        plans = [plan.name for plan in flag.plans.filter(is_offered=True)]
        comes_with = f"It comes with {get_text_list(plans, 'and')}" if plans else "No plan has it yet"
        return Missing(flag.title, flag.told, f"{comes_with}; your plan is {self.plan}.", is_sold=bool(plans))
