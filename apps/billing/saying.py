"""How a household's plan stands, in words: the same in the banner above the pages and on the page of the plan."""

import datetime
import zoneinfo
from dataclasses import dataclass

from django.utils import formats

from apps.core.contact import us
from apps.plans.entitlements import Entitlements
from apps.plans.holding import last_day
from apps.plans.models import Subscription
from apps.plans.standing import GRACE, Standing, what_ended

CALM_DAYS = 3
"""An end that is further away than this is told in passing."""


@dataclass(frozen=True)
class Said:
    """What is to be told of a plan, beside its name."""

    what: str
    """A sentence: how it stands."""
    then: str
    """A sentence: what follows from it, or what to do. May be empty."""
    deed: str = ""
    """The owner's next step, as a button says it."""
    tone: str = "info"
    """info, warning, error"""

    @property
    def is_urgent(self) -> bool:
        """Whether it is told on every page, and not only where it is looked for."""
        return self.tone != "info"


def said(entitlements: Entitlements, zone: zoneinfo.ZoneInfo) -> Said | None:
    """What is to be told at the moment of the entitlements; None for a plan that simply goes on."""
    tell = {
        Standing.TRIAL: _of_trial,
        Standing.GRACE: _of_grace,
        Standing.ACTIVE: _of_cancelled,
        Standing.COMPED: _of_present,
        Standing.READ_ONLY: _of_read_only,
        Standing.SUSPENDED: _of_read_only,
    }
    return tell[entitlements.standing](entitlements, zone)


def day(moment: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """The household's day of a moment, as people say it."""
    return formats.date_format(moment.astimezone(zone).date(), "j F Y")


def days_left(until: datetime.datetime, entitlements: Entitlements, zone: zoneinfo.ZoneInfo) -> int:
    """How many days of the household's calendar lie between now and then; 0 on the last one.

    What ends at midnight has its end on the day before.
    """
    last = (until - datetime.timedelta(microseconds=1)).astimezone(zone).date()
    return (last - entitlements.now.astimezone(zone).date()).days


def _of_trial(entitlements: Entitlements, zone: zoneinfo.ZoneInfo) -> Said:
    ends_at = entitlements.subscription.trial_ends_at
    left = days_left(ends_at, entitlements, zone)
    what = f"{left} days left of the trial." if left > 1 else _soon("The trial ends", left)
    ends = f"It ends on {last_day(ends_at, zone)}; nothing is charged."
    if left > CALM_DAYS:
        return Said(what, ends, "Choose a plan")
    then = "After that everything can be read and exported, and nothing added until there is a plan."
    return Said(what, f"{ends} {then}" if left > 1 else then, "Choose a plan", "warning")


def _of_grace(entitlements: Entitlements, zone: zoneinfo.ZoneInfo) -> Said:
    since, cancels_at = entitlements.subscription.past_due_since, entitlements.subscription.cancels_at
    assert since is not None  # or it were no grace
    until = min(since + GRACE, cancels_at or since + GRACE)
    then = f"Everything goes on as before until {last_day(until, zone)}, so that it can be put right."
    return Said("The last payment failed.", then, "Put it right", "error")


def _of_cancelled(entitlements: Entitlements, zone: zoneinfo.ZoneInfo) -> Said | None:
    ends_at = entitlements.subscription.cancels_at
    if ends_at is None:
        return None
    left = days_left(ends_at, entitlements, zone)
    what = f"The plan {entitlements.plan} is cancelled and ends on {last_day(ends_at, zone)}."
    then = "Until then everything works. After that everything can still be read and exported."
    return Said(what, then, "Keep the plan", "info" if left > CALM_DAYS else "warning")


def _of_present(entitlements: Entitlements, zone: zoneinfo.ZoneInfo) -> Said:
    subscription = entitlements.subscription
    until, ends_at = subscription.comped_until, subscription.cancels_at
    how_long = f" until {last_day(until, zone)}" if until else ""
    then, paid = "Nothing is charged for it.", subscription.plan
    if subscription.is_paying and ends_at:
        then += f" The plan {paid} that the household pays for is cancelled and ends on {last_day(ends_at, zone)}."
    elif subscription.is_paying:
        then += f" Beside it the household still pays for the plan {paid}, until that is cancelled."
    return Said(f"The plan {entitlements.plan} is a present of ours{how_long}.", then)


def _of_read_only(entitlements: Entitlements, _zone: zoneinfo.ZoneInfo) -> Said:
    subscription, can = entitlements.subscription, "Everything can be read and exported"
    what = what_ended(subscription)
    if entitlements.standing == Standing.SUSPENDED:
        return Said(what, f"{can}; please write to {us()} about the rest.", tone="error")
    if subscription.state == Subscription.State.PAST_DUE:
        return Said(what, f"{can}, and nothing added or changed until they are paid.", "Put it right", "warning")
    return Said(what, f"{can}, and nothing added or changed until it has a plan again.", "Choose a plan", "warning")


def _soon(what: str, days: int) -> str:
    return f"{what} {'today' if days <= 0 else 'tomorrow'}."
