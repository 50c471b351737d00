"""What plans say of themselves where they are offered, computed from their limits; no page knows a plan by name."""

from dataclasses import dataclass
from decimal import Decimal

from apps.plans.features import TO_COME, Feature
from apps.plans.models import Interval, Plan, Subscription, a_month_of
from apps.plans.subscribing import TRIAL

# Their limits say more.
_TOLD_BY_LIMITS = {Feature.MULTIPLE_ACCOUNTS, Feature.FAMILY_SHARING}
SEASONS = {Interval.MONTH: "a month", Interval.YEAR: "a year"}


@dataclass(frozen=True)
class Offer:
    """A plan at one interval's price."""

    plan: Plan
    interval: str
    kept_price: Decimal | None = None
    """What somebody goes on paying who came before the price was changed."""

    @classmethod
    def held(cls, subscription: Subscription) -> "Offer":
        """What a household has."""
        return cls(subscription.plan, subscription.interval, subscription.price)

    @property
    def price(self) -> Decimal:
        """In USD, for each `season`."""
        return self.plan.price(self.interval) if self.kept_price is None else self.kept_price

    @property
    def season(self) -> str:
        return SEASONS[Interval(self.interval)]

    @property
    def a_month(self) -> Decimal | None:
        """What a year's price comes to a month; None where the price is a month's already."""
        return a_month_of(self.price, self.interval) if self.interval == Interval.YEAR else None

    @property
    def saved(self) -> Decimal:
        """What a year's price saves against twelve months; 0 or less: nothing."""
        if self.interval != Interval.YEAR:
            return Decimal(0)
        return 12 * self.plan.price(Interval.MONTH) - self.price

    @property
    def has(self) -> list[str]:
        return what_it_has(self.plan)


def offers(interval: str) -> list[Offer]:
    """What can be bought, the smallest first."""
    return [Offer(plan, interval) for plan in Plan.objects.filter(is_offered=True).prefetch_related("flags")]


def asked_interval(value: str | None) -> str:
    """The interval that an address names; the month for whatever is none."""
    return Interval.YEAR if value == Interval.YEAR else Interval.MONTH


def what_it_has(plan: Plan) -> list[str]:
    """A plan's limits and features, each as a line of a list."""
    on = {flag.name: flag.title for flag in plan.flags.all() if flag.everyone is not False}
    lines = [
        _of_rows(plan.row_limit),
        _of_accounts(plan.account_limit if Feature.MULTIPLE_ACCOUNTS in on else 1),
        _of_people(plan.seat_limit if Feature.FAMILY_SHARING in on else 1),
    ]
    if plan.rate_factor > 1:
        lines.append(f"{_times(plan.rate_factor)} the imports, exports and reports within an hour")
    return lines + [title for name, title in on.items() if name not in _TOLD_BY_LIMITS | TO_COME]


def trial_in_words() -> str:
    """The sentence about what every household begins with."""
    plan = Plan.objects.get(code=Plan.TRIAL)
    rows = "as many transactions as you have" if plan.row_limit is None else f"up to {plan.row_limit:,} transactions"
    return f"Every household begins with {TRIAL.days} days free, without a card: {rows}, to see whether it is for you."


def _of_rows(limit: int | None) -> str:
    if limit is None:
        return "As many transactions as you have"
    return "One new transaction a month" if limit == 1 else f"{limit:,} new transactions a month"


def _of_accounts(limit: int | None) -> str:
    if limit is None:
        return "As many accounts as you want"
    return "One account" if limit == 1 else f"Up to {limit} accounts"


def _of_people(limit: int) -> str:
    return "For one person" if limit == 1 else f"For up to {limit} people"


def _times(factor: int) -> str:
    return {2: "Twice", 3: "Three times"}.get(factor, f"{factor} times")
