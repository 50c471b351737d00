"""What the hosted pages share: the frame, escaping, the card form, and where a request goes."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from . import cards
from .customers import new_method
from .errors import Json
from .world import World

LOCALES = ("auto", "en")
"""What the pages are in."""
_STYLE = """
:root{color-scheme:light dark;--ink:#1a1a2e;--soft:#5b6170;--line:#d9dce3;--page:#f6f7f9;--card:#fff;--act:#3b4cca;
--on:#fff;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#eceef4;--soft:#a7adbd;--line:#3a3f4d;--page:#14161c;--card:#1d2029;
--act:#8c9bff;--on:#10131c;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:1.5rem 1rem 3rem;display:grid;gap:1.5rem}
@media(min-width:46rem){main.two{grid-template-columns:1fr 1fr;align-items:start;padding-top:3rem}}
.test{background:var(--act);color:var(--on);padding:.35rem 1rem;text-align:center;font-size:.85rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem}
h1{font-size:1.4rem;margin:0 0 .5rem}h2{font-size:1.05rem;margin:0 0 .75rem}p{margin:.25rem 0 .75rem}
.amount{font-size:2rem;font-weight:600}.soft{color:var(--soft);font-size:.9rem}
label{display:block;margin:.75rem 0 .25rem;font-size:.9rem;font-weight:600}
input,select{width:100%;min-height:2.75rem;padding:.5rem .75rem;font:inherit;color:inherit;background:var(--page);
border:1px solid var(--line);border-radius:.5rem}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:.75rem}
button,.button{display:block;width:100%;min-height:2.9rem;margin-top:1rem;padding:.6rem 1rem;font:inherit;
font-weight:600;border:0;border-radius:.5rem;background:var(--act);color:var(--on);cursor:pointer;text-align:center;text-decoration:none}
.second{background:none;color:var(--act);border:1px solid var(--line)}
.bad{color:var(--bad);font-weight:600;border-left:4px solid var(--bad);padding-left:.75rem}
a{color:var(--act)}table{width:100%;border-collapse:collapse}td,th{text-align:left;padding:.4rem .25rem;
border-bottom:1px solid var(--line)}td.money,th.money{text-align:right;white-space:nowrap}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser gets: HTML, a file, or another address to go to."""

    content: str | bytes = ""
    status: int = 200
    goto: str = ""
    kind: str = "text/html; charset=utf-8"


def framed(title: str, body: str, *, two: bool = False, status: int = 200) -> Page:
    return Page(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head><body>'
        '<header class="test">Test mode: no money moves here</header>'
        f'<main class="{"two" if two else "one"}">{body}</main></body></html>',
        status,
    )


def not_found() -> Page:
    return framed("Not found", "<section><h1>Nothing here</h1><p>This page does not exist.</p></section>", status=404)


def failed(sentence: str, *, status: int = 400) -> Page:
    """What was asked for cannot be done, whatever is typed: a customer or coupon is gone."""
    body = f"<section><h1>That did not work</h1><p>{esc(sentence)}</p></section>"
    return framed("That did not work", body, status=status)


def esc(value: object) -> str:
    return html.escape("" if value is None else str(value))


def complaint(sentence: str) -> str:
    return f'<p class="bad" role="alert">{esc(sentence)}</p>' if sentence else ""


def card_fields(values: dict[str, str]) -> str:
    def field(name: str, label: str, hint: str, auto: str) -> str:
        shown = esc(values.get(name))
        return (
            f'<div><label for="{name}">{label}</label><input id="{name}" name="{name}" value="{shown}" '
            f'placeholder="{hint}" autocomplete="{auto}" inputmode="numeric" required></div>'
        )

    return (
        field("cardNumber", "Card number", "4242 4242 4242 4242", "cc-number")
        + '<div class="pair">'
        + field("cardExpiry", "Expiry", "MM / YY", "cc-exp")
        + field("cardCvc", "Security code", "CVC", "cc-csc")
        + "</div>"
    )


def read_card(world: World, values: dict[str, str]) -> Json | str:
    """A new payment method, not stored, from what was typed; or the sentence that says what is wrong with it."""
    number = values.get("cardNumber", "").strip()
    expiry = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(?:20)?(\d{2})\s*", values.get("cardExpiry", ""))
    if not number or not expiry or not values.get("cardCvc", "").strip():
        return "Please fill in the card's number, its expiry (MM / YY) and its security code."
    card = cards.by_number(number)
    if not card:
        return "Your card number is invalid. Only Stripe's test cards work here, such as 4242 4242 4242 4242."
    if not 1 <= int(expiry[1]) <= 12:
        return "Your card's expiration date is invalid."
    return new_method(world, card, month=int(expiry[1]), year=2000 + int(expiry[2]))


def confirmation(title: str, action: str, hidden: dict[str, Any]) -> Page:
    """The bank's page of 3-D Secure."""
    kept = "".join(f'<input type="hidden" name="{esc(name)}" value="{esc(value)}">' for name, value in hidden.items())
    return framed(
        "Confirm with your bank",
        f"<section><h1>3-D Secure test page</h1><p>{esc(title)}</p>"
        "<p class='soft'>With a real card, your bank asks here whether it is you.</p>"
        f'<form method="post" action="{esc(action)}">{kept}<button name="outcome" value="complete">Complete</button>'
        '<button class="second" name="outcome" value="fail">Fail</button></form></section>',
    )
