"""The hosted Checkout page at /c/pay/<session>: card form, promotion code, 3-D Secure; plain forms, no script."""

from __future__ import annotations

from .cards import NOT_CONFIRMED
from .checkout import apply_code, due_later, items_of, needs_card, pay, remove_code
from .customers import card_of
from .errors import Json
from .money import shown
from .pages import Page, card_fields, complaint, confirmation, esc, framed, read_card
from .world import World


def show(world: World, session: Json, *, values: dict[str, str] | None = None, sentence: str = "") -> Page:
    if session["status"] != "open":
        return _closed(session)
    values = values or {}
    customer = world.store.get(session["customer"]) or {}
    email = customer.get("email") or session["customer_email"]
    typed = esc(values.get("email"))
    address = (
        f"<p>{esc(email)}</p>"
        if email
        else '<label for="email">Email</label>'
        f'<input id="email" name="email" type="email" value="{typed}" autocomplete="email" required>'
    )
    form = card_fields(values) if needs_card(session) else "<p>No card is needed for now.</p>"
    name = values.get("billingName") or customer.get("name")
    button = "Start trial" if due_later(session) else "Subscribe"
    back = f'<p><a href="{esc(session["cancel_url"])}">Back without paying</a></p>' if session["cancel_url"] else ""
    return framed(
        "Checkout",
        _summary(world, session)
        + f"<section><h2>Pay with card</h2>{complaint(sentence)}{_form(session)}{address}{form}"
        + '<label for="billingName">Cardholder name</label>'
        + f'<input id="billingName" name="billingName" value="{esc(name)}" autocomplete="cc-name">'
        + f'<button type="submit">{button}</button></form>{back}</section>',
        two=True,
    )


def act(world: World, session: Json, values: dict[str, str]) -> Page:
    """The form was sent: pay, or take or drop a promotion code."""
    if session["status"] != "open":
        return _closed(session)
    if "code" in values:
        return show(world, session, sentence=apply_code(world, session, values["code"]))
    if "remove_code" in values:
        remove_code(world, session)
        return Page(goto=f"/c/pay/{session['id']}")
    email = _email(world, session, values)
    if not email:
        return show(world, session, values=values, sentence="Please fill in your email address.")
    method = None
    if needs_card(session):
        found = read_card(world, values)
        if isinstance(found, str):
            return show(world, session, values=values, sentence=found)
        method = world.add(found)
        if card_of(method).secure:
            hidden = {"method": method["id"], "email": email, "billingName": values.get("billingName", "")}
            return confirmation("Do you allow this payment?", f"/c/pay/{session['id']}/confirm", hidden)
    return _pay(world, session, method, values, authenticated=False)


def confirm(world: World, session: Json, values: dict[str, str]) -> Page:
    """The person comes back from their bank."""
    method = world.store.get(values.get("method"))
    if session["status"] != "open":
        return _closed(session)
    if not method or method["object"] != "payment_method" or not _email(world, session, values):
        return show(world, session, values=values, sentence="Please fill in the form once more.")
    if values.get("outcome") != "complete":
        return show(world, session, values=values, sentence=NOT_CONFIRMED.message)
    return _pay(world, session, method, values, authenticated=True)


def _pay(world: World, session: Json, method: Json | None, values: dict[str, str], *, authenticated: bool) -> Page:
    name = values.get("billingName", "")
    why = pay(world, session, method, email=_email(world, session, values), name=name, authenticated=authenticated)
    if why:
        return show(world, session, values={**values, "cardNumber": "", "cardCvc": ""}, sentence=why.message)
    return Page(goto=session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))


def _email(world: World, session: Json, values: dict[str, str]) -> str:
    customer = world.store.get(session["customer"]) or {}
    return str(customer.get("email") or session["customer_email"] or values.get("email", ""))


def _summary(world: World, session: Json) -> str:
    rows, currency = "", session["currency"]
    for item in items_of(world, session)["data"]:
        price = item["price"]
        each = f"{shown(price['unit_amount'], currency)} per {price['recurring']['interval']}"
        rows += f"<tr><td>{esc(item['description'])}<br><span class='soft'>{each}</span></td>"
        rows += f"<td class='money'>{shown(item['amount_subtotal'], currency)}</td></tr>"
    off = session["total_details"]["amount_discount"]
    if off:
        rows += f"<tr><td>Discount</td><td class='money'>{shown(-off, currency)}</td></tr>"
    rows += f"<tr><th>Due today</th><th class='money'>{shown(session['amount_total'], currency)}</th></tr>"
    trial = "<p class='soft'>Your trial begins today; the first payment follows at its end.</p>"
    return (
        "<section><h1>Subscribe to Maxwell's Wallet</h1>"
        f"<p class='amount'>{shown(session['amount_total'], currency)}</p>"
        f"{trial if due_later(session) else ''}<table>{rows}</table>{_code(session)}</section>"
    )


def _code(session: Json) -> str:
    if session["discounts"] and session["allow_promotion_codes"]:
        return f'{_form(session)}<button class="second" name="remove_code" value="1">Remove the code</button></form>'
    if not session["allow_promotion_codes"]:
        return ""
    return (
        f'{_form(session)}<label for="code">Promotion code</label><input id="code" name="code" required>'
        '<button class="second">Apply</button></form>'
    )


def _form(session: Json) -> str:
    """It may stand on the page of a confirmation that failed, which has an address of its own."""
    return f'<form method="post" action="/c/pay/{session["id"]}">'


def _closed(session: Json) -> Page:
    done = session["status"] == "complete"
    title = "You have paid" if done else "This page has expired"
    text = "This checkout is complete." if done else "Go back and start again; nothing was charged."
    where = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]) if done else session["cancel_url"]
    link = f'<a class="button" href="{esc(where)}">Back to Maxwell&rsquo;s Wallet</a>' if where else ""
    return framed(title, f"<section><h1>{title}</h1><p>{text}</p>{link}</section>")
