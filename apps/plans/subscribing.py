"""What becomes of a household's subscription: each change is one row written, one change noted, one audit event."""

import datetime
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from apps.audit.actions import Action
from apps.audit.events import record
from apps.plans.holding import held
from apps.plans.models import Plan, Subscription, SubscriptionChange
from apps.tenancy.context import HouseholdLike

State, Kind = Subscription.State, SubscriptionChange.Kind
TRIAL = datetime.timedelta(days=14)


@dataclass(frozen=True)
class Snapshot:
    """What the payment provider said of a subscription at one moment."""

    as_of: datetime.datetime
    plan: Plan
    state: str
    interval: str
    stripe_id: str
    period_ends_at: datetime.datetime | None = None
    cancels_at: datetime.datetime | None = None
    past_due_since: datetime.datetime | None = None
    ended_at: datetime.datetime | None = None
    began_at: datetime.datetime | None = None
    """The first time of all; we may hear of it only when it has ended."""
    price: Decimal | None = None
    """In USD for each interval: one of before the last change of prices stays. None: the plan's of now."""


def begin_trial(household: HouseholdLike, *, now: datetime.datetime) -> Subscription:
    """The first thing that a household has."""
    plan = Plan.objects.get(code=Plan.TRIAL)
    made = Subscription.objects.create(household=household, plan=plan, trial_ends_at=now + TRIAL)  # type: ignore[misc]
    _note(made, Kind.TRIAL_BEGAN, plan_before=None, a_month_before=Decimal(0), at=now)
    return made


def apply(household: HouseholdLike, snapshot: Snapshot, *, actor: str = "stripe") -> list[str]:
    """Makes our row say what the provider said, unless it has said something later. Returns the kinds of change."""
    with held(household) as row:
        if row.as_of is not None and snapshot.as_of < row.as_of:
            return []
        before = copy(row)
        row.plan, row.state, row.interval = snapshot.plan, snapshot.state, snapshot.interval
        row.price, row.stripe_id, row.as_of = snapshot.price, snapshot.stripe_id, snapshot.as_of
        row.period_ends_at, row.cancels_at = snapshot.period_ends_at, snapshot.cancels_at
        row.past_due_since, row.ended_at = snapshot.past_due_since, snapshot.ended_at
        if row.began_paying_at is None:
            row.began_paying_at = snapshot.began_at or (snapshot.as_of if row.is_paying else None)
        row.save()
        kinds = _kinds(before, row)
        for kind in kinds:
            _note(row, kind, plan_before=before.plan, a_month_before=before.a_month, at=snapshot.as_of)
            record(
                Action.SUBSCRIPTION_CHANGED,
                actor=actor,
                household=household,
                kind=Kind(kind).label,
                plan=row.plan.name,
                interval=row.interval,
            )
    return kinds


def _kinds(before: Subscription, after: Subscription) -> list[str]:
    """What changed from the one to the other, in the order in which it is told."""
    was, is_ = before.is_paying, after.is_paying
    kinds: list[str] = []
    if is_ and not was:
        kinds.append(Kind.CAME_BACK if before.state == State.ENDED and before.began_paying_at else Kind.BEGAN)
    elif was and not is_:
        kinds.append(Kind.ENDED)
    elif is_ and (before.plan_id, before.interval) != (after.plan_id, after.interval):
        kinds.append(Kind.PLAN_CHANGED)
    if is_:
        if after.state == State.PAST_DUE and before.state != State.PAST_DUE:
            kinds.append(Kind.PAYMENT_FAILED)
        elif was and before.state == State.PAST_DUE and after.state == State.ACTIVE:
            kinds.append(Kind.RECOVERED)
        if after.cancels_at and not before.cancels_at:
            kinds.append(Kind.CANCELLED)
        elif was and before.cancels_at and not after.cancels_at:
            kinds.append(Kind.RESUMED)
    return kinds


def _note(
    subscription: Subscription, kind: str, *, plan_before: Plan | None, a_month_before: Decimal, at: datetime.datetime
) -> None:
    SubscriptionChange.objects.create(
        household_id=subscription.household_id,
        kind=kind,
        at=at,
        plan_before=plan_before,
        plan=subscription.plan,
        interval=subscription.interval,
        a_month_before=a_month_before,
        a_month=subscription.a_month,
    )
