"""The addresses under /fake/: what no Stripe has. The secret key opens them as it opens the API; all are POST.

/fake/reset                                     forget everything of this account (done by `server`)
/fake/webhook    url                            this address, and only this one, gets every event (empty: none does)
/fake/test_clock clock                          customers are made on this test clock (empty: on the wall's again)
/fake/settings   after_retries                  canceled | unpaid | past_due, after the last failed attempt
/fake/decline    customer, on                   each payment of this customer is refused, whatever the card
/fake/pay        session, card, outcome, email  what a person does on the Checkout page; outcome (of 3-D Secure):
                                                complete | fail; answers the session, or the card's error
/fake/deliveries state                          the deliveries: waiting, held, delivered, failed, lost (also by GET)
/fake/hold                                      hold back deliveries from now on
/fake/release    order, seed                    send what was held: in_order | reversed | shuffled; stop holding
/fake/duplicate  times                          deliver each further event so many times more (0: no longer)
/fake/lose       count, types[]                 lose the next so many deliveries (no count: all; 0: none any more)
/fake/send       event, signature, times        deliver an event again: signature good | bad | old
/fake/tick                                      do now what has fallen due by the wall's clock
"""

from __future__ import annotations

import random

from . import cards, checkout
from .clock import advance
from .customers import declined, new_method
from .errors import Json, invalid, no_such
from .form import Params
from .webhooks import create_endpoint
from .world import World

_STATES = ("waiting", "held", "delivered", "failed", "lost")


def webhook(world: World, params: Params) -> Json:
    url = params.text("url")
    for old in world.store.all("webhook_endpoint"):
        world.store.remove(old["id"])
    return create_endpoint(world, Params({"url": url, "enabled_events": ["*"]})) if url else {"done": True}


def test_clock(world: World, params: Params) -> Json:
    clock = params.text("clock")
    if clock:
        world.find("test_helpers.test_clock", clock, param="clock")
    world.store.remember("clock_of_new_customers", clock)
    return {"done": True}


def settings(world: World, params: Params) -> Json:
    choice = params.choice("after_retries", ("canceled", "unpaid", "past_due"), "canceled")
    world.store.remember("after_retries", choice)
    return {"done": True}


def decline(world: World, params: Params) -> Json:
    customer = world.find("customer", params.required("customer"), param="customer")
    world.store.remember(f"decline:{customer['id']}", params.flag("on", default=True))
    return {"done": True}


def pay(world: World, params: Params) -> Json:
    session = world.find("checkout.session", params.required("session"), param="session")
    if session["status"] != "open":
        raise invalid("The session is not open.", param="session")
    card = cards.by_number(params.text("card", "4242424242424242") or "")
    if not card:
        raise declined(cards.WRONG_NUMBER)
    confirmed = params.choice("outcome", ("complete", "fail"), "complete") == "complete"
    if card.secure and not confirmed:
        raise declined(cards.NOT_CONFIRMED)
    method = world.add(new_method(world, card))
    email = params.text("email") or session["customer_email"] or "payer@example.com"
    why = checkout.pay(world, session, method, email=email, name="", authenticated=bool(card.secure))
    if why:
        raise declined(why)
    return session


def deliveries(world: World, params: Params) -> Json:
    state = params.choice("state", _STATES)
    rows = world.store.connection.execute("SELECT * FROM deliveries ORDER BY place, id").fetchall()
    found = []
    for row in rows:
        event = world.store.get(row["event"]) or {}
        if state in {None, row["state"]}:
            names = ("id", "event", "endpoint", "state", "attempts", "status", "signature")
            found.append({name: row[name] for name in names} | {"type": event.get("type")})
    return {"deliveries": found}


def hold(world: World, params: Params) -> Json:
    world.store.remember("hold", value=True)
    return {"done": True}


def release(world: World, params: Params) -> Json:
    order = params.choice("order", ("in_order", "reversed", "shuffled"), "in_order")
    connection = world.store.connection
    rows = connection.execute("SELECT id, place FROM deliveries WHERE state = 'held' ORDER BY place, id").fetchall()
    ids = [row["id"] for row in rows]
    if order == "reversed":
        ids.reverse()
    seed = params.whole("seed", 0)
    if order == "shuffled":
        random.Random(seed).shuffle(ids)  # noqa: S311 — the same seed, the same order
    for row, id in zip(rows, ids, strict=True):
        connection.execute("UPDATE deliveries SET state = 'waiting', place = ? WHERE id = ?", [row["place"], id])
    world.store.remember("hold", value=False)
    return {"released": len(ids)}


def duplicate(world: World, params: Params) -> Json:
    world.store.remember("duplicate", params.whole("times", 1, least=0, most=100))
    return {"done": True}


def lose(world: World, params: Params) -> Json:
    count = params.whole("count", least=0)
    types = params.texts("types")
    world.store.remember("lose", None if count == 0 else {"count": count, "types": types})
    return {"done": True}


def send(world: World, params: Params) -> Json:
    event = world.store.get(params.required("event"))
    if not event or event["object"] != "event":
        raise no_such("event", params.required("event"), param="event", status=400)
    how = params.choice("signature", ("good", "bad", "old"), "good") or "good"
    for _ in range(params.whole("times", 1, least=1, most=100)):
        for endpoint in world.store.all("webhook_endpoint"):
            world.queue(event["id"], endpoint["id"], signature=how)
    return {"done": True}


def tick(world: World, params: Params) -> Json:
    advance(world, None, world.now())
    return {"done": True}


CONTROLS = {
    "webhook": webhook,
    "test_clock": test_clock,
    "settings": settings,
    "decline": decline,
    "pay": pay,
    "deliveries": deliveries,
    "hold": hold,
    "release": release,
    "duplicate": duplicate,
    "lose": lose,
    "send": send,
    "tick": tick,
}
