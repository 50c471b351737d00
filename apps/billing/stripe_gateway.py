"""Everything that we ask of Stripe for a household.

Each function raises BillingUnavailable if Stripe is away or refuses us, and then nothing was changed as far as anybody
knows: asking again is safe, because every call that makes or changes something carries an idempotency key. After a deed
the household's own row (`plans.Subscription`) is already what Stripe says, without waiting for the webhook. If Stripe
is away by then, NotHeardYet is raised.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import structlog
from django.core import signing

from apps.billing.deriving import is_owing, item_of, living, moment
from apps.billing.errors import (
    AlreadySubscribed,
    BillingUnavailable,
    NotHeardYet,
    NotOffered,
    NotSubscribed,
    NotUnderstood,
    PaymentOwed,
    PreviewTooOld,
)
from apps.billing.refreshing import accept, fetch, refresh
from apps.billing.stripe_calls import api, asking, plain
from apps.households.models import Household
from apps.plans.models import Interval, Plan, Subscription
from apps.plans.standing import why_read_only
from apps.users.models import User

__all__ = ["cancel", "change_plan", "checkout_url", "customer_of", "invoices", "portal_url", "preview_change"]
__all__ += ["refresh", "resume"]

Json = dict[str, Any]
_SALT = "billing.change"
_TOKEN_LIVES = datetime.timedelta(hours=1)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PreviewLine:
    text: str
    amount: Decimal
    """In the preview's currency; negative: given back."""


@dataclass(frozen=True)
class ChangePreview:
    """What a change of the plan would cost, as Stripe says it."""

    token: str
    """For the form that confirms, and from there to `change_plan`, which charges exactly this. Good for an hour."""
    due_now: Decimal
    """Paid at once; 0 if the change gives something back."""
    credit: Decimal
    """Kept for the next payments; 0 or positive."""
    next_amount: Decimal
    """The plan's usual payment, without credit and coupons."""
    next_at: datetime.datetime
    currency: str
    """ISO 4217, in capitals."""
    lines: list[PreviewLine]
    """What `due_now` and `credit` are made of."""


@dataclass(frozen=True)
class InvoiceLine:
    """One invoice in a household's list."""

    number: str
    at: datetime.datetime
    total: Decimal
    """Negative: kept for the next payments."""
    due: Decimal
    """What of it is asked of the card, or was: the credit from before is taken off, what was owed comes on top."""
    currency: str
    """ISO 4217, in capitals."""
    status: str
    """paid, open, uncollectible or void."""
    page_url: str
    """Stripe's own page of it, where it can be paid; empty if there is none."""
    pdf_url: str


def customer_of(household: Household, *, person: User) -> str:
    """The id of the household's Customer at Stripe; made once, before anything is bought.

    Who is another person than before (the household has a new owner) has the receipts from now on. One that somebody
    has deleted at Stripe is replaced, after our row says that what it paid for has ended.
    """
    before = _held(household).customer_id
    if before:
        with asking("customer"):
            found = plain(api().customers.retrieve(before))
            if not found.get("deleted"):
                if found["metadata"].get("person") != str(person.pk):
                    _name_customer(before, person)
                return before
        refresh(household)
    with asking("customer"):
        # The key makes it one customer, however many ask at once; so the rest of it must not depend on who asks.
        made = api().customers.create(
            {"metadata": {"household": household.public_id}},
            {"idempotency_key": f"customer-{household.public_id}-{before}"},
        )
        _name_customer(made.id, person)
    Subscription.objects.filter(household=household, customer_id=before).update(customer_id=made.id)
    return _held(household).customer_id


def _name_customer(customer: str, person: User) -> None:
    """To whom Stripe writes. An address that the same person gave Stripe later stays."""
    told = {"email": person.email, "name": person.name, "metadata": {"person": str(person.pk)}}
    api().customers.update(customer, told)  # type: ignore[arg-type]


