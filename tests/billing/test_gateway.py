"""What a household's owner asks for is done at Stripe, and our row says so at once, without any webhook."""

import datetime
from decimal import Decimal

import pytest
from django.core import signing
from django.utils import timezone

from apps.billing import stripe_gateway
from apps.billing.errors import (
    AlreadySubscribed,
    BillingUnavailable,
    NotOffered,
    NotSubscribed,
    PaymentDeclined,
    PaymentOwed,
    PreviewTooOld,
)
from apps.billing.stripe_gateway import ChangePreview
from apps.households.models import Household
from apps.plans.models import Plan, Subscription, SubscriptionChange
from apps.users.models import User
from tests.billing.paying import BACK, Payer
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes


def preview(payer: Payer, plan: str, interval: str = "month") -> ChangePreview:
    return stripe_gateway.preview_change(payer.household, plan=Plan.objects.get(code=plan), interval=interval)


def kinds(payer: Payer) -> list[str]:
    return list(SubscriptionChange.objects.filter(household=payer.household).values_list("kind", flat=True))


# --- The customer -----------------------------------------------------------------------------------------------------
def test_a_customer_is_made_once_and_knows_its_household(payer: Payer, held: Subscription) -> None:
    assert held.customer_id == ""
    first = payer.customer
    assert payer.customer == first == payer.row.customer_id
    (customer,) = payer.account.client.v1.customers.list().data
    assert (customer.id, customer.email, customer.name) == (first, "ours@example.com", "Ours Owner")
    assert customer.metadata.to_dict() == {"household": "ours", "person": str(payer.person.pk)}


def test_two_who_ask_at_once_get_the_same_customer(payer: Payer, other_household: Household) -> None:
    """The second one has read the row before the first one wrote it."""
    first = payer.customer
    Subscription.objects.filter(household=payer.household).update(customer_id="")
    second = User.objects.create_user("partner@example.com", "a-long-enough-word", name="Partner")
    assert stripe_gateway.customer_of(payer.household, person=second) == first
    theirs = stripe_gateway.customer_of(other_household, person=second)
    assert theirs != first
    assert len(payer.account.client.v1.customers.list().data) == 2


def test_a_customer_that_was_deleted_at_stripe_is_replaced(payer: Payer) -> None:
    payer.subscribe("pro")
    first = payer.row.customer_id
    payer.account.client.v1.customers.delete(first)
    session = payer.account.client.v1.checkout.sessions.retrieve(payer.open_checkout("basic"))
    assert session.customer == payer.row.customer_id != first
    assert payer.row.state == "ended"


# --- Checkout ---------------------------------------------------------------------------------------------------------
def test_checkout_sells_the_plan_for_its_price_and_takes_coupons(payer: Payer) -> None:
    session_id = payer.open_checkout("family", "year")
    session = payer.account.client.v1.checkout.sessions.retrieve(session_id)
    assert (session.amount_total, session.currency, session.allow_promotion_codes) == (20000, "usd", True)
    assert (session.customer, session.client_reference_id) == (payer.row.customer_id, "ours")
    assert (session.success_url, session.cancel_url) == (BACK["success_url"], BACK["cancel_url"])


def test_who_came_back_from_checkout_has_the_plan(payer: Payer) -> None:
    payer.subscribe("family", "year")
    row = payer.row
    assert (row.state, row.plan.code, row.interval) == ("active", "family", "year")
    assert payer.at_stripe.metadata.to_dict() == {"household": "ours"}
    assert kinds(payer) == ["trial_began", "began"]
    # Nothing is remembered of before.
    assert payer.household.entitlements.plan.code == "family"


def test_who_pays_for_more_than_we_gave_has_what_they_pay_for(payer: Payer) -> None:
    give_plan(payer.household, "basic")
    payer.subscribe("family")
    assert (payer.household.entitlements.plan.code, payer.household.entitlements.standing) == ("family", "active")
    stripe_gateway.change_plan(payer.household, token=preview(payer, "basic").token)
    assert (payer.household.entitlements.plan.code, payer.household.entitlements.standing) == ("basic", "comped")


