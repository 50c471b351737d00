"""A household pays, changes its mind, is declined, ends and comes back; at a Stripe of our own, whose time we move."""

import datetime
import re
import statistics
import time
from collections.abc import Callable, Iterator

import pytest
import stripe
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from apps.households.models import Household
from apps.ledger.models import Account
from apps.plans.models import Subscription
from apps.plans.standing import Standing
from apps.tenancy.context import household_context
from tests.billing.standings import on_trial
from tests.journeys.hands import Finger, Hand, Keys
from tests.journeys.imports import unique
from tests.journeys.pages import sign_in
from tests.journeys.product import Product, Visitor, eventually
from tests.journeys.test_accessibility import faults, window_with_axe
from tests.stripe import Account as StripeAccount

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GOOD, DECLINED = "4242 4242 4242 4242", "4000 0000 0000 0002"
FAILS_LATER = "4000000000000341"
DAY = 24 * 3600


@pytest.fixture
def till(in_product: Product) -> Iterator[StripeAccount]:
    """The product's Stripe, from behind the counter."""
    at = in_product.addresses
    client = stripe.StripeClient(at["STRIPE_SECRET_KEY"], base_addresses={"api": at["STRIPE_API_URL"]})
    account = StripeAccount(at["STRIPE_API_URL"], at["STRIPE_SECRET_KEY"], at["STRIPE_WEBHOOK_SECRET"], client)
    yield account
    account.control("test_clock", clock="")


@pytest.fixture
def home(in_product: Product) -> Household:
    """On the first day of its trial."""
    household = in_product.open_household(unique("payer"))
    on_trial(household, days=14)
    return household


def email_of(household: Household) -> str:
    return f"{household.public_id}@example.com"


def held(household: Household) -> Subscription:
    return Subscription.objects.select_related("plan").get(household=household)


def to_plan(hand: Hand) -> None:
    if isinstance(hand, Finger):
        tabs = hand.page.get_by_label("Main, at the foot")
        hand.press(tabs.locator("summary"))
        hand.press(tabs.get_by_role("link", name="Household", exact=True))
        hand.arrive("Household")
    else:
        hand.go("Household")
    hand.press(hand.page.get_by_label("Household", exact=True).get_by_role("link", name="Plan"))
    hand.sees(hand.page.get_by_role("heading", name="What of it is used"))


def pay(hand: Hand, card: str) -> None:
    """On the payment provider's page."""
    page = hand.page
    hand.write(page.get_by_label("Card number"), card)
    hand.write(page.get_by_label("Expiry"), "12 / 34")
    hand.write(page.get_by_label("Security code"), "123")
    hand.press(page.get_by_role("button", name="Subscribe"))


def change_to(hand: Hand, plan: str) -> None:
    """To the page that shows what it costs."""
    hand.press(hand.page.get_by_role("link", name="Change the plan"))
    hand.press(hand.page.get_by_role("link", name=f"Change to {plan} …"))
    hand.arrive(f"Change to {plan}")


def keep(hand: Hand, account: str) -> None:
    """Of several only one can stay: by keyboard the arrows go through them."""
    wanted = hand.page.get_by_label(account)
    if isinstance(hand, Keys):
        hand.reach(hand.page.locator("[name=keep]:checked"))
        for _ in range(3):
            if not wanted.is_checked():
                hand.key("ArrowDown")
        expect(wanted).to_be_checked()
    else:
        hand.tick(wanted)


WAYS = {
    "without a script": (Hand, {"java_script_enabled": False}),
    "by keyboard": (Keys, {}),
    "on a phone": (Finger, {"viewport": {"width": 390, "height": 844}, "has_touch": True}),
}


@pytest.mark.parametrize("way", WAYS)
def test_from_the_trial_through_all_plans_and_back(
    home: Household, browser: Callable[..., BrowserContext], till: StripeAccount, way: str
) -> None:
    kind, options = WAYS[way]
    hand = kind(sign_in(browser(**options), email_of(home)))
    page = hand.page
    to_plan(hand)
    hand.sees(page.get_by_text("14 days left of the trial."))

    hand.press(page.get_by_role("link", name="Choose a plan"))
    hand.press(page.get_by_role("button", name="Choose Pro"))
    pay(hand, DECLINED)
    hand.sees(page.get_by_text("Your card was declined."))
    assert held(home).state == "trial"
    pay(hand, GOOD)
    hand.sees(page.get_by_text("Thank you! This household has the plan Pro now."))
    assert (held(home).state, held(home).plan.code) == ("active", "pro")

    change_to(hand, "Family")
    expect(page.locator(".bill__sum")).to_contain_text(re.compile(r"You pay now\s*\$8.00"))
    hand.press(page.get_by_role("button", name="Change to Family and pay $8.00"))
    hand.sees(page.get_by_text("This household has the plan Family now."))

    with household_context(home):
        for name in ("One", "Two", "Three"):
            Account.objects.create(name=name, currency="USD")
    change_to(hand, "Basic")
    hand.sees(page.get_by_text("Not everything fits into Basic"))
    keep(hand, "Two")
    hand.press(page.get_by_role("button", name="Change to Basic"))
    hand.sees(page.get_by_text("This household has the plan Basic now."))
    with household_context(home):
        assert set(Account.objects.filter(is_frozen=False).values_list("name", flat=True)) == {"Two"}
        assert Account.objects.count() == 3

    hand.press(page.get_by_role("link", name="Cancel the plan …"))
    hand.press(page.get_by_role("button", name="Cancel the plan"))
    hand.sees(page.get_by_text("The plan Basic is cancelled and ends on"))
    assert held(home).cancels_at is not None
    hand.press(page.get_by_role("button", name="Keep the plan"))
    hand.sees(page.get_by_text("The plan goes on as before."))
    assert held(home).cancels_at is None

    hand.press(page.get_by_role("link", name="Invoices"))
    expect(page.locator(".people__one")).to_have_count(3)
    assert len(till.client.v1.subscriptions.list({"customer": held(home).customer_id}).data) == 1
    if isinstance(hand, Keys):
        assert hand.faults == []


