"""Subscriptions from their beginning to their end, by test clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import stripe

from tests.fake_stripe.test_checkout import CARD, hidden_fields, send
from tests.stripe import Account

DAY, HOUR = 86400, 3600


def moment(year: int, month: int, day: int, hour: int = 0) -> int:
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


START = moment(2026, 1, 31)


class Life:
    """A customer on a test clock that began on 31 January 2026."""

    def __init__(self, account: Account, token: str | None = "pm_card_visa", begin: int = START) -> None:  # noqa: S107 — a test card
        self.account, self.api = account, account.client.v1
        self.clock = account.start_clock(begin)
        self.customer = self.api.customers.create({"email": "anna@example.com"}).id
        if token:
            self.use_card(token)

    def use_card(self, token: str) -> None:
        card = self.api.payment_methods.attach(token, {"customer": self.customer}).id
        self.api.customers.update(self.customer, {"invoice_settings": {"default_payment_method": card}})

    def subscribe(self, price: str, **more: Any) -> Any:
        self.id = self.api.subscriptions.create({"customer": self.customer, "items": [{"price": price}], **more}).id
        return self.now

    def until(self, when: int) -> Any:
        self.account.advance(self.clock, when)
        return self.now

    @property
    def now(self) -> Any:
        return self.api.subscriptions.retrieve(self.id)

    @property
    def period(self) -> tuple[int, int]:
        item = self.now["items"].data[0]
        return item.current_period_start, item.current_period_end

    @property
    def invoices(self) -> list[Any]:
        """Oldest first."""
        return self.api.invoices.list({"subscription": self.id, "limit": 100}).data[::-1]

    def events(self, *types: str) -> list[Any]:
        """Oldest first."""
        listed = self.api.events.list({"limit": 100, **({"types": list(types)} if types else {})})
        return [*listed.auto_paging_iter()][::-1]


@pytest.fixture
def life(account: Account) -> Life:
    return Life(account)


def test_it_renews_each_month_on_the_day_it_began_or_the_month_s_last(life: Life, prices: dict[str, str]) -> None:
    bought = life.subscribe(prices["pro_month"])
    assert bought.status == "active"
    assert life.period == (START, moment(2026, 2, 28))
    life.until(moment(2026, 3, 1))
    assert life.period == (moment(2026, 2, 28), moment(2026, 3, 31))
    life.until(moment(2026, 4, 15))

    assert life.period == (moment(2026, 3, 31), moment(2026, 4, 30))
    assert [(one.billing_reason, one.status, one.amount_paid) for one in life.invoices] == [
        ("subscription_create", "paid", 1200),
        ("subscription_cycle", "paid", 1200),
        ("subscription_cycle", "paid", 1200),
    ]
    assert [one.created for one in life.invoices] == [START, moment(2026, 2, 28), moment(2026, 3, 31)]
    assert [one.status_transitions.paid_at for one in life.invoices[1:]] == [
        moment(2026, 2, 28, 1),
        moment(2026, 3, 31, 1),
    ]
    assert len({one.number for one in life.invoices}) == 3


def test_a_renewal_is_a_draft_for_an_hour(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    life.until(moment(2026, 2, 28) + 10)
    draft = life.invoices[-1]

    assert (draft.status, draft.number, draft.automatically_finalizes_at) == ("draft", None, moment(2026, 2, 28, 1))
    life.until(moment(2026, 2, 28, 2))
    assert life.invoices[-1].status == "paid"


def test_the_events_of_a_renewal_in_their_order(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    before = len(life.events())
    life.until(moment(2026, 3, 1))
    renewal = life.events()[before:]

    assert [event.type for event in renewal if not event.type.startswith("test_helpers")] == [
        "invoice.created",
        "customer.subscription.updated",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]
    updated = next(event for event in renewal if event.type == "customer.subscription.updated")
    assert set(updated.data.previous_attributes.to_dict()) == {"items", "latest_invoice"}
    assert updated.created == moment(2026, 2, 28)


def test_a_yearly_plan_renews_after_a_year(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_year"])
    assert life.period == (START, moment(2027, 1, 31))
    life.until(moment(2027, 2, 1))

    assert life.period == (moment(2027, 1, 31), moment(2028, 1, 31))
    assert [one.total for one in life.invoices] == [12000, 12000]


def test_a_trial_warns_three_days_before_its_end_and_then_is_paid(life: Life, prices: dict[str, str]) -> None:
    trial = life.subscribe(prices["pro_month"], trial_period_days=14)
    end = START + 14 * DAY
    assert (trial.status, trial.trial_end, life.period) == ("trialing", end, (START, end))
    assert [(one.total, one.status) for one in life.invoices] == [(0, "paid")]

    life.until(end - 3 * DAY - 1)
    assert life.events("customer.subscription.trial_will_end") == []
    life.until(end - 3 * DAY)
    (warning,) = life.events("customer.subscription.trial_will_end")
    assert (warning.created, warning.data.object.trial_end) == (end - 3 * DAY, end)

    assert life.until(end).status == "active"
    assert life.until(end + HOUR).status == "active"
    assert life.invoices[-1].amount_paid == 1200
    assert life.period == (end, moment(2026, 3, 14))
    assert len(life.events("customer.subscription.trial_will_end")) == 1


@pytest.mark.parametrize(("behaviour", "ends"), [("cancel", "canceled"), ("create_invoice", "past_due")])
def test_a_trial_without_a_card_ends_as_it_was_told_to(
    account: Account, prices: dict[str, str], behaviour: str, ends: str
) -> None:
    life = Life(account, token=None)
    settings = {"end_behavior": {"missing_payment_method": behaviour}}
    life.subscribe(prices["pro_month"], trial_period_days=14, trial_settings=settings)

    assert life.until(START + 14 * DAY + 2 * HOUR).status == ends


def test_a_failed_renewal_is_tried_again_and_a_new_card_saves_it(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    life.use_card("pm_card_chargeCustomerFail")
    due = moment(2026, 2, 28, 1)
    late = life.until(due)
    invoice = life.invoices[-1]

    assert late.status == "past_due"
    assert (invoice.status, invoice.attempt_count, invoice.next_payment_attempt) == ("open", 1, due + 3 * DAY)
    assert [event.type for event in life.events("invoice.payment_failed")] == ["invoice.payment_failed"]
    life.until(due + 3 * DAY)
    assert (life.invoices[-1].attempt_count, life.invoices[-1].next_payment_attempt) == (2, due + 8 * DAY)

    life.use_card("pm_card_visa")
    assert life.until(due + 8 * DAY).status == "active"
    assert (life.invoices[-1].status, life.invoices[-1].amount_paid) == ("paid", 1200)


@pytest.mark.parametrize("after", ["canceled", "unpaid", "past_due"])
def test_after_the_last_attempt_it_is_as_the_account_says(life: Life, prices: dict[str, str], after: str) -> None:
    life.account.control("settings", after_retries=after)
    life.subscribe(prices["pro_year"])
    life.use_card("pm_card_chargeCustomerFail")
    due = moment(2027, 1, 31, 1)
    assert life.until(due + 15 * DAY - 1).status == "past_due"
    over = life.until(due + 15 * DAY)

    assert over.status == after
    assert (life.invoices[-1].attempt_count, life.invoices[-1].next_payment_attempt) == (4, None)
    assert over.cancellation_details.reason == ("payment_failed" if after == "canceled" else None)
    assert len(life.events("customer.subscription.deleted")) == (after == "canceled")


def test_an_open_invoice_is_paid_on_its_page_and_the_subscription_is_well_again(
    life: Life, prices: dict[str, str]
) -> None:
    life.subscribe(prices["pro_month"])
    life.use_card("pm_card_chargeCustomerFail")
    life.until(moment(2026, 2, 28, 1))
    address = life.invoices[-1].hosted_invoice_url
    refused = send(address, cardNumber="4000000000000002", **CARD)
    paid = send(address, cardNumber="4242424242424242", **CARD)

    assert "Your card was declined." in refused.text
    assert "Paid on 28 Feb 2026" in paid.text
    assert life.now.status == "active"
    document = requests.get(life.invoices[-1].invoice_pdf, timeout=30)
    assert document.content.startswith(b"%PDF-1.4")
    assert b"$12.00" in document.content


def test_who_tries_several_cards_uses_up_no_attempt(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    life.use_card("pm_card_chargeCustomerFail")
    due = moment(2026, 2, 28, 1)
    life.until(due)
    invoice = life.invoices[-1]
    for _ in range(2):
        send(invoice.hosted_invoice_url, cardNumber="4000000000000341", **CARD)
        with pytest.raises(stripe.CardError):
            life.api.invoices.pay(invoice.id)
    after = life.invoices[-1]

    assert (after.attempt_count, after.next_payment_attempt, life.now.status) == (1, due + 3 * DAY, "past_due")
    assert len(life.events("invoice.payment_failed")) == 5
    assert life.until(due + 15 * DAY - 1).status == "past_due"
    assert life.until(due + 15 * DAY).status == "canceled"


def test_a_card_that_always_asks_needs_its_person_at_the_renewal(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    life.use_card("pm_card_authenticationRequired")
    waiting = life.until(moment(2026, 2, 28, 1))
    (asked,) = life.events("invoice.payment_action_required")
    page = requests.get(f"{asked.data.object.hosted_invoice_url}/confirm", timeout=30)
    send(f"{asked.data.object.hosted_invoice_url}/confirm", outcome="complete", **hidden_fields(page.text))

    assert waiting.status == "past_due"
    assert life.now.status == "active"


def test_cancelled_at_the_period_s_end_it_lives_until_then(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    end = moment(2026, 2, 28)
    told = life.api.subscriptions.update(
        life.id, {"cancel_at_period_end": True, "cancellation_details": {"feedback": "too_expensive"}}
    )
    assert (told.status, told.cancel_at, told.canceled_at) == ("active", end, START)
    assert life.until(end - 1).status == "active"
    over = life.until(end)

    assert (over.status, over.ended_at, over.canceled_at) == ("canceled", end, START)
    assert over.cancellation_details.to_dict() == {
        "comment": None,
        "feedback": "too_expensive",
        "reason": "cancellation_requested",
    }
    (gone,) = life.events("customer.subscription.deleted")
    assert (gone.created, gone.data.object.status) == (end, "canceled")
    life.until(end + 60 * DAY)
    assert len(life.invoices) == 1
    assert life.api.subscriptions.list({"customer": life.customer}).data == []
    assert [one.id for one in life.api.subscriptions.list({"customer": life.customer, "status": "all"}).data] == [
        life.id
    ]


def test_an_end_on_a_day_is_kept_or_taken_back(life: Life, prices: dict[str, str]) -> None:
    day = moment(2026, 3, 10)
    life.subscribe(prices["pro_month"])
    assert life.api.subscriptions.update(life.id, {"cancel_at": day}).cancel_at == day
    taken_back = life.api.subscriptions.update(life.id, {"cancel_at": ""})
    assert (taken_back.cancel_at, taken_back.canceled_at) == (None, None)
    at_the_end = life.api.subscriptions.update(life.id, {"cancel_at": "max_period_end"})
    assert (at_the_end.cancel_at, at_the_end.cancel_at_period_end) == (moment(2026, 2, 28), True)
    life.api.subscriptions.update(life.id, {"cancel_at_period_end": False})
    life.api.subscriptions.update(life.id, {"cancel_at": day})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        life.api.subscriptions.update(life.id, {"cancel_at": START})

    assert refused.value.param == "cancel_at"
    assert life.until(day - 1).status == "active"
    assert life.until(day).ended_at == day
    assert len(life.invoices) == 2


def test_resumed_in_time_it_renews(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    life.api.subscriptions.update(life.id, {"cancel_at_period_end": True})
    back = life.api.subscriptions.update(life.id, {"cancel_at_period_end": False})

    assert (back.cancel_at, back.canceled_at, back.cancellation_details.reason) == (None, None, None)
    assert life.until(moment(2026, 3, 1)).status == "active"


def test_cancelled_at_once_it_is_over_and_cannot_be_changed(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    gone = life.api.subscriptions.cancel(life.id)

    assert (gone.status, gone.ended_at) == ("canceled", START)
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription"):
        life.api.subscriptions.update(life.id, {"cancel_at_period_end": True})


def test_a_first_payment_that_fails_leaves_it_incomplete_for_23_hours(account: Account, prices: dict[str, str]) -> None:
    life = Life(account, "pm_card_chargeCustomerFail")
    first = life.subscribe(prices["pro_month"])
    assert first.status == "incomplete"
    assert life.until(START + 23 * HOUR).status == "incomplete_expired"

    assert life.invoices[0].status == "void"


def test_error_if_incomplete_undoes_everything(account: Account, prices: dict[str, str]) -> None:
    life = Life(account, "pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError) as refused:
        life.subscribe(prices["pro_month"], payment_behavior="error_if_incomplete")

    assert (refused.value.http_status, refused.value.code) == (402, "card_declined")
    assert life.api.subscriptions.list({"customer": life.customer, "status": "all"}).data == []


def test_an_incomplete_one_becomes_active_when_its_invoice_is_paid(account: Account, prices: dict[str, str]) -> None:
    life = Life(account, token=None)
    life.subscribe(prices["pro_month"], payment_behavior="default_incomplete")
    paid = life.api.invoices.pay(life.invoices[0].id, {"payment_method": "pm_card_visa"})

    assert paid.status == "paid"
    assert life.now.status == "active"


def test_a_trial_can_be_made_longer_or_ended_now(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"], trial_period_days=14)
    later = START + 30 * DAY
    longer = life.api.subscriptions.update(life.id, {"trial_end": later, "proration_behavior": "none"})
    assert (longer.status, longer.trial_end, life.period) == ("trialing", later, (START, later))
    life.until(START + 5 * DAY)
    ended = life.api.subscriptions.update(life.id, {"trial_end": "now"})

    assert (ended.status, ended.trial_end) == ("active", START + 5 * DAY)
    assert life.invoices[-1].amount_paid == 1200
    assert life.period == (START + 5 * DAY, moment(2026, 3, 5))


def test_a_refund_goes_back_to_the_card(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    payment = life.api.invoices.list({"subscription": life.id, "expand": ["data.payments"]}).data[0].payments.data[0]
    intent = payment.payment.payment_intent
    part = life.api.refunds.create({"payment_intent": intent, "amount": 200})
    life.api.refunds.create({"payment_intent": intent, "reason": "requested_by_customer"})
    charge = life.api.charges.retrieve(part.charge, {"expand": ["refunds"]})

    assert [one.amount for one in charge.refunds.data] == [1000, 200]
    assert (charge.amount_refunded, charge.refunded) == (1200, True)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        life.api.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_already_refunded"


def test_the_clock_goes_only_forward_and_takes_its_customers_along(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    with pytest.raises(stripe.InvalidRequestError):
        life.until(START)
    life.api.test_helpers.test_clocks.delete(life.clock)

    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        life.api.subscriptions.retrieve(life.id)
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        life.api.subscriptions.list({"customer": life.customer})


def test_what_lives_by_a_test_clock_is_listed_only_by_name(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    customers, subscriptions = life.api.customers.list, life.api.subscriptions.list

    assert (customers().data, subscriptions({"status": "all"}).data) == ([], [])
    assert [one.id for one in customers({"test_clock": life.clock}).data] == [life.customer]
    assert [one.id for one in subscriptions({"test_clock": life.clock}).data] == [life.id]
    assert [one.id for one in subscriptions({"customer": life.customer}).data] == [life.id]


def test_a_customer_s_payments_can_be_made_to_fail(life: Life, prices: dict[str, str]) -> None:
    life.subscribe(prices["pro_month"])
    life.account.control("decline", customer=life.customer)
    assert life.until(moment(2026, 2, 28, 1)).status == "past_due"
    life.account.control("decline", customer=life.customer, on=False)

    assert life.until(moment(2026, 3, 4)).status == "active"
