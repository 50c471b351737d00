"""Counts the rows that come into a household's ledger against its plan, exactly however many imports run at once.

Rows are taken before anything is booked and under a key, in a short transaction of the people plane that commits by
itself: an import that is asked for again, or begins again after its worker died, takes nothing more. What did not come
in after all is given back. Call nothing of this inside a longer transaction of the people plane: whoever waits for its
lock may hold rows of the ledger.
"""

import datetime
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from apps.core.periods import Month
from apps.plans.entitlements import Entitlements, Limited, NotInPlan
from apps.plans.holding import lock
from apps.plans.models import Plan, RowTaking, RowUse, Subscription
from apps.plans.standing import Standing

TRIAL = "trial"


class RowLimitReached(NotInPlan):
    """More rows were to come in than the plan has left."""

    def __init__(self, *, wanted: int, left: int, plan: Plan) -> None:
        self.wanted, self.left = wanted, left
        rows = "This is a new row" if wanted == 1 else f"These are {wanted:,} new rows"
        room = f"room for {left:,} more" if left else "no room for more"
        super().__init__(
            f"{rows}, and your plan {plan.name} has {room}. Nothing has come in. "
            "The page of your plan, in the settings, shows what takes more."
        )


def period(entitlements: Entitlements, zone: zoneinfo.ZoneInfo) -> str:
    """What counts together: a calendar month in the household's time zone, or the whole trial."""
    if entitlements.standing == Standing.TRIAL or entitlements.plan.code == Plan.TRIAL:
        return TRIAL
    return f"{entitlements.now.astimezone(zone):%Y-%m}"


def used(entitlements: Entitlements, zone: zoneinfo.ZoneInfo) -> int:
    """How many rows came in, or are promised, in this period."""
    rows = RowUse.objects.filter(household=_household_id(entitlements), period=period(entitlements, zone))
    return rows.values_list("row_count", flat=True).first() or 0


def left(entitlements: Entitlements, zone: zoneinfo.ZoneInfo) -> int | None:
    """How many rows may still come in; None: as many as wanted."""
    limit = entitlements.limit(Limited.ROWS)
    return None if limit is None else max(0, limit - used(entitlements, zone))


@dataclass(frozen=True)
class Room:
    """What a plan has left for rows, as pages tell it."""

    plan: Plan
    left: int | None
    """None: as many as wanted."""
    renews_on: datetime.date | None
    """When there is room for as many as at first again; None where that never comes, as in a trial."""

    def shortage(self, row_count: int) -> int:
        """How many of so many rows would not come in."""
        return 0 if self.left is None else max(0, row_count - self.left)


def room(entitlements: Entitlements, zone: zoneinfo.ZoneInfo) -> Room:
    """For how many rows the household's plan has room now."""
    month = Month.of(entitlements.now.astimezone(zone).date())
    renews_on = None if period(entitlements, zone) == TRIAL else month.plus(1).first
    return Room(entitlements.plan, left(entitlements, zone), renews_on)


def take(entitlements: Entitlements, zone: zoneinfo.ZoneInfo, *, key: str, row_count: int) -> None:
    """The key has taken so many rows from now on, whatever it had taken before.

    What it had stays counted in the period in which it was taken; only if it is to be more than that, all of it is
    taken anew. Raises RowLimitReached, or NotInPlan where nothing may be added at all, and then changes nothing.
    """
    if not entitlements.may_write:
        raise NotInPlan(entitlements.why_read_only)
    household_id = _household_id(entitlements)
    with transaction.atomic():
        lock(Subscription.objects.filter(household_id=household_id))
        if _settle(household_id, key, row_count):
            return
        _give_back(household_id, key)
        use, _ = RowUse.objects.get_or_create(household_id=household_id, period=period(entitlements, zone))
        limit = entitlements.limit(Limited.ROWS)
        if limit is not None and row_count and use.row_count + row_count > limit:
            raise RowLimitReached(wanted=row_count, left=max(0, limit - use.row_count), plan=entitlements.plan)
        taking = RowTaking(use=use, household_id=household_id, key=key, row_count=0)
        _change(taking, row_count)


def settle(household_id: int, *, key: str, row_count: int, handed_over: Mapping[str, int] | None = None) -> None:
    """Of what came in under the key so many rows are left; never more than were taken.

    `handed_over`: how many others, by their keys, have from it. They count where they counted, until those go, too.
    """
    heirs = handed_over or {}
    with transaction.atomic():
        lock(Subscription.objects.filter(household_id=household_id))
        taken = list(_all_of(household_id, key))
        _reduce(taken, sum(taking.row_count for taking in taken) - row_count - sum(heirs.values()))
        for heir, count in heirs.items():
            for taking, moved in _reduce(taken, count):
                _take_for(heir, taking.use, moved)


def taken(household_id: int, *, key: str) -> int:
    """How many rows are counted under the key, also of what it has from others."""
    return _all_of(household_id, key).aggregate(count=Sum("row_count", default=0))["count"]


def give_back(household_id: int, *, key: str) -> None:
    """What was taken under the key is free again, in the period in which it was taken."""
    with transaction.atomic():
        lock(Subscription.objects.filter(household_id=household_id))
        _give_back(household_id, key)


def _settle(household_id: int, key: str, row_count: int) -> bool:
    """Whether the key had taken as many: then it keeps so many of them, and the others are free again."""
    taking = _taking(household_id, key)
    if taking is None or taking.row_count < row_count:
        return False
    _change(taking, row_count - taking.row_count)
    return True


def _all_of(household_id: int, key: str) -> "QuerySet[RowTaking]":
    """What was taken under the key, and what it has from others: of each period under a key of its own."""
    takings = RowTaking.objects.select_related("use").filter(household_id=household_id)
    return takings.filter(Q(key=key) | Q(key__startswith=f"{key} ")).order_by("pk")


def _reduce(takings: Iterable[RowTaking], count: int) -> list[tuple[RowTaking, int]]:
    """Makes so many of the taken rows free again; says of which how many."""
    freed: list[tuple[RowTaking, int]] = []
    for taking in takings:
        less = min(count, taking.row_count)
        if less > 0:
            _change(taking, -less)
            freed.append((taking, less))
            count -= less
    return freed


def _take_for(heir: str, use: RowUse, count: int) -> None:
    key = f"{heir} {use.period}"
    found, _ = RowTaking.objects.get_or_create(
        household_id=use.household_id, key=key, defaults={"use": use, "row_count": 0}
    )
    _change(found, count)


def _change(taking: RowTaking, by: int) -> None:
    """So many more rows, or fewer, of the taking and of its period."""
    taking.row_count += by
    taking.save()
    RowUse.objects.filter(pk=taking.use_id).update(row_count=F("row_count") + by)


def _give_back(household_id: int, key: str) -> None:
    if taking := _taking(household_id, key):
        _change(taking, -taking.row_count)
        taking.delete()


def _taking(household_id: int, key: str) -> RowTaking | None:
    return RowTaking.objects.filter(household_id=household_id, key=key).first()


def _household_id(entitlements: Entitlements) -> int:
    return entitlements.subscription.household_id
