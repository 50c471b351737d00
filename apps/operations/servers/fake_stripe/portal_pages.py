"""The hosted customer portal at /p/session/<session>: plan, cancel and resume, card, invoices."""

from __future__ import annotations

from .cards import NOT_CONFIRMED
from .customers import attach, card_of, live_customer, method_for
from .ending import FEEDBACK, OVER, end_subscription
from .errors import ApiError, Json
from .form import Params
from .money import day, shown
from .pages import Page, card_fields, complaint, confirmation, esc, framed, read_card
from .subscriptions import read_cancellation_details, schedule_end, unschedule_end
from .world import World


def show(world: World, session: Json, *, part: str = "", sentence: str = "") -> Page:
    flow = (session["flow"] or {}).get("type")
    here = f"/p/session/{session['id']}"
    if part == "card" or (not part and flow == "payment_method_update"):
        return _card_page(here, sentence, {})
    if part.startswith("cancel") or (not part and flow == "subscription_cancel"):
        wanted = part.partition("/")[2] or ((session["flow"] or {}).get("subscription_cancel") or {}).get(
            "subscription"
        )
        return _cancel_page(world, session, here, wanted)
    return _home(world, session, here, sentence)


def act(world: World, session: Json, part: str, values: dict[str, str]) -> Page:
    """One of the portal's forms was sent."""
    here = f"/p/session/{session['id']}"
    if part == "card":
        return _take_card(world, session, here, values)
    if part == "confirm":
        return _confirmed(world, session, here, values)
    deed, _, id = part.partition("/")
    subscription = _own_living(world, session, id)
    if not subscription:
        return Page(goto=f"{here}/home")
    if deed == "cancel":
        return _cancel(world, session, here, subscription, values)
    if deed == "resume":
        unschedule_end(subscription)
        world.save(subscription, "customer.subscription.updated")
    return Page(goto=f"{here}/home")


def _own_living(world: World, session: Json, id: str | None) -> Json | None:
    """The subscription if it is one, the session's customer's, and not over."""
    found = world.store.get(id)
    mine = found and found["object"] == "subscription" and found["customer"] == session["customer"]
    return found if found and mine and found["status"] not in OVER else None


def _home(world: World, session: Json, here: str, sentence: str) -> Page:
    customer = live_customer(world, session["customer"])
    mine = [one for one in world.store.all("subscription") if one["customer"] == customer["id"]]
    living = [one for one in mine if one["status"] not in OVER]
    plans = "".join(_plan(world, one, here) for one in living) or "<section><h2>No plan at present</h2></section>"
    method = method_for(world, customer, living[0] if living else None)
    card = f"{method['card']['brand'].title()} •••• {method['card']['last4']}" if method else "No card yet"
    rows = "".join(_invoice_row(one) for one in world.store.all("invoice") if _is_shown(one, customer["id"]))
    back = (
        f'<p><a href="{esc(session["return_url"])}">Return to Maxwell\'s Wallet</a></p>'
        if session["return_url"]
        else ""
    )
    return framed(
        "Your plan and payments",
        f"<div>{back}<h1>Your plan and payments</h1>"
        f"<p class='soft'>{esc(customer['email'])}</p>{complaint(sentence)}</div>"
        f"{plans}<section><h2>Payment method</h2><p>{esc(card)}</p><a class='button second' href='{here}/card'>"
        f"Change card</a></section><section><h2>Invoices</h2><table>{rows or '<tr><td>None yet'}</table></section>",
    )


def _plan(world: World, subscription: Json, here: str) -> str:
    item = subscription["items"]["data"][0]
    price, id = item["price"], subscription["id"]
    name = world.find("product", price["product"])["name"]
    end = day(item["current_period_end"])
    if subscription["cancel_at_period_end"]:
        text = f"Your plan ends on {end}."
        form = f'<form method="post" action="{here}/resume/{id}"><button>Keep my plan</button></form>'
    else:
        text = f"Your trial ends on {end}." if subscription["status"] == "trialing" else f"Your plan renews on {end}."
        form = f'<a class="button second" href="{here}/cancel/{id}">Cancel plan</a>'
    late = complaint("The last payment failed. Please change the card.") if subscription["status"] == "past_due" else ""
    each = f"{shown(price['unit_amount'], price['currency'])} per {price['recurring']['interval']}"
    return f"<section><h2>{esc(name)}</h2><p class='amount'>{each}</p>{late}<p>{text}</p>{form}</section>"


def _is_shown(invoice: Json, customer: str) -> bool:
    return bool(invoice["customer"] == customer and invoice["status"] != "draft")


