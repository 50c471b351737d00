"""How a household stands at a moment: computed from its subscription's row and the time, by nothing else.

So a trial, a period of grace or a present of ours ends at its time, whether or not any job runs.
"""

import datetime

from django.db.models import Case, CharField, F, Q, TextChoices, Value, When

from apps.core.contact import us
from apps.plans.models import Plan, Subscription

State = Subscription.State
GRACE = datetime.timedelta(days=14)
"""For so long after a payment failed everything goes on as before."""


class Standing(TextChoices):
    COMPED = "comped", "A present of ours"
    ACTIVE = "active", "Paid"
    TRIAL = "trial", "On trial"
    GRACE = "grace", "Payment failed"
    READ_ONLY = "read_only", "Read-only"
    SUSPENDED = "suspended", "Suspended"

    @property
    def may_write(self) -> bool:
        return self not in {Standing.READ_ONLY, Standing.SUSPENDED}


def standing(subscription: Subscription, now: datetime.datetime) -> Standing:
    """How the household of this subscription stands at `now`."""
    if subscription.suspended_at is not None:
        return Standing.SUSPENDED
    return Standing.COMPED if _has_present(subscription, now) else _without_present(subscription, now)


def plan_in_force(subscription: Subscription, now: datetime.datetime) -> Plan:
    """What is paid for or tried, or a present of ours: of the two the larger where both are there."""
    present = subscription.comped_plan if _has_present(subscription, now) else None
    return present or subscription.plan


def _has_present(subscription: Subscription, now: datetime.datetime) -> bool:
    """Whether a present counts: not for who pays for a plan that has more."""
    if not subscription.is_comped(now):
        return False
    pays = subscription.is_paying and _without_present(subscription, now).may_write
    present = subscription.comped_plan
    return not (pays and present is not None and subscription.plan.rank > present.rank)


def _without_present(subscription: Subscription, now: datetime.datetime) -> Standing:
    if subscription.state == State.TRIAL:
        return Standing.TRIAL if now < subscription.trial_ends_at else Standing.READ_ONLY
    # The provider's word that it ended may come late, or never.
    if subscription.state == State.ENDED or (subscription.cancels_at is not None and now >= subscription.cancels_at):
        return Standing.READ_ONLY
    if subscription.past_due_since is not None:
        return Standing.GRACE if now < subscription.past_due_since + GRACE else Standing.READ_ONLY
    return Standing.ACTIVE


def standing_in_sql(now: datetime.datetime) -> Case:
    """The same for whole sets of subscriptions: `.annotate(standing=standing_in_sql(now))`."""
    return Case(
        When(suspended_at__isnull=False, then=Value(Standing.SUSPENDED)),
        When(_is_comped(now) & ~_pays_for_more(now), then=Value(Standing.COMPED)),
        When(state=State.TRIAL, trial_ends_at__gt=now, then=Value(Standing.TRIAL)),
        When(Q(state__in=[State.TRIAL, State.ENDED]) | Q(cancels_at__lte=now), then=Value(Standing.READ_ONLY)),
        When(past_due_since__lte=now - GRACE, then=Value(Standing.READ_ONLY)),
        When(past_due_since__isnull=False, then=Value(Standing.GRACE)),
        default=Value(Standing.ACTIVE),
        output_field=CharField(),
    )


def in_force(plan: Plan, now: datetime.datetime) -> Q:
    """Those subscriptions of which `plan_in_force` says this plan."""
    has_present = _is_comped(now) & ~_pays_for_more(now)
    return has_present & Q(comped_plan=plan) | ~has_present & Q(plan=plan)


def _is_comped(now: datetime.datetime) -> Q:
    return Q(comped_plan__isnull=False) & (Q(comped_until=None) | Q(comped_until__gt=now))


def _pays_for_more(now: datetime.datetime) -> Q:
    goes_on = Q(cancels_at=None) | Q(cancels_at__gt=now)
    is_paid = Q(past_due_since=None) | Q(past_due_since__gt=now - GRACE)
    return Q(state__in=[State.ACTIVE, State.PAST_DUE], plan__rank__gt=F("comped_plan__rank")) & goes_on & is_paid


def what_ended(subscription: Subscription) -> str:
    """The sentence about a subscription that lets nobody change anything any more."""
    if subscription.suspended_at is not None:
        return "This household is suspended."
    if subscription.state == State.TRIAL:
        return "The trial of this household is over."
    if subscription.past_due_since is not None and subscription.state != State.ENDED:
        return "The last payments for this household failed."
    return "The subscription of this household has ended."


def why_read_only(subscription: Subscription) -> str:
    """The sentences for who wants to change something and may not, for a subscription that stands so."""
    can = "You can read and export everything; "
    if subscription.suspended_at is not None:
        return f"{what_ended(subscription)} {can}please write to {us()} about the rest."
    way = "pays what is owed" if subscription.state == State.PAST_DUE else "chooses a plan"
    return f"{what_ended(subscription)} {can}to add or change something, its owner {way}."
