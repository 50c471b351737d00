"""The passing of time: everything that falls due happens in its order, at its own moment.

The same for the wall's clock (None), every second, and for a test clock, as far as it is advanced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from .billing import current_period, make_invoice, set_period
from .collecting import attempt
from .ending import end_subscription
from .errors import Json, invalid
from .form import Params
from .invoices import finalize, void
from .listing import of_kind
from .subscriptions import REMINDER, has_card, remind_of_trial_end
from .world import World, make_id

_DRAFT_FOR = 3600
_INCOMPLETE_FOR = 23 * 3600
_CLOCK_LIVES = 30 * 86400
_LONGEST_ADVANCE = 2 * 366 * 86400
_LIVING = {"active", "past_due", "trialing", "unpaid"}

# Moment, rank among what is due at the same second, and the deed.
Due = tuple[int, int, Callable[[], object]]


def create_clock(world: World, params: Params) -> Json:
    frozen = params.whole("frozen_time")
    if frozen is None:
        raise invalid("Missing required param: frozen_time.", param="frozen_time", code="parameter_missing")
    clock = {
        "id": make_id("clock"),
        "object": "test_helpers.test_clock",
        "created": world.now(),
        "deletes_after": world.now() + _CLOCK_LIVES,
        "frozen_time": frozen,
        "livemode": False,
        "name": params.text("name"),
        "status": "ready",
        "status_details": {},
    }
    return world.add(clock, "test_helpers.test_clock.created")


def advance_clock(world: World, params: Params, id: str) -> Json:
    """Done before it is answered, although the answer says `advancing`, as Stripe's does; the next one says `ready`."""
    clock = world.find("test_helpers.test_clock", id)
    target = params.whole("frozen_time", 0)
    if target <= clock["frozen_time"]:
        raise invalid("`frozen_time` must be after the current frozen time.", param="frozen_time")
    if target - clock["frozen_time"] > _LONGEST_ADVANCE:
        raise invalid("A test clock cannot be advanced by more than two intervals.", param="frozen_time")
    advancing = {"status": "advancing", "status_details": {"advancing": {"target_frozen_time": target}}}
    world.emit("test_helpers.test_clock.advancing", {**clock, **advancing})
    advance(world, id, target)
    clock |= {"frozen_time": target}
    world.save(clock)
    world.emit("test_helpers.test_clock.ready", clock)
    return {**clock, **advancing}


def list_clocks(world: World, params: Params) -> Json:
    return of_kind(world, params, "test_helpers.test_clock", "/v1/test_helpers/test_clocks")


def delete_clock(world: World, params: Params, id: str) -> Json:
    """Takes its customers and all that is theirs with it."""
    clock = world.find("test_helpers.test_clock", id)
    owners = {one["id"] for one in world.store.all("customer") if world.clock_of(one) == id}
    for kind in ("subscription", "invoice", "invoiceitem", "payment_method", "payment_intent", "charge"):
        for one in world.store.all(kind):
            if one["customer"] in owners:
                world.store.remove(one["id"])
    for owner in owners:
        world.store.remove(owner)
    world.store.remove(id)
    if world.store.recall("clock_of_new_customers") == id:
        world.store.remember("clock_of_new_customers", None)
    world.emit("test_helpers.test_clock.deleted", clock)
    return {"id": id, "object": "test_helpers.test_clock", "deleted": True}


def advance(world: World, clock: str | None, until: int) -> None:
    """Does what falls due on a clock until a moment, included, and what that makes due in turn."""
    while True:
        due = min(_due(world, clock), key=lambda one: one[:2], default=None)
        if due is None or due[0] > until:
            return
        with world.at(clock, due[0]):
            due[2]()


def _due(world: World, clock: str | None) -> Iterator[Due]:
    for subscription in world.store.all("subscription"):
        if subscription["test_clock"] == clock:
            yield from _due_of_subscription(world, subscription)
    for invoice in world.store.all("invoice"):
        if invoice["test_clock"] == clock and invoice["auto_advance"]:
            yield from _due_of_invoice(world, invoice)
    for session in world.store.all("checkout.session"):
        if session["status"] == "open" and world.clock_of(session) == clock:
            yield session["expires_at"], 9, partial(expire, world, session)


def expire(world: World, session: Json) -> Json:
    session |= {"status": "expired", "url": None}
    return world.save(session, "checkout.session.expired")


def _due_of_subscription(world: World, subscription: Json) -> Iterator[Due]:
    if subscription["status"] == "incomplete":
        yield subscription["created"] + _INCOMPLETE_FOR, 0, lambda: _expire_incomplete(world, subscription)
    if subscription["status"] not in _LIVING:
        return
    end = current_period(subscription)[1]
    if subscription["status"] == "trialing" and subscription.get("_reminded") != subscription["trial_end"]:
        yield subscription["trial_end"] - REMINDER, 1, lambda: remind_of_trial_end(world, subscription)
    if subscription["cancel_at"]:
        yield subscription["cancel_at"], 2, lambda: _end_as_asked(world, subscription)
    yield end, 3, lambda: _renew(world, subscription)


def _due_of_invoice(world: World, invoice: Json) -> Iterator[Due]:
    if invoice["status"] == "draft" and invoice["automatically_finalizes_at"]:
        yield invoice["automatically_finalizes_at"], 4, lambda: _finalize_and_ask(world, invoice)
    if invoice["status"] == "open" and invoice["next_payment_attempt"]:
        yield invoice["next_payment_attempt"], 5, lambda: attempt(world, invoice)


def _renew(world: World, subscription: Json) -> None:
    """The next period begins: its invoice is a draft for an hour, and then asked for."""
    start, end = current_period(subscription)
    trial = subscription["status"] == "trialing"
    at_trial_end = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if trial and at_trial_end == "cancel" and not has_card(world, subscription):
        end_subscription(world, subscription, reason="cancellation_requested")
        return
    before = world.find("subscription", subscription["id"])
    if trial:
        subscription["status"] = "active"
    set_period(subscription, end)
    invoice = make_invoice(world, subscription, reason="subscription_cycle", period=(start, end), whole=True)
    collecting = subscription["status"] != "unpaid"
    invoice |= {"automatically_finalizes_at": end + _DRAFT_FOR if collecting else None, "auto_advance": collecting}
    world.save(invoice)
    world.store.put(before)
    world.save(subscription, "customer.subscription.updated")


def _finalize_and_ask(world: World, invoice: Json) -> None:
    finalize(world, invoice)
    attempt(world, invoice)


def _end_as_asked(world: World, subscription: Json) -> None:
    end_subscription(world, subscription, reason="cancellation_requested")


def _expire_incomplete(world: World, subscription: Json) -> None:
    invoice = world.store.get(subscription["latest_invoice"])
    if invoice and invoice["status"] == "open":
        void(world, invoice)
    end_subscription(world, subscription, reason="payment_failed", status="incomplete_expired")
