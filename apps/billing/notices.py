"""Who is told what about their plan, and that they are told once.

What happened at a change is told by whoever notes the change (`told_of`), in its transaction. What comes with time is
found by a job. Both write the row that says so with the mail, so that either both are there or neither is.
"""

import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from apps.billing import mails
from apps.households.models import Household
from apps.plans.models import SentNotice, Subscription, SubscriptionChange
from apps.plans.standing import Standing, standing_in_sql

log = structlog.get_logger(__name__)
Kind, Change, State = SentNotice.Kind, SubscriptionChange.Kind, Subscription.State
DAY = datetime.timedelta(days=1)
SOON = 3 * DAY
TOO_LATE = 14 * DAY
"""What could not be told for so long after its time is not told any more."""
_OF_CHANGES = {
    Change.PAYMENT_FAILED: Kind.PAYMENT_FAILED,
    Change.RECOVERED: Kind.RECOVERED,
    Change.CANCELLED: Kind.CANCELLED,
    Change.ENDED: Kind.ENDED,
    Change.CAME_BACK: Kind.CAME_BACK,
}
OF_TIME = (Kind.TRIAL_ENDS_SOON, Kind.TRIAL_LAST_DAY, Kind.TRIAL_OVER, Kind.WIN_BACK)


def told_of(household: Household, kinds: list[str]) -> None:
    """Mails the owner what became of the subscription: `kinds` are those that `subscribing.apply` returned for it.

    What the provider said at one moment is told once, however often it is noted. Until it has said something there is
    nothing to tell.
    """
    held = household.subscription
    said_at = held.as_of
    for kind in kinds:
        if said_at is not None and (notice := _OF_CHANGES.get(Change(kind))):
            _tell(notice, household, held, about_at=said_at, now=said_at)


def due(kind: str, now: datetime.datetime) -> "QuerySet[Subscription]":
    """The subscriptions whose owners are to be told this now and were not, with `about_at`: the moment it is about.

    A trial that is extended ends at another moment, so it is told of anew. Whether they want to come back is asked
    once: the first payment, which that is about, stays the first. Whoever has a plan of ours or is suspended is not
    reminded of one.
    """
    stands, ends, when, about = {
        Kind.TRIAL_ENDS_SOON: (Standing.TRIAL, "trial_ends_at", (now + DAY, now + SOON), "trial_ends_at"),
        Kind.TRIAL_LAST_DAY: (Standing.TRIAL, "trial_ends_at", (now, now + DAY), "trial_ends_at"),
        Kind.TRIAL_OVER: (Standing.READ_ONLY, "trial_ends_at", (now - TOO_LATE, now), "trial_ends_at"),
        Kind.WIN_BACK: (
            Standing.READ_ONLY,
            "ended_at",
            (now - mails.WIN_BACK_AFTER - TOO_LATE, now - mails.WIN_BACK_AFTER),
            "began_paying_at",
        ),
    }[Kind(kind)]
    told = SentNotice.objects.filter(household=OuterRef("household"), kind=kind, about_at=OuterRef(about))
    return (
        Subscription.objects.annotate(standing=standing_in_sql(now), about_at=F(about))
        .filter(
            ~Exists(told),
            Q(**{f"{ends}__gt": when[0], f"{ends}__lte": when[1]}),
            standing=stands,
            state=State.ENDED if kind == Kind.WIN_BACK else State.TRIAL,
            about_at__isnull=False,
        )
        .order_by("pk")
    )


def send_due(now: datetime.datetime) -> int:
    """Tells everybody what is due; returns how many mails that were. Who cannot be told keeps nobody else waiting."""
    count = 0
    for kind in OF_TIME:
        for pk in due(kind, now).values_list("pk", flat=True):
            try:
                count += _send_one(kind, pk, now)
            except Exception:
                log.exception("notice_not_sent", kind=kind, subscription=pk)
    return count


def _send_one(kind: str, pk: int, now: datetime.datetime) -> bool:
    """False if it is not due any more: they chose a plan just now, or another job told them."""
    with transaction.atomic():
        rows = due(kind, now).select_for_update(of=("self",), no_key=True, skip_locked=True)
        held = rows.select_related("household").filter(pk=pk).first()
        if held is None:
            return False
        about_at: datetime.datetime = held.about_at  # type: ignore[attr-defined]  # annotated
        return _tell(kind, held.household, held, about_at=about_at, now=now)


def _tell(
    kind: str, household: Household, subscription: Subscription, *, about_at: datetime.datetime, now: datetime.datetime
) -> bool:
    """Whether it was not told before. Two who try at once wait for each other at the row."""
    with transaction.atomic():
        _, is_new = SentNotice.objects.get_or_create(
            household=household, kind=kind, about_at=about_at, defaults={"sent_at": now}
        )
        if is_new:
            mails.send(kind, household, subscription, now=now)
    return is_new
