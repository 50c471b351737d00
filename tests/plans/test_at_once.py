"""Fifty at once, each with a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connections

from apps.households.models import Household
from apps.plans import metering
from apps.plans.holding import held
from apps.plans.metering import RowLimitReached
from apps.plans.models import Plan, RowTaking
from tests.blocking import wait_until_blocked
from tests.households.test_at_once import at_once
from tests.plans.giving import give_plan


def test_fifty_at_once_take_exactly_what_there_is(fresh_database: str) -> None:
    ours = Household.objects.get(public_id="ours")
    give_plan(ours, "basic", row_limit=1000)
    asked = Household.objects.get(public_id="ours").entitlements

    def deed(number: int) -> None:
        metering.take(asked, ours.zone, key=f"import {number}", row_count=100)

    raised = at_once(*[partial(deed, number) for number in range(50)])
    assert [type(error) for error in raised] == [RowLimitReached] * 40
    assert metering.used(asked, ours.zone) == 1000
    assert RowTaking.objects.filter(household=ours).count() == 10


def test_the_same_order_many_times_at_once_is_one(fresh_database: str) -> None:
    ours = Household.objects.get(public_id="ours")
    give_plan(ours, "basic", row_limit=1000)
    asked = Household.objects.get(public_id="ours").entitlements
    take = lambda: metering.take(asked, ours.zone, key="import 1", row_count=700)  # noqa: E731
    assert at_once(*[take] * 20) == []
    assert metering.used(asked, ours.zone) == 700


@pytest.mark.parametrize("changed", ["plan", "comped_plan"])
def test_who_waited_while_the_plan_changed_finds_the_new_one(fresh_database: str, changed: str) -> None:
    """A row that was joined with its plan and then waited for would be joined with the plan that it had."""
    ours = Household.objects.get(public_id="ours")
    give_plan(ours, "family")
    basic = Plan.objects.get(code="basic")

    def look() -> tuple[str, str | None]:
        try:
            with held(ours) as row:
                return row.plan.code, row.comped_plan and row.comped_plan.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as beside:
        with held(ours) as row:
            before = {"plan": row.plan.code, "comped_plan": "family"}
            setattr(row, changed, basic)
            row.save()
            second = beside.submit(look)
            wait_until_blocked(second)
        found = second.result(timeout=30)
    assert dict(zip(before, found, strict=True)) == before | {changed: "basic"}