def test_who_left_checkout_or_was_declined_has_what_they_had(payer: Payer) -> None:
    session = payer.open_checkout()
    assert payer.account.pay(session, "4000000000000002")["error"]["code"] == "card_declined"
    assert stripe_gateway.refresh(payer.household) == []
    assert (payer.row.state, payer.row.plan.code) == ("trial", "trial")


def test_only_the_last_page_of_checkout_can_be_paid(payer: Payer) -> None:
    first, second = payer.open_checkout("basic"), payer.open_checkout("pro")
    assert "error" in payer.account.pay(first)
    assert payer.account.pay(second)["status"] == "complete"
    stripe_gateway.refresh(payer.household)
    assert payer.row.plan.code == "pro"


def test_who_pays_already_is_not_sold_a_second_subscription(payer: Payer) -> None:
    """Our row does not know of it yet; Stripe does."""
    payer.buy("basic")
    assert payer.row.state == "trial"
    with pytest.raises(AlreadySubscribed):
        payer.open_checkout("pro")
    assert (payer.row.state, payer.row.plan.code) == ("active", "basic")


def test_after_the_end_one_comes_back_through_checkout(payer: Payer) -> None:
    payer.subscribe("basic")
    payer.account.client.v1.subscriptions.cancel(payer.at_stripe.id)
    stripe_gateway.refresh(payer.household)
    assert payer.row.state == "ended"
    payer.subscribe("pro")
    assert (payer.row.state, payer.row.plan.code) == ("active", "pro")
    assert kinds(payer) == ["trial_began", "began", "ended", "came_back"]


@pytest.mark.parametrize(("plan", "interval"), [("trial", "month"), ("pro", "week"), ("pro", "")])
def test_what_is_not_on_sale_is_not_sold(payer: Payer, plan: str, interval: str) -> None:
    with pytest.raises(NotOffered):
        payer.open_checkout(plan, interval)
    payer.subscribe("basic")
    with pytest.raises(NotOffered):
        preview(payer, plan, interval)


def test_a_plan_whose_prices_nobody_made_cannot_be_bought_yet(payer: Payer) -> None:
    Plan.objects.filter(code="pro").update(monthly_price_id="")
    with pytest.raises(BillingUnavailable):
        payer.open_checkout("pro")


# --- The portal and invoices ------------------------------------------------------------------------------------------
def test_the_portal_is_for_who_is_a_customer(payer: Payer) -> None:
    with pytest.raises(NotSubscribed):
        stripe_gateway.portal_url(payer.household, person=payer.person, return_url="http://testserver/plan/")
    payer.subscribe()
    url = stripe_gateway.portal_url(payer.household, person=payer.person, return_url="http://testserver/plan/")
    assert url.startswith(f"{payer.account.address}/p/session/")


def test_receipts_go_to_the_owner_whoever_that_is_by_now(payer: Payer) -> None:
    payer.subscribe("pro")
    calls = payer.account.client.v1.customers
    calls.update(payer.customer, {"email": "accounts@example.com"})
    stripe_gateway.portal_url(payer.household, person=payer.person, return_url="http://testserver/plan/")
    # An address that they gave Stripe themselves is theirs.
    assert calls.retrieve(payer.customer).email == "accounts@example.com"
    heir = User.objects.create_user("heir@example.com", "a-long-enough-word", name="Heir")
    stripe_gateway.portal_url(payer.household, person=heir, return_url="http://testserver/plan/")
    found = calls.retrieve(payer.row.customer_id)
    assert (found.email, found.name, found.metadata.to_dict()["household"]) == ("heir@example.com", "Heir", "ours")