def checkout_url(
    household: Household, *, person: User, plan: Plan, interval: str, success_url: str, cancel_url: str
) -> str:
    """Stripe's page on which the person pays; it leads back to one of the two addresses. Coupons can be entered there.

    Raises AlreadySubscribed and NotOffered. Whoever came back by `success_url` calls `refresh` and sees what is true.
    """
    price = _price(plan, interval)
    _refuse_suspended(household)
    customer = customer_of(household, person=person)
    fetched = fetch(customer)
    if living(fetched.subscriptions):
        accept(household, fetched)
        raise AlreadySubscribed("This household has a subscription already; you can change its plan.")
    with asking("checkout"):
        # Two pages open at once would be two subscriptions.
        for session in api().checkout.sessions.list({"customer": customer, "status": "open"}).data:
            api().checkout.sessions.expire(session.id)
        made = api().checkout.sessions.create(
            {
                "mode": "subscription",
                "customer": customer,
                "client_reference_id": household.public_id,
                "line_items": [{"price": price, "quantity": 1}],
                "subscription_data": {"metadata": {"household": household.public_id}},
                "allow_promotion_codes": True,
                "success_url": success_url,
                "cancel_url": cancel_url,
            }
        )
    return str(made.url)


def portal_url(household: Household, *, person: User, return_url: str) -> str:
    """Stripe's page for cards, addresses and invoices. Raises NotSubscribed if the household was never a customer."""
    if not _held(household).customer_id:
        raise NotSubscribed("This household has not paid for anything yet.")
    customer = customer_of(household, person=person)
    with asking("portal"):
        return api().billing_portal.sessions.create({"customer": customer, "return_url": return_url}).url


def preview_change(household: Household, *, plan: Plan, interval: str) -> ChangePreview:
    """What it would cost to have this plan from now on. Raises NotSubscribed, NotOffered and PaymentOwed."""
    price = _price(plan, interval)
    _refuse_suspended(household)
    subscription = _living(household)
    if is_owing(subscription):
        raise PaymentOwed
    item = _item(subscription)
    if item["price"]["id"] == price:
        raise NotOffered("That is the plan that this household has.")
    with asking("preview"):
        shown = plain(
            api().invoices.create_preview(
                {
                    "customer": subscription["customer"],
                    "subscription": subscription["id"],
                    "subscription_details": {
                        "items": [{"id": item["id"], "price": price}],
                        "proration_behavior": "always_invoice",
                    },
                }
            )
        )
    periods = [line["period"] for line in shown["lines"]["data"]]
    next_at = moment(max(period["end"] for period in periods))
    assert next_at, "a period has an end"
    agreed = {
        "subscription": subscription["id"],
        "item": item["id"],
        "from": item["price"]["id"],
        "to": price,
        # By the customer's clock: when what was paid for ends to count, and the new plan begins.
        "at": max(period["start"] for period in periods),
    }
    return ChangePreview(
        token=signing.dumps(agreed, salt=_SALT),
        due_now=_money(shown["amount_due"]),
        credit=_money(max(0, -shown["total"])),
        next_amount=plan.price(interval),
        next_at=next_at,
        currency=shown["currency"].upper(),
        lines=_preview_lines(shown),
    )


def change_plan(household: Household, *, token: str) -> None:
    """The household has the plan of the preview's `token` from now on, and pays (or keeps as credit) what was shown.

    Up and down alike, at once; a cancellation is taken back by it. Twice is once. Raises NotSubscribed, NotOffered,
    PreviewTooOld, PaymentOwed and PaymentDeclined, after which everything is as before.
    """
    too_old = PreviewTooOld("These amounts are not up to date any more. Please look at the new ones.")
    try:
        agreed = signing.loads(token, salt=_SALT, max_age=_TOKEN_LIVES)
    except signing.BadSignature:
        raise too_old from None
    _refuse_suspended(household)
    subscription = _living(household)
    item = _item(subscription)
    has = item["price"]["id"]
    if subscription["id"] != agreed["subscription"] or has not in {agreed["from"], agreed["to"]}:
        raise too_old
    if has == agreed["from"]:
        if is_owing(subscription):
            raise PaymentOwed
        if item["current_period_start"] > agreed["at"]:  # paid for anew meanwhile
            raise too_old
        with asking("change"):
            api().subscriptions.update(
                subscription["id"],
                {
                    "items": [{"id": agreed["item"], "price": agreed["to"]}],
                    "proration_behavior": "always_invoice",
                    "proration_date": agreed["at"],
                    "payment_behavior": "error_if_incomplete",
                    **_going_on(subscription),
                },
            )
    _hear(household)