def _invoice_row(invoice: Json) -> str:
    link = f'<a href="{esc(invoice["hosted_invoice_url"])}">{day(invoice["created"])}</a>'
    return (
        f"<tr><td>{link}</td><td>{esc(invoice['status'])}</td>"
        f"<td class='money'>{shown(invoice['total'], invoice['currency'])}</td></tr>"
    )


def _card_page(here: str, sentence: str, values: dict[str, str]) -> Page:
    return framed(
        "Change card",
        f"<section><h1>Change card</h1>{complaint(sentence)}<form method='post' action='{here}/card'>"
        f"{card_fields(values)}<button>Save card</button></form>"
        f"<a class='button second' href='{here}/home'>Go back</a></section>",
    )


def _take_card(world: World, session: Json, here: str, values: dict[str, str]) -> Page:
    found = read_card(world, values)
    if isinstance(found, str):
        return _card_page(here, found, values)
    method = world.add(found)
    if card_of(method).secure:
        return confirmation("Do you allow this card to be saved?", f"{here}/confirm", {"method": method["id"]})
    return _save_card(world, session, here, method)


def _confirmed(world: World, session: Json, here: str, values: dict[str, str]) -> Page:
    method = world.store.get(values.get("method"))
    if not method or method["object"] != "payment_method" or values.get("outcome") != "complete":
        return _card_page(here, NOT_CONFIRMED.message, {})
    method["_authenticated"] = True
    return _save_card(world, session, here, method)


def _save_card(world: World, session: Json, here: str, method: Json) -> Page:
    """The new card becomes the customer's default and the one of their subscriptions, as in Stripe's portal."""
    customer = live_customer(world, session["customer"])
    try:
        attach(world, customer, method)
    except ApiError as refusal:
        return _card_page(here, str(refusal), {})
    customer["invoice_settings"]["default_payment_method"] = method["id"]
    world.save(customer, "customer.updated")
    for subscription in world.store.all("subscription"):
        if subscription["customer"] == customer["id"] and subscription["status"] not in OVER:
            subscription["default_payment_method"] = method["id"]
            world.save(subscription, "customer.subscription.updated")
    return _done(session, here)


def _cancel_page(world: World, session: Json, here: str, wanted: str | None) -> Page:
    subscription = _own_living(world, session, wanted)
    if not subscription:
        return Page(goto=f"{here}/home")
    end = day(subscription["items"]["data"][0]["current_period_end"])
    reasons = _configuration(world, session)["cancellation_reason"]
    options = "".join(f'<option value="{one}">{esc(FEEDBACK[one])}</option>' for one in reasons["options"])
    asked = (
        f'<label for="feedback">Why do you cancel? (optional)</label><select id="feedback" name="feedback">'
        f'<option value="">I\'d rather not say</option>{options}</select>'
    )
    return framed(
        "Cancel plan",
        f"<section><h1>Cancel plan</h1><p>Your plan stays as it is until {end}. Then it ends, and nothing more is "
        f"charged.</p><form method='post' action='{here}/cancel/{subscription['id']}'>"
        f"{asked if reasons['enabled'] else ''}<button>Cancel plan</button></form>"
        f"<a class='button second' href='{here}/home'>Keep my plan</a></section>",
    )


def _cancel(world: World, session: Json, here: str, subscription: Json, values: dict[str, str]) -> Page:
    if values.get("feedback") in FEEDBACK:
        given = Params({"cancellation_details": {"feedback": values["feedback"]}})
        read_cancellation_details(subscription, given)
    if _configuration(world, session)["mode"] == "immediately":
        end_subscription(world, subscription, reason="cancellation_requested")
    else:
        schedule_end(subscription, world.time_of(subscription))
        world.save(subscription, "customer.subscription.updated")
    return _done(session, here)


def _configuration(world: World, session: Json) -> Json:
    features: Json = world.find("billing_portal.configuration", session["configuration"])["features"]
    found: Json = features["subscription_cancel"]
    return found


def _done(session: Json, here: str) -> Page:
    after = (session["flow"] or {}).get("after_completion") or {}
    if after.get("type") == "redirect":
        return Page(goto=after["redirect"]["return_url"])
    if after.get("type") == "hosted_confirmation":
        message = after["hosted_confirmation"]["custom_message"] or "Your change is saved."
        link = f'<a class="button" href="{esc(session["return_url"])}">Return to Maxwell\'s Wallet</a>'
        return framed("Saved", f"<section><h1>Saved</h1><p>{esc(message)}</p>{link}</section>")
    return Page(goto=f"{here}/home")
