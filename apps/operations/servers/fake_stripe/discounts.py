"""Coupons, promotion codes, and the discounts that they become on a subscription."""

from __future__ import annotations

import re

from .customers import live_customer
from .errors import Json, invalid
from .form import Params
from .listing import of_kind
from .money import months_later, percentage, spread
from .world import World, make_id


def create_coupon(world: World, params: Params) -> Json:
    percent, cents = params.number("percent_off"), params.whole("amount_off", least=1)
    if (percent is None) == (cents is None):
        raise invalid("Must specify either `percent_off` or `amount_off`.", param="percent_off")
    if percent is not None and not 0 < percent <= 100:
        raise invalid("percent_off must be above 0 and at most 100.", param="percent_off")
    duration = params.choice("duration", ("forever", "once", "repeating"), "once")
    coupon = {
        "id": params.text("id") or make_id("", 8).strip("_"),
        "object": "coupon",
        "amount_off": cents,
        "created": world.now(),
        "currency": params.required("currency").lower() if cents is not None else None,
        "duration": duration,
        "duration_in_months": params.whole("duration_in_months", least=1, most=1200),
        "livemode": False,
        "max_redemptions": params.whole("max_redemptions", least=1),
        "metadata": params.metadata(),
        "name": params.text("name"),
        "percent_off": percent,
        "redeem_by": params.whole("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
    }
    if (duration == "repeating") != (coupon["duration_in_months"] is not None):
        raise invalid("duration_in_months belongs to duration=repeating.", param="duration_in_months")
    if (old := world.store.get(str(coupon["id"]))) and not old.get("_deleted"):
        raise invalid("Coupon already exists.", code="resource_already_exists", param="id")
    return world.add(coupon, "coupon.created")


def update_coupon(world: World, params: Params, id: str) -> Json:
    coupon = world.find("coupon", id)
    coupon["metadata"] = params.metadata(coupon["metadata"])
    if "name" in params:
        coupon["name"] = params.text("name")
    return world.save(coupon, "coupon.updated")


def delete_coupon(world: World, params: Params, id: str) -> Json:
    coupon = world.find("coupon", id)
    # Discounts that it has become stay what they are.
    world.store.put({**coupon, "_deleted": True})
    world.emit("coupon.deleted", coupon)
    return {"id": id, "object": "coupon", "deleted": True}


def list_coupons(world: World, params: Params) -> Json:
    return of_kind(world, params, "coupon", "/v1/coupons", only=lambda one: "_deleted" not in one)


def create_promotion_code(world: World, params: Params) -> Json:
    promotion = params.inner("promotion")
    promotion.choice("type", ("coupon",))
    coupon = world.find("coupon", promotion.required("coupon"), param="promotion[coupon]")
    customer = params.text("customer")
    if customer:
        live_customer(world, customer, param="customer")
    code = params.text("code") or make_id("", 8).strip("_").upper()
    if not re.fullmatch(r"[A-Za-z0-9-]+", code):
        raise invalid("A code has only letters, digits and dashes.", param="code")
    if any(one["active"] and one["code"].lower() == code.lower() for one in world.store.all("promotion_code")):
        raise invalid(f"An active promotion code with `code: {code}` already exists.", param="code")
    rules = params.inner("restrictions")
    promo = {
        "id": make_id("promo"),
        "object": "promotion_code",
        "active": params.flag("active", default=True),
        "code": code,
        "created": world.now(),
        "customer": customer,
        "customer_account": None,
        "expires_at": params.whole("expires_at"),
        "livemode": False,
        "max_redemptions": params.whole("max_redemptions", least=1),
        "metadata": params.metadata(),
        "promotion": {"type": "coupon", "coupon": coupon["id"]},
        "restrictions": {
            "first_time_transaction": rules.flag("first_time_transaction"),
            "minimum_amount": rules.whole("minimum_amount"),
            "minimum_amount_currency": rules.text("minimum_amount_currency"),
        },
        "times_redeemed": 0,
    }
    return world.add(promo, "promotion_code.created")


def update_promotion_code(world: World, params: Params, id: str) -> Json:
    promo = world.find("promotion_code", id)
    promo["active"] = params.flag("active", default=promo["active"])
    promo["metadata"] = params.metadata(promo["metadata"])
    return world.save(promo, "promotion_code.updated")


def list_promotion_codes(world: World, params: Params) -> Json:
    code, coupon = params.text("code"), params.text("coupon")

    def only(one: Json) -> bool:
        fits = not coupon or one["promotion"]["coupon"] == coupon
        return fits and (not code or one["code"].lower() == code.lower())

    return of_kind(world, params, "promotion_code", "/v1/promotion_codes", equal=("active", "customer"), only=only)


def find_code(world: World, code: str) -> Json | None:
    """The active promotion code that people type, in capitals or not."""
    wanted = code.strip().lower()
    codes = world.store.all("promotion_code")
    return next((one for one in codes if one["active"] and one["code"].lower() == wanted), None)


def redeemable(
    world: World, *, coupon: str | None, promotion_code: str | None, customer: Json | None, cents: int
) -> Json:
    """A discount that is not stored yet, or Stripe's refusal. `cents` is what is to be paid without it."""
    promo = world.find("promotion_code", promotion_code, param="promotion_code") if promotion_code else None
    found = world.find("coupon", promo["promotion"]["coupon"] if promo else coupon, param="discounts[0][coupon]")
    now = world.now(customer["test_clock"] if customer else None)
    if _used_up(found, "redeem_by", now):
        raise invalid("This coupon is expired.", code="coupon_expired", param="coupon")
    if promo and (refusal := _refusal(world, promo, customer, cents, now)):
        raise invalid(refusal, param="promotion_code", code="promotion_code_invalid")
    months = found["duration_in_months"]
    return {
        "id": make_id("di"),
        "object": "discount",
        "checkout_session": None,
        "customer": customer["id"] if customer else None,
        "customer_account": None,
        "end": months_later(now, months) if months else None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": promo["id"] if promo else None,
        "source": {"type": "coupon", "coupon": found["id"]},
        "start": now,
        "subscription": None,
        "subscription_item": None,
    }


def redeem(world: World, discount: Json, subscription: Json) -> None:
    """Puts the discount on the subscription (not saved here) and counts it."""
    discount |= {"subscription": subscription["id"], "customer": subscription["customer"]}
    world.store.put(discount)
    subscription["discounts"].append(discount["id"])
    for id in (discount["source"]["coupon"], discount["promotion_code"]):
        if used := world.store.get(id):
            used["times_redeemed"] += 1
            if used["max_redemptions"] and used["times_redeemed"] >= used["max_redemptions"]:
                used["valid" if used["object"] == "coupon" else "active"] = False
            world.save(used, f"{used['object']}.updated")
    world.emit("customer.discount.created", discount)


def drop(world: World, subscription: Json, discount: Json) -> None:
    """Takes the discount off the subscription (not saved here)."""
    subscription["discounts"].remove(discount["id"])
    world.emit("customer.discount.deleted", discount)


def of_subscription(world: World, subscription: Json) -> list[Json]:
    return [found for id in subscription["discounts"] if (found := world.store.get(id))]


def coupon_of(world: World, discount: Json) -> Json:
    found = world.store.get(discount["source"]["coupon"])
    assert found, "a deleted coupon is kept"
    return found


def amounts(world: World, discounts: list[Json], cents: list[int]) -> list[list[int]]:
    """What each discount takes off each line, in cents; no line goes below nothing."""
    left = list(cents)
    taken = []
    for discount in discounts:
        coupon = coupon_of(world, discount)
        if coupon["percent_off"] is not None:
            off = [percentage(line, coupon["percent_off"]) for line in left]
        else:
            off = spread(min(coupon["amount_off"], sum(left)), left)
        left = [line - part for line, part in zip(left, off, strict=True)]
        taken.append(off)
    return taken


def _used_up(one: Json, end: str, now: int) -> bool:
    over = one["max_redemptions"] and one["times_redeemed"] >= one["max_redemptions"]
    return bool(over or (one[end] and one[end] <= now))


def _refusal(world: World, promo: Json, customer: Json | None, cents: int, now: int) -> str:
    rules = promo["restrictions"]
    if not promo["active"] or _used_up(promo, "expires_at", now):
        return "This promotion code is expired."
    if promo["customer"] and promo["customer"] != (customer or {}).get("id"):
        return "This promotion code cannot be redeemed by this customer."
    if rules["minimum_amount"] and cents < rules["minimum_amount"]:
        return "This promotion code cannot be redeemed because the order is too small."
    paid = (one for one in world.store.all("invoice") if one["status"] == "paid" and one["amount_paid"])
    if rules["first_time_transaction"] and customer and any(one["customer"] == customer["id"] for one in paid):
        return "This promotion code cannot be redeemed because the customer has prior transactions."
    return ""