# --- what Stripe tells, and when the pages know --------------------------------------------------------------------


def checkout_of(visitor: Visitor, household: Household, plan: str) -> str:
    """Goes as far as the payment provider's page, and gives the id of its session."""
    visitor.get(f"/h/{household.public_id}/settings/plan/choose/")
    answer = visitor.post(
        f"/h/{household.public_id}/settings/plan/checkout/", {"plan": plan, "interval": "month"}, allow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rpartition("/")[2]


def becomes(visitor: Visitor, household: Household, words: str, deed: Callable[[], object]) -> float:
    """Does what Stripe tells us of; the seconds until the plan's page says the words."""
    address = f"/h/{household.public_id}/settings/plan/"
    assert words not in visitor.get(address).text
    deed()
    since = time.monotonic()
    eventually(lambda: words in visitor.get(address).text, what=f"the page says {words!r}")
    return time.monotonic() - since


def promised(visitor: Visitor, household: Household) -> float:
    """Seconds from the webhook to the page: two, and where pages themselves take long, as long as twenty of them."""
    since = time.monotonic()
    for _ in range(20):
        visitor.get(f"/h/{household.public_id}/settings/plan/")
    return max(2.0, time.monotonic() - since)


@pytest.fixture
def payer(home: Household, visitor: Callable[[], Visitor]) -> Visitor:
    made = visitor()
    made.sign_in(email_of(home))
    return made


def test_what_stripe_tells_is_on_the_page_within_two_seconds(
    home: Household, payer: Visitor, till: StripeAccount
) -> None:
    """Nobody comes back from the payment, and all else happens at Stripe, too."""
    session = checkout_of(payer, home, "pro")
    took = [becomes(payer, home, "Next payment", lambda: till.pay(session))]
    only = till.client.v1.subscriptions.list({"customer": held(home).customer_id}).data[0].id
    update = till.client.v1.subscriptions.update
    took.append(becomes(payer, home, "is cancelled and ends on", lambda: update(only, {"cancel_at_period_end": True})))
    took.append(becomes(payer, home, "Next payment", lambda: update(only, {"cancel_at_period_end": False})))
    took.append(
        becomes(
            payer, home, "subscription of this household has ended", lambda: till.client.v1.subscriptions.cancel(only)
        )
    )
    # One of them may fall into a moment in which the machine does something else.
    assert statistics.median(took) < promised(payer, home), took


def test_a_payment_that_fails_has_its_grace_and_is_put_right(
    home: Household, payer: Visitor, till: StripeAccount
) -> None:
    """The time of the subscription is Stripe's test clock, which is a month ahead when the payment fails."""
    begun = int(time.time())
    clock = till.start_clock(begun)
    session = checkout_of(payer, home, "pro")
    becomes(payer, home, "Next payment", lambda: till.pay(session))
    customer = held(home).customer_id
    till.control("decline", customer=customer, on=True)
    took = [becomes(payer, home, "The last payment failed.", lambda: till.advance(clock, begun + 32 * DAY))]
    assert home_stands(home) == Standing.GRACE
    assert "The last payment failed." in payer.get(f"/h/{home.public_id}/transactions/").text
    # Everything works as before.
    payer.post(f"/h/{home.public_id}/accounts/new/", {"name": "In grace", "kind": "checking", "currency": "USD"})
    with household_context(home):
        assert [account.name for account in Account.objects.all()] == ["In grace"]

    till.control("decline", customer=customer, on=False)
    owed = till.client.v1.invoices.list({"customer": customer, "status": "open"}).data[0].id
    took.append(becomes(payer, home, "Next payment", lambda: till.client.v1.invoices.pay(owed)))
    assert home_stands(home) == Standing.ACTIVE

    # Once more, and nobody sees to it: Stripe gives up, and the household is read-only.
    till.control("decline", customer=customer, on=True)
    becomes(payer, home, "The last payment failed.", lambda: till.advance(clock, begun + 64 * DAY))
    took.append(becomes(payer, home, "has ended", lambda: till.advance(clock, begun + 95 * DAY)))
    assert home_stands(home) == Standing.READ_ONLY
    assert statistics.median(took) < promised(payer, home), took


def home_stands(household: Household) -> str:
    return Household.objects.get(pk=household.pk).entitlements.standing


def test_a_trial_runs_out_and_the_way_back_is_short(
    home: Household, browser: Callable[..., BrowserContext], till: StripeAccount
) -> None:
    page = sign_in(browser(), email_of(home))
    here = home.get_absolute_url()
    on_trial(home, days=2)
    page.goto(f"{here}transactions/")
    expect(page.get_by_label("Your plan", exact=True)).to_contain_text("2 days left of the trial.")
    page.goto(f"{here}accounts/new/")
    # It ends while the form is open.
    on_trial(home, days=-1)
    page.get_by_label("Name", exact=True).fill("Checking")
    page.get_by_role("button", name="Add").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This household can only be read")
    page.get_by_role("link", name="To your plan").click()
    expect(page.get_by_text("The trial of this household is over.")).to_be_visible()
    # What is there can be read and taken along.
    answer = page.request.get(f"{here}transactions/export/csv/")
    assert answer.ok
    page.get_by_role("link", name="Choose a plan").click()
    page.get_by_role("button", name="Choose Basic").click()
    pay(Hand(page), GOOD)
    expect(page.get_by_text("Thank you! This household has the plan Basic now.")).to_be_visible()
    page.goto(f"{here}accounts/new/")
    page.get_by_label("Name", exact=True).fill("Checking")
    page.get_by_role("button", name="Add").first.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("This household can only be read")
    assert len(till.client.v1.subscriptions.list({"customer": held(home).customer_id}).data) == 1


def test_two_tabs_do_not_pay_twice(
    home: Household, browser: Callable[..., BrowserContext], till: StripeAccount
) -> None:
    window = browser()
    first = sign_in(window, email_of(home))
    choose = f"{home.get_absolute_url()}settings/plan/choose/"
    second, third = window.new_page(), window.new_page()
    for page in (first, second, third):
        page.goto(choose)
    for page in (first, second):
        page.get_by_role("button", name="Choose Pro").click()
        expect(page.get_by_label("Card number")).to_be_visible()
    # The first one's page was closed when the second was opened.
    pay(Hand(first), GOOD)
    expect(first.get_by_role("heading", name="This page has expired")).to_be_visible()
    pay(Hand(second), GOOD)
    expect(second.get_by_text("Thank you! This household has the plan Pro now.")).to_be_visible()
    # The third still shows what was there before.
    third.get_by_role("button", name="Choose Family").click()
    expect(third.get_by_text("This household has a subscription already; you can change its plan.")).to_be_visible()
    # And so does who goes back.
    second.go_back()
    assert len(till.client.v1.subscriptions.list({"customer": held(home).customer_id, "status": "all"}).data) == 1


def test_who_does_not_pay_after_all_is_back_at_the_plans(
    home: Household, browser: Callable[..., BrowserContext]
) -> None:
    page = sign_in(browser(), email_of(home))
    page.goto(f"{home.get_absolute_url()}settings/plan/choose/?interval=year")
    page.get_by_role("button", name="Choose Pro").click()
    page.get_by_role("link", name="Back without paying").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a plan")
    expect(page.get_by_role("link", name="Yearly")).to_have_attribute("aria-current", "true")
    assert held(home).state == "trial"


def test_no_page_of_plans_shuts_anybody_out(
    home: Household, browser: Callable[..., BrowserContext], till: StripeAccount, payer: Visitor
) -> None:
    """By axe, at a desk in light and on a phone in dark, in every standing."""
    page = sign_in(window_with_axe(browser), email_of(home))
    here = home.get_absolute_url()
    own = f"{here}settings/plan/"
    found = look(page, "prices", "/pricing/", "/pricing/?interval=year")
    found += look(page, "trial", here, own, f"{own}choose/?interval=year", f"{own}invoices/", f"{own}return/")
    with household_context(home):
        for name in ("One", "Two", "Three"):
            Account.objects.create(name=name, currency="USD")
    found += look(page, "small", f"{own}change/?plan=basic")
    session = checkout_of(payer, home, "pro")
    becomes(payer, home, "Next payment", lambda: till.pay(session))
    found += look(
        page,
        "paid",
        *(
            f"{own}{name}"
            for name in ("", "choose/", "change/?plan=family", "change/?plan=basic", "cancel/", "invoices/")
        ),
    )
    Subscription.objects.filter(household=home).update(state="past_due", past_due_since=timezone.now())
    found += look(page, "owed", here, own)
    late = timezone.now() - datetime.timedelta(days=20)
    Subscription.objects.filter(household=home).update(past_due_since=late)
    found += look(page, "read-only", here, own, f"{here}transactions/")
    assert not found, "\n".join(found)


def look(page: Page, name: str, *addresses: str) -> list[str]:
    found: list[str] = []
    for number, address in enumerate(addresses):
        page.goto(address)
        found += faults(page, f"billing-{name}-{number}")
    return found
