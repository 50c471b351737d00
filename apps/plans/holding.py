"""A household's subscription, changed by one at a time; and what operators do with it, in the household's own days."""

import datetime
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.db import transaction
from django.db.models import QuerySet

from apps.core.errors import ExpectedError
from apps.plans.models import Subscription
from apps.tenancy.context import HouseholdLike


class HouseholdWithDays(HouseholdLike, Protocol):
    """Whose days begin at midnight in a zone of its own."""

    @property
    def zone(self) -> zoneinfo.ZoneInfo: ...


class DoesNotFit(ExpectedError):
    """What an operator wants does not go with how the household stands."""


def lock(of_household: QuerySet[Subscription]) -> None:
    """Until the transaction ends, whoever else changes the household's subscription or takes rows waits.

    Without joins: PostgreSQL would hold the plan that was joined before the wait against the row as it is after it, and
    where the plan has changed meanwhile find no row at all, or one without its present.
    """
    of_household.select_for_update(no_key=True).get()


@contextmanager
def held(household: HouseholdLike) -> Iterator[Subscription]:
    """The household's row, locked for the block, which is one transaction."""
    of_household = Subscription.objects.filter(household=household)  # type: ignore[misc]
    with transaction.atomic():
        lock(of_household)
        yield of_household.select_related("plan", "comped_plan").get()


def end_of(day: datetime.date, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    """The midnight that ends the day."""
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), tzinfo=zone)


def last_day(until: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """The last day of what ends then: "3 January 2027"."""
    last = (until - datetime.timedelta(microseconds=1)).astimezone(zone)
    return f"{last.day} {last:%B %Y}"


def until_when(until: datetime.datetime | None, zone: zoneinfo.ZoneInfo) -> str:
    """In words that follow what is given."""
    return "for good" if until is None else f"until {last_day(until, zone)}"
