"""What Stripe says of a payment, a cancellation or an end, the owner is mailed: once, whoever asked Stripe and how often."""

from apps.billing import stripe_gateway
from apps.billing.reconciling import reconcile
from apps.plans.models import SentNotice
from tests.billing.paying import Payer, events, tell
from tests.planes import both_planes
from tests.users.mails import mails_to

pytestmark = both_planes
START, DAY = 1_900_022_400, 86_400


def subjects() -> list[str]:
    return [sent.subject for sent in mails_to("ours@example.com")]


def look_again(payer: Payer) -> None:
    """By each of the three ways in which we hear of Stripe; of its events by those of the subscription itself."""
    for event in events(payer.account, payer.customer):
        if event["type"].startswith("customer.subscription."):
            tell(event)
    stripe_gateway.refresh(payer.household)
    reconcile()


def test_a_payment_that_fails_and_succeeds_again(payer: Payer) -> None:
    clock = payer.account.start_clock(START)
    payer.subscribe("pro")
    payer.account.control("decline", customer=payer.customer)
    payer.account.advance(clock, START + 31 * DAY + 7200)
    for _ in range(2):
        look_again(payer)
    assert subjects() == ["A payment for Maxwell’s Wallet failed"]
    payer.account.control("decline", customer=payer.customer, on=False)
    payer.account.advance(clock, START + 36 * DAY)
    look_again(payer)
    assert subjects()[1:] == ["Your payment for Maxwell’s Wallet went through"]


def test_a_cancellation_an_end_and_a_new_beginning(payer: Payer) -> None:
    payer.subscribe("pro")
    stripe_gateway.cancel(payer.household)
    look_again(payer)
    payer.account.client.v1.subscriptions.cancel(payer.at_stripe.id)
    look_again(payer)
    payer.subscribe("basic")
    assert subjects() == [
        "Your subscription of Maxwell’s Wallet is cancelled",
        "Your subscription of Maxwell’s Wallet has ended",
        "Welcome back to Maxwell’s Wallet",
    ]
    assert SentNotice.objects.count() == 3
