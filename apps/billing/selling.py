"""What is sold stands at Stripe, too: a product for each plan, a price for each of its two intervals."""

from typing import Any

from apps.billing.stripe_calls import all_of, api, asking, plain
from apps.plans.models import CURRENCY, Interval, Plan

Json = dict[str, Any]


def ensure_prices() -> list[str]:
    """Each plan on sale has its product and prices at Stripe, and knows their ids; returns the keys of what was made.

    A price is found by its lookup key (`basic_month`). One of another amount gives its key to a new one, and whoever
    pays it goes on doing so. Raises BillingUnavailable.
    """
    made: list[str] = []
    for plan in Plan.objects.filter(is_offered=True):
        product = _product(plan, made)
        found = _prices(plan)
        ids = {f"{interval}ly_price_id": _price(plan, interval, product, found, made) for interval in Interval}
        Plan.objects.filter(pk=plan.pk).exclude(**ids).update(**ids)
    return made


def _product(plan: Plan, made: list[str]) -> str:
    key = f"plan_{plan.code}"
    with asking("product"):
        found = next(iter(all_of(api().products.list({"ids": [key]}))), None)
        if found is None:
            api().products.create({"id": key, "name": plan.name, "metadata": {"plan": plan.code}})
            made.append(key)
        elif found["name"] != plan.name:
            api().products.update(key, {"name": plan.name})
    return key


def _prices(plan: Plan) -> dict[str, Json]:
    keys = [_key(plan, interval) for interval in Interval]
    with asking("prices"):
        return {one["lookup_key"]: one for one in all_of(api().prices.list({"lookup_keys": keys, "active": True}))}


def _price(plan: Plan, interval: Interval, product: str, found: dict[str, Json], made: list[str]) -> str:
    key, cents = _key(plan, interval), int(plan.price(interval) * 100)
    price = found.get(key)
    if price and (price["unit_amount"], price["currency"].upper(), price["recurring"]["interval"]) == (
        cents,
        CURRENCY,
        interval,
    ):
        return str(price["id"])
    with asking("price"):
        fresh = plain(
            api().prices.create(
                {
                    "product": product,
                    "lookup_key": key,
                    "transfer_lookup_key": True,
                    "currency": CURRENCY.lower(),
                    "unit_amount": cents,
                    "recurring": {"interval": interval.value},
                    "metadata": {"plan": plan.code},
                }
            )
        )
    made.append(key)
    return str(fresh["id"])


def _key(plan: Plan, interval: str) -> str:
    return f"{plan.code}_{interval}"