def test_invoices_are_listed_with_their_pages(payer: Payer) -> None:
    assert stripe_gateway.invoices(payer.household) == []
    before = timezone.now() - datetime.timedelta(seconds=5)
    payer.subscribe("pro")
    (line,) = stripe_gateway.invoices(payer.household)
    assert (line.total, line.currency, line.status) == (Decimal(12), "USD", "paid")
    assert line.number
    assert before < line.at < timezone.now() + datetime.timedelta(seconds=5)
    assert line.page_url.startswith(payer.account.address)
    assert line.pdf_url.startswith(line.page_url)


def test_invoices_are_the_newest_first_and_drafts_are_not_shown(payer: Payer) -> None:
    start = 1_900_000_000
    clock = payer.account.start_clock(start)
    payer.subscribe("pro")
    payer.account.advance(clock, start + 31 * 86400 + 1800)
    stripe_gateway.refresh(payer.household)
    statuses = [one.status for one in payer.account.client.v1.invoices.list({"customer": payer.customer}).data]
    assert statuses == ["draft", "paid"]
    assert [line.status for line in stripe_gateway.invoices(payer.household)] == ["paid"]
    payer.account.advance(clock, start + 33 * 86400)
    times = [line.at for line in stripe_gateway.invoices(payer.household)]
    assert len(times) == 2
    assert times == sorted(times, reverse=True)


