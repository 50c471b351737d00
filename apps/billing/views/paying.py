"""Cards, addresses and invoices: the payment provider has them."""

import zoneinfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.billing import stripe_gateway
from apps.billing.saying import day
from apps.billing.seeing_other import SeeOther
from apps.billing.stripe_gateway import InvoiceLine
from apps.core.money import plain
from apps.households.answers import did, refusal
from apps.households.requests import HouseholdRequest
from apps.households.rules import OWNER, allow

STATES = {"paid": "paid", "open": "to be paid", "uncollectible": "not paid", "void": "withdrawn"}
"""Stripe's words for an invoice, and ours."""


@allow(post=OWNER, when_read_only=True)
def card(request: HouseholdRequest) -> HttpResponse:
    """On to the payment provider's page for cards and addresses."""
    pages: list[str] = []
    plan = request.build_absolute_uri(reverse("billing:plan"))

    def ask() -> None:
        pages.append(stripe_gateway.portal_url(request.household, person=request.user, return_url=plan))

    if not did(request, ask):
        return redirect("billing:plan")
    return SeeOther(pages[0])


@allow(get=OWNER)
def invoices(request: HouseholdRequest) -> HttpResponse:
    found: list[InvoiceLine] = []
    trouble = refusal(lambda: found.extend(stripe_gateway.invoices(request.household)))
    listed = [_listed(invoice, request.household.zone) for invoice in found]
    return render(request, "billing/invoices.html", {"invoices": listed, "trouble": trouble})


def _listed(invoice: InvoiceLine, zone: zoneinfo.ZoneInfo) -> dict[str, object]:
    is_credit = invoice.total < 0
    return {
        "line": invoice,
        "day": day(invoice.at, zone),
        "state": "credit" if is_credit else STATES.get(invoice.status, invoice.status),
        "amount": invoice.total if is_credit else invoice.due,
        "note": _note(invoice),
        "is_open": invoice.status == "open",
    }


def _note(invoice: InvoiceLine) -> str:
    """Why what was paid is another amount than stands on the invoice's own lines."""
    if invoice.total < 0:
        return "comes off your next payments"
    if invoice.due == invoice.total:
        return ""
    total, other = (plain(amount, invoice.currency) for amount in (invoice.total, abs(invoice.due - invoice.total)))
    return f"{total}, less {other} of credit" if invoice.due < invoice.total else f"{total}, and {other} from before"
