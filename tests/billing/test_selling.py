"""The plans stand at Stripe as they stand in our table."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from apps.billing import stripe_gateway
from apps.billing.selling import ensure_prices
from apps.plans.models import Plan
from tests.billing.paying import Payer
from tests.billing.test_plan_pages import CHOOSE, PLAN, page, words
from tests.planes import both_planes
from tests.stripe import Account

pytestmark = both_planes


def amounts(account: Account) -> dict[str, tuple[int | None, str]]:
    """What each key costs, in cents, and whose it is."""
    listed = account.client.v1.prices.list({"active": True, "limit": 100}).auto_paging_iter()
    return {one.lookup_key: (one.unit_amount, str(one.product)) for one in listed if one.lookup_key}


def test_each_plan_on_sale_has_its_prices(account: Account, sold: list[str]) -> None:
    assert sold == [
        *("plan_basic", "basic_month", "basic_year"),
        *("plan_pro", "pro_month", "pro_year"),
        *("plan_family", "family_month", "family_year"),
    ]
    assert amounts(account) == {
        "basic_month": (500, "plan_basic"),
        "basic_year": (5000, "plan_basic"),
        "pro_month": (1200, "plan_pro"),
        "pro_year": (12000, "plan_pro"),
        "family_month": (2000, "plan_family"),
        "family_year": (20000, "plan_family"),
    }
    for plan in Plan.objects.filter(is_offered=True):
        for interval in ("month", "year"):
            assert account.client.v1.prices.retrieve(plan.price_id(interval)).lookup_key == f"{plan.code}_{interval}"
    assert Plan.objects.get(code="trial").monthly_price_id == ""


def test_a_second_time_nothing_is_made(account: Account, sold: list[str]) -> None:
    before = list(Plan.objects.values())
    assert ensure_prices() == []
    assert list(Plan.objects.values()) == before


def test_an_installation_that_lost_its_ids_finds_the_prices_again(account: Account, sold: list[str]) -> None:
    before = list(Plan.objects.values())
    Plan.objects.update(monthly_price_id="", yearly_price_id="")
    assert ensure_prices() == []
    assert list(Plan.objects.values()) == before


def test_a_new_price_is_for_who_comes_and_whoever_has_the_old_one_keeps_it(payer: Payer) -> None:
    payer.subscribe("pro", "month")
    old = Plan.objects.get(code="pro").monthly_price_id
    Plan.objects.filter(code="pro").update(monthly_price=Decimal("14.50"), name="Professional")
    assert ensure_prices() == ["pro_month"]
    assert amounts(payer.account)["pro_month"] == (1450, "plan_pro")
    assert payer.account.client.v1.products.retrieve("plan_pro").name == "Professional"
    assert Plan.objects.get(code="pro").monthly_price_id != old
    stripe_gateway.refresh(payer.household)
    assert (payer.row.plan.code, payer.row.interval, payer.row.state) == ("pro", "month", "active")
    assert payer.at_stripe["items"].data[0].price.id == old
    # Nor does it bring more than it did, whatever becomes of it.
    stripe_gateway.cancel(payer.household)
    brought = payer.household.subscription_changes.values_list("kind", "a_month_before", "a_month")
    assert list(brought)[1:] == [("began", Decimal(0), Decimal(12)), ("cancelled", Decimal(12), Decimal(12))]


def test_who_keeps_an_old_price_is_told_that_one(member_client: Client, payer: Payer) -> None:
    payer.subscribe("pro", "month")
    Plan.objects.filter(code="pro").update(monthly_price=Decimal("14.50"))
    ensure_prices()
    stripe_gateway.refresh(payer.household)
    has = words(page(member_client, PLAN))
    assert ("$ 12 a month" in has, "14.50" in has) == (True, False)
    to_choose = words(page(member_client, CHOOSE))
    assert ("$ 12 a month" in to_choose, "14.50" in to_choose) == (True, False)
    to_family = words(page(member_client, f"{PLAN}change/?plan=family&interval=month"))
    assert "Pro, $ 12 a month → Family, $ 20 a month" in to_family


def test_the_command_says_what_it_did_and_what_it_could_not(
    account: Account, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    call_command("sync_plans")
    call_command("sync_plans")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Made at Stripe: plan_basic, basic_month, basic_year, plan_pro")
    assert second == "Stripe has all of them."
    settings.STRIPE_API_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="Stripe did not answer"):
        call_command("sync_plans")