# --- Changing the plan ------------------------------------------------------------------------------------------------
@pytest.fixture
def fortnight(payer: Payer) -> tuple[Payer, datetime.datetime]:
    """Half of a month of Basic is over; and when the month ends."""
    start = 1_900_022_400  # the 17th of March 2030, noon; a month of 31 days
    clock = payer.account.start_clock(start)
    payer.subscribe("basic")
    payer.account.advance(clock, start + 31 * 86400 // 2)
    ends_at = payer.row.period_ends_at
    assert ends_at is not None
    return payer, ends_at


def test_an_upgrade_costs_the_difference_for_the_rest_of_the_month(
    fortnight: tuple[Payer, datetime.datetime],
) -> None:
    payer, ends_at = fortnight
    shown = preview(payer, "pro")
    assert (shown.due_now, shown.credit, shown.currency) == (Decimal("3.50"), Decimal(0), "USD")
    assert (shown.next_amount, shown.next_at) == (Decimal(12), ends_at)
    assert [line.amount for line in shown.lines] == [Decimal("-2.50"), Decimal("6.00")]
    assert payer.row.plan.code == "basic"
    stripe_gateway.change_plan(payer.household, token=shown.token)
    assert (payer.row.plan.code, payer.row.state, payer.row.period_ends_at) == ("pro", "active", ends_at)
    assert stripe_gateway.invoices(payer.household)[0].total == shown.due_now
    assert kinds(payer) == ["trial_began", "began", "plan_changed"]


def test_a_downgrade_gives_credit_for_the_next_payments(payer: Payer) -> None:
    start = 1_900_022_400
    clock = payer.account.start_clock(start)
    payer.subscribe("family")
    payer.account.advance(clock, start + 31 * 86400 // 2)
    shown = preview(payer, "basic")
    assert (shown.due_now, shown.credit, shown.next_amount) == (Decimal(0), Decimal("7.50"), Decimal(5))
    stripe_gateway.change_plan(payer.household, token=shown.token)
    assert payer.row.plan.code == "basic"
    assert payer.account.client.v1.customers.retrieve(payer.customer).balance == -750
    back = preview(payer, "pro")
    assert (back.due_now, back.credit) == (Decimal(0), Decimal(0))
    assert [line.amount for line in back.lines] == [Decimal("-2.50"), Decimal("6.00"), Decimal("-3.50")]
    assert back.lines[-1].text == "Credit from before"


def test_from_months_to_a_year_begins_a_year_today(fortnight: tuple[Payer, datetime.datetime]) -> None:
    payer, _ = fortnight
    shown = preview(payer, "basic", "year")
    assert (shown.due_now, shown.next_amount) == (Decimal("47.50"), Decimal(50))
    assert shown.next_at.year == 2031
    stripe_gateway.change_plan(payer.household, token=shown.token)
    assert (payer.row.plan.code, payer.row.interval, payer.row.period_ends_at) == ("basic", "year", shown.next_at)


def test_what_was_shown_is_charged_though_time_has_passed(payer: Payer) -> None:
    start = 1_900_022_400
    clock = payer.account.start_clock(start)
    payer.subscribe("basic")
    payer.account.advance(clock, start + 31 * 86400 // 2)
    shown = preview(payer, "pro")
    payer.account.advance(clock, start + 20 * 86400)
    stripe_gateway.change_plan(payer.household, token=shown.token)
    assert stripe_gateway.invoices(payer.household)[0].total == shown.due_now == Decimal("3.50")


def test_what_was_shown_before_the_next_payment_is_shown_again(payer: Payer) -> None:
    start = 1_900_022_400
    clock = payer.account.start_clock(start)
    payer.subscribe("basic")
    payer.account.advance(clock, start + 31 * 86400 - 600)
    shown = preview(payer, "pro")
    payer.account.advance(clock, start + 31 * 86400 + 7200)
    with pytest.raises(PreviewTooOld):
        stripe_gateway.change_plan(payer.household, token=shown.token)
    stripe_gateway.change_plan(payer.household, token=preview(payer, "pro").token)
    assert payer.row.plan.code == "pro"


def test_confirmed_twice_is_paid_once(fortnight: tuple[Payer, datetime.datetime]) -> None:
    payer, _ = fortnight
    shown = preview(payer, "pro")
    for _ in range(2):
        stripe_gateway.change_plan(payer.household, token=shown.token)
    assert [line.total for line in stripe_gateway.invoices(payer.household)] == [Decimal("3.50"), Decimal(5)]


def test_a_declined_card_leaves_everything_as_it_was(fortnight: tuple[Payer, datetime.datetime]) -> None:
    payer, ends_at = fortnight
    shown = preview(payer, "family")
    payer.account.control("decline", customer=payer.customer)
    with pytest.raises(PaymentDeclined, match="declined, and nothing was changed"):
        stripe_gateway.change_plan(payer.household, token=shown.token)
    stripe_gateway.refresh(payer.household)
    assert (payer.row.plan.code, payer.row.state, payer.row.period_ends_at) == ("basic", "active", ends_at)
    payer.account.control("decline", customer=payer.customer, on=False)
    stripe_gateway.change_plan(payer.household, token=shown.token)
    assert payer.row.plan.code == "family"


def test_amounts_of_another_plan_time_or_hand_are_not_agreed_to(
    fortnight: tuple[Payer, datetime.datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    payer, _ = fortnight
    shown, other = preview(payer, "family"), preview(payer, "pro")
    stripe_gateway.change_plan(payer.household, token=other.token)
    for token in (shown.token, f"{shown.token}x", "", "nonsense"):
        with pytest.raises(PreviewTooOld):
            stripe_gateway.change_plan(payer.household, token=token)
    assert payer.row.plan.code == "pro"
    fresh = preview(payer, "family")
    monkeypatch.setattr(signing.time, "time", lambda: timezone.now().timestamp() + 3601)
    with pytest.raises(PreviewTooOld):
        stripe_gateway.change_plan(payer.household, token=fresh.token)


def test_another_household_s_token_changes_nothing(payer: Payer, other_household: Household) -> None:
    payer.subscribe("basic")
    theirs = Payer(payer.account, other_household, payer.person)
    theirs.subscribe("basic")
    with pytest.raises(PreviewTooOld):
        stripe_gateway.change_plan(other_household, token=preview(payer, "pro").token)
    assert (payer.row.plan.code, theirs.row.plan.code) == ("basic", "basic")


def test_who_is_suspended_is_not_charged_for_what_they_cannot_use(payer: Payer) -> None:
    Subscription.objects.update(suspended_at=timezone.now())
    with pytest.raises(NotOffered, match="This household is suspended"):
        payer.open_checkout("pro")
    Subscription.objects.update(suspended_at=None)
    payer.subscribe("basic")
    token = preview(payer, "pro").token
    Subscription.objects.update(suspended_at=timezone.now())
    for deed in (lambda: preview(payer, "pro"), lambda: stripe_gateway.change_plan(payer.household, token=token)):
        with pytest.raises(NotOffered, match="please write to us"):
            deed()
    stripe_gateway.cancel(payer.household)
    assert (payer.row.plan.code, payer.row.cancels_at) == ("basic", payer.row.period_ends_at)


def test_the_plan_that_one_has_is_no_change(payer: Payer) -> None:
    payer.subscribe("pro")
    with pytest.raises(NotOffered):
        preview(payer, "pro")


def test_a_coupon_is_shown_in_the_preview(payer: Payer) -> None:
    calls = payer.account.client.v1
    half = calls.coupons.create({"percent_off": 50, "duration": "forever"})
    payer.subscribe("basic")
    calls.subscriptions.update(payer.at_stripe.id, {"discounts": [{"coupon": half.id}]})
    shown = preview(payer, "pro", "year")
    # All of the month that was just paid comes back; the year costs half.
    assert [line.amount for line in shown.lines] == [Decimal(-5), Decimal(120), Decimal(-60)]
    assert (shown.lines[-1].text, shown.due_now) == ("Discount", Decimal(55))


# --- Cancelling and resuming ------------------------------------------------------------------------------------------
def test_cancelled_it_ends_with_the_time_that_is_paid_and_can_be_resumed(payer: Payer) -> None:
    payer.subscribe("pro")
    for _ in range(2):
        stripe_gateway.cancel(payer.household)
        assert (payer.row.state, payer.row.cancels_at) == ("active", payer.row.period_ends_at)
    for _ in range(2):
        stripe_gateway.resume(payer.household)
        assert (payer.row.state, payer.row.cancels_at) == ("active", None)
    assert kinds(payer) == ["trial_began", "began", "cancelled", "resumed"]


def test_a_day_that_an_operator_set_at_stripe_is_taken_back_too(payer: Payer) -> None:
    payer.subscribe("pro")
    end = int(timezone.now().timestamp()) + 5 * 86400
    payer.account.client.v1.subscriptions.update(payer.at_stripe.id, {"cancel_at": end})
    stripe_gateway.refresh(payer.household)
    assert payer.row.cancels_at == datetime.datetime.fromtimestamp(end, datetime.UTC)
    stripe_gateway.resume(payer.household)
    assert payer.row.cancels_at is None


def test_a_change_of_plan_takes_a_cancellation_back(payer: Payer) -> None:
    payer.subscribe("basic")
    stripe_gateway.cancel(payer.household)
    stripe_gateway.change_plan(payer.household, token=preview(payer, "pro").token)
    assert (payer.row.plan.code, payer.row.cancels_at) == ("pro", None)


def test_without_a_subscription_nothing_is_changed_cancelled_or_resumed(payer: Payer) -> None:
    deeds = [
        lambda: stripe_gateway.cancel(payer.household),
        lambda: stripe_gateway.resume(payer.household),
        lambda: preview(payer, "pro"),
    ]
    for deed in deeds:
        with pytest.raises(NotSubscribed):
            deed()
    assert not payer.account.client.v1.customers.list().data
    payer.subscribe("basic")
    payer.account.client.v1.subscriptions.cancel(payer.at_stripe.id)
    for deed in deeds:
        with pytest.raises(NotSubscribed):
            deed()


def test_what_ended_without_our_knowing_is_known_once_something_is_asked_of_it(payer: Payer) -> None:
    """Else the page would go on offering a change of what cannot be changed, and never a new plan."""
    payer.subscribe("basic")
    payer.account.client.v1.subscriptions.cancel(payer.at_stripe.id)
    assert payer.row.state == "active"
    with pytest.raises(NotSubscribed):
        preview(payer, "pro")
    assert payer.row.state == "ended"


# --- Failed payments --------------------------------------------------------------------------------------------------
def test_a_payment_that_fails_and_succeeds_again(payer: Payer) -> None:
    start = 1_900_022_400
    clock = payer.account.start_clock(start)
    payer.subscribe("pro")
    payer.account.control("decline", customer=payer.customer)
    payer.account.advance(clock, start + 31 * 86400 + 7200)
    stripe_gateway.refresh(payer.household)
    due = datetime.datetime.fromtimestamp(start + 31 * 86400 + 3600, datetime.UTC)
    assert (payer.row.state, payer.row.past_due_since) == ("past_due", due)
    payer.account.control("decline", customer=payer.customer, on=False)
    payer.account.advance(clock, start + 36 * 86400)
    stripe_gateway.refresh(payer.household)
    assert (payer.row.state, payer.row.past_due_since) == ("active", None)
    assert kinds(payer) == ["trial_began", "began", "payment_failed", "recovered"]


def test_a_payment_that_goes_on_failing_ends_it(payer: Payer) -> None:
    start = 1_900_022_400
    clock = payer.account.start_clock(start)
    payer.subscribe("pro")
    payer.account.control("decline", customer=payer.customer)
    payer.account.advance(clock, start + 60 * 86400)
    stripe_gateway.refresh(payer.household)
    # An hour after the renewal it was asked for, and again after 3, 5 and 7 days.
    last = datetime.datetime.fromtimestamp(start + 46 * 86400 + 3600, datetime.UTC)
    assert (payer.row.state, payer.row.plan.code, payer.row.ended_at) == ("ended", "pro", last)


def test_what_is_owed_for_two_months_is_owed_since_the_first(payer: Payer) -> None:
    start = 1_900_022_400
    clock = payer.account.start_clock(start)
    payer.account.control("settings", after_retries="past_due")
    payer.subscribe("pro")
    payer.account.control("decline", customer=payer.customer)
    payer.account.advance(clock, start + 70 * 86400)
    stripe_gateway.refresh(payer.household)
    due = datetime.datetime.fromtimestamp(start + 31 * 86400 + 3600, datetime.UTC)
    assert (payer.row.state, payer.row.past_due_since) == ("past_due", due)


@pytest.mark.parametrize(
    ("had", "wanted"), [(("family", "year"), ("basic", "month")), (("pro", "month"), ("family", "month"))]
)
def test_while_a_payment_is_open_nothing_is_set_off_against_it(
    payer: Payer, had: tuple[str, str], wanted: tuple[str, str]
) -> None:
    """Stripe would give back the rest of a year that nobody paid, and call the subscription paid."""
    start = 1_900_022_400
    clock = payer.account.start_clock(start)
    payer.subscribe(*had)
    period = 365 if had[1] == "year" else 31
    payer.account.advance(clock, start + period * 86400 - 600)
    before = preview(payer, *wanted)
    payer.account.control("decline", customer=payer.customer)
    payer.account.advance(clock, start + (period + 1) * 86400)
    with pytest.raises(PaymentOwed, match="Please pay it first"):
        preview(payer, *wanted)
    with pytest.raises(PaymentOwed):
        stripe_gateway.change_plan(payer.household, token=before.token)
    stripe_gateway.refresh(payer.household)
    assert (payer.row.state, payer.row.plan.code) == ("past_due", had[0])
    assert payer.account.client.v1.customers.retrieve(payer.customer).balance == 0
    payer.account.control("decline", customer=payer.customer, on=False)
    payer.account.advance(clock, start + (period + 8) * 86400)
    stripe_gateway.change_plan(payer.household, token=preview(payer, *wanted).token)
    assert (payer.row.state, payer.row.plan.code) == ("active", wanted[0])
