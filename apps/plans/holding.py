"""A household's subscription, changed by one at a time; and what operators do with it, in the household's own days."""

import datetime
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.db import transaction

from apps.core.errors import ExpectedError
from apps.plans.models import Subscription
from apps.tenancy.context import HouseholdLike


class HouseholdWithDays(HouseholdLike, Protocol):
    """Whose days begin at midnight in a zone of its own."""

    @property
    def zone(self) -> zoneinfo.ZoneInfo: ...


class DoesNotFit(ExpectedError):
    """What an operator wants does not go with how the household stands."""


@contextmanager
def held(household: HouseholdLike) -> Iterator[Subscription]:
    """The household's row, locked for the block, which is one transaction."""
    with transaction.atomic():
        yield (
            Subscription.objects.select_for_update(of=("self",), no_key=True)
            .select_related("plan", "comped_plan")
            .get(household=household)  # type: ignore[misc]
        )


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
