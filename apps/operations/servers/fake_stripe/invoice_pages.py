"""The hosted invoice: what it is for, a form to pay it when it is open, and the same as a PDF."""

from __future__ import annotations

from .cards import NOT_CONFIRMED
from .collecting import attempt, refuse_confirmation
from .customers import attach, card_of
from .errors import ApiError, Json
from .money import day, shown
from .pages import Page, card_fields, complaint, confirmation, esc, framed, read_card
from .world import World


def show(invoice: Json, *, sentence: str = "", values: dict[str, str] | None = None) -> Page:
    currency, here = invoice["currency"], invoice["hosted_invoice_url"]
    rows = "".join(
        f"<tr><td>{esc(text)}</td><td class='money'>{shown(cents, currency)}</td></tr>"
        for text, cents in _rows(invoice)
    )
    form = ""
    if invoice["status"] == "open":
        form = (
            f"<section><h2>Pay this invoice</h2>{complaint(sentence)}<form method='post' action='{esc(here)}'>"
            f"{card_fields(values or {})}<button>Pay {shown(invoice['amount_remaining'], currency)}</button>"
            "</form></section>"
        )
    return framed(
        f"Invoice {invoice['number']}",
        f"<section><h1>Invoice {esc(invoice['number'])}</h1>"
        f"<p class='amount'>{shown(invoice['amount_due'], currency)}</p>"
        f"<p>{_status(invoice)}</p><table>{rows}</table><p><a href='{esc(invoice['invoice_pdf'])}'>Download PDF</a></p>"
        f"</section>{form}",
        two=bool(form),
    )


def pay(world: World, invoice: Json, values: dict[str, str]) -> Page:
    if invoice["status"] != "open":
        return show(invoice)
    found = read_card(world, values)
    if isinstance(found, str):
        return show(invoice, sentence=found, values=values)
    method = world.add(found)
    if card_of(method).secure:
        return confirmation(
            "Do you allow this payment?", f"{invoice['hosted_invoice_url']}/confirm", {"method": method["id"]}
        )
    return _attempt(world, invoice, method, authenticated=False)


def ask(world: World, invoice: Json) -> Page:
    """Where a payment that waits for its confirmation leads."""
    intent = world.store.get(invoice.get("_intent")) or {}
    if invoice["status"] != "open" or intent.get("status") != "requires_action":
        return show(invoice)
    hidden = {"method": intent["payment_method"]}
    return confirmation("Do you allow this payment?", f"{invoice['hosted_invoice_url']}/confirm", hidden)


def confirm(world: World, invoice: Json, values: dict[str, str]) -> Page:
    method = world.store.get(values.get("method"))
    if invoice["status"] != "open" or not method or method["object"] != "payment_method":
        return show(invoice)
    if values.get("outcome") != "complete":
        refuse_confirmation(world, invoice, NOT_CONFIRMED)
        return show(invoice, sentence=NOT_CONFIRMED.message)
    return _attempt(world, invoice, method, authenticated=True)


def pdf(invoice: Json) -> Page:
    """One page of text, of which most readers of PDF think nothing bad."""
    lines = [f"Invoice {invoice['number']}", "Maxwell's Wallet (test mode)", _status(invoice), ""]
    lines += [f"{shown(cents, invoice['currency']):>12}   {text}" for text, cents in _rows(invoice)]
    return Page(_pdf_of(lines), kind="application/pdf")


def _attempt(world: World, invoice: Json, method: Json, *, authenticated: bool) -> Page:
    try:
        attach(world, world.find("customer", invoice["customer"]), method)
    except ApiError as refusal:
        return show(invoice, sentence=str(refusal))
    why = attempt(world, invoice, method, authenticated=authenticated, by_hand=True)
    return show(world.find("invoice", invoice["id"]), sentence=why.message if why else "")


def _rows(invoice: Json) -> list[tuple[str, int]]:
    rows = [(line["description"], line["amount"]) for line in invoice["lines"]["data"]]
    rows += [("Discount", -entry["amount"]) for entry in invoice["total_discount_amounts"]]
    if invoice["starting_balance"]:
        rows.append(("From your balance", invoice["starting_balance"]))
    return [*rows, ("Amount due", invoice["amount_due"])]


def _status(invoice: Json) -> str:
    if invoice["status"] == "paid":
        return f"Paid on {day(invoice['status_transitions']['paid_at'])}"
    return {"open": f"Due since {day(invoice['created'])}", "void": "Void"}.get(invoice["status"], "Not collected")


def _pdf_of(lines: list[str]) -> bytes:
    def text(line: str) -> bytes:
        plain = line.replace("−", "-").encode("cp1252", "replace")
        return plain.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")

    stream = b"BT /F1 11 Tf 56 780 Td 16 TL " + b" ".join(b"(%s) Tj T*" % text(line) for line in lines) + b" ET"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
    page += b"/Resources << /Font << /F1 5 0 R >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    content, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + end