def cancel(household: Household) -> None:
    """The subscription ends with the time that is paid. Twice is once. Raises NotSubscribed."""
    subscription = _living(household)
    with asking("cancel"):
        api().subscriptions.update(subscription["id"], {"cancel_at_period_end": True})
    _hear(household)


def resume(household: Household) -> None:
    """Takes a cancellation back while the paid time lasts. Twice is once. Raises NotSubscribed after the end."""
    subscription = _living(household)
    if going_on := _going_on(subscription):
        with asking("resume"):
            api().subscriptions.update(subscription["id"], going_on)
    _hear(household)


def invoices(household: Household, *, most: int = 100) -> list[InvoiceLine]:
    """The newest first, without drafts; empty for a household that was never a customer."""
    customer = _held(household).customer_id
    if not customer:
        return []
    with asking("invoices"):
        listed = [plain(one) for one in api().invoices.list({"customer": customer, "limit": most}).data]
    return [_invoice_line(one) for one in listed if one["status"] != "draft"]


def _hear(household: Household) -> None:
    """Our row says what a deed that is done has brought about. Raises NotHeardYet."""
    try:
        refresh(household)
    except NotUnderstood:
        raise
    except BillingUnavailable as error:
        raise NotHeardYet from error


def _held(household: Household) -> Subscription:
    return Subscription.objects.get(household=household)


def _refuse_suspended(household: Household) -> None:
    """Nobody is charged for what they could not use. Raises NotOffered."""
    held = _held(household)
    if held.suspended_at is not None:
        raise NotOffered(why_read_only(held))


def _living(household: Household) -> Json:
    """The household's subscription as it is at Stripe. Without one our row says so, too, and a plan can be bought."""
    customer = _held(household).customer_id
    fetched = fetch(customer) if customer else None
    alive = living(fetched.subscriptions) if fetched else []
    if not alive:
        if fetched:
            accept(household, fetched)
        raise NotSubscribed("This household has no subscription at the moment; you can choose a plan.")
    return alive[0]


def _item(subscription: Json) -> Json:
    return item_of(subscription, list(Plan.objects.all()))[0]


def _price(plan: Plan, interval: str) -> str:
    if not plan.is_offered or interval not in Interval.values:
        raise NotOffered(f"The plan {plan.name} is not on sale.")
    if not (price := plan.price_id(interval)):
        log.error("price_missing", plan=plan.code, interval=interval)  # `manage.py sync_plans` has not been run
        raise BillingUnavailable
    return price


def _going_on(subscription: Json) -> Any:
    """What takes a cancellation back: of the period's end, or of a day that somebody set at Stripe."""
    if subscription["cancel_at_period_end"]:
        return {"cancel_at_period_end": False}
    return {"cancel_at": ""} if subscription["cancel_at"] else {}


def _preview_lines(shown: Json) -> list[PreviewLine]:
    """Stripe's lines, and what stands below them: they add up to what is paid or given back."""
    lines = [PreviewLine(line["description"] or "", _money(line["amount"])) for line in shown["lines"]["data"]]
    off = shown["total"] - sum(line["amount"] for line in shown["lines"]["data"])
    kept = shown["amount_due"] - max(0, shown["total"])
    return [
        *lines,
        *([PreviewLine("Discount", _money(off))] if off else []),
        *([PreviewLine("Credit from before", _money(kept))] if kept else []),
    ]


def _invoice_line(invoice: Json) -> InvoiceLine:
    at = moment(invoice["status_transitions"]["finalized_at"] or invoice["created"])
    assert at, "an invoice was made at some time"
    return InvoiceLine(
        number=invoice["number"] or "",
        at=at,
        total=_money(invoice["total"]),
        due=_money(invoice["amount_due"]),
        currency=invoice["currency"].upper(),
        status=invoice["status"],
        page_url=invoice["hosted_invoice_url"] or "",
        pdf_url=invoice["invoice_pdf"] or "",
    )


def _money(cents: int) -> Decimal:
    """Of a currency that has cents; ours is one (`plans.models.CURRENCY`)."""
    return Decimal(cents) / 100
