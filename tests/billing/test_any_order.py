"""Whatever becomes of the events on their way, in the end we have what Stripe has.

Two households live the same life with Stripe, on one clock. Of theirs every event arrives, once and in order. Of ours
they arrive late, twice, in any order or never, and jobs that asked Stripe some time ago come to an end only now.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import event, given, settings
from hypothesis import strategies as st

from apps.billing.reconciling import reconcile
from apps.billing.refreshing import Fetched, accept, fetch
from apps.billing.selling import ensure_prices
from apps.households.models import Household
from apps.plans.models import Plan, Subscription
from tests.billing.paying import Payer, events, is_about, tell
from tests.planes import both_planes
from tests.stripe import Account

pytestmark = both_planes
START = 1_900_022_400
DAY = 86400
SOLD = [(plan, interval) for plan in ("basic", "pro", "family") for interval in ("month", "year")]


@dataclass
class Customer:
    """One who lives at Stripe alone: what they do there, we hear by events."""

    payer: Payer
    id: str
    is_declined: bool = False

    @property
    def calls(self) -> Any:
        return self.payer.account.client.v1

    def settle_in(self) -> None:
        card = self.calls.payment_methods.attach("pm_card_visa", {"customer": self.id})
        self.calls.customers.update(self.id, {"invoice_settings": {"default_payment_method": card.id}})

    def living(self) -> Any:
        alive = self.calls.subscriptions.list({"customer": self.id}).data
        return next((one for one in alive if one.status in {"active", "past_due", "unpaid"}), None)

    def subscribe(self, plan: str, interval: str) -> None:
        if not self.living() and not self.is_declined:
            start = {"customer": self.id, "items": [{"price": price_of(plan, interval)}]}
            self.calls.subscriptions.create(start)

    def change(self, plan: str, interval: str) -> None:
        if (has := self.living()) and not self.is_declined:
            items = [{"id": has["items"].data[0].id, "price": price_of(plan, interval)}]
            self.calls.subscriptions.update(has.id, {"items": items, "proration_behavior": "always_invoice"})

    def cancel(self) -> None:
        if has := self.living():
            self.calls.subscriptions.update(has.id, {"cancel_at_period_end": True})

    def resume(self) -> None:
        if has := self.living():
            self.calls.subscriptions.update(has.id, {"cancel_at_period_end": False})

    def end(self) -> None:
        if has := self.living():
            self.calls.subscriptions.cancel(has.id)

    def fail(self) -> None:
        self.is_declined = True
        self.payer.account.control("decline", customer=self.id)

    def recover(self) -> None:
        self.is_declined = False
        self.payer.account.control("decline", customer=self.id, on=False)
        for owed in self.calls.invoices.list({"customer": self.id, "status": "open"}).data:
            self.calls.invoices.pay(owed.id)


def price_of(plan: str, interval: str) -> str:
    return Plan.objects.get(code=plan).price_id(interval)


Deed = Callable[[Customer], None]
BOUGHT = st.sampled_from(SOLD)
DEEDS = st.one_of(
    BOUGHT.map(lambda sold: ("subscribe", sold)),
    BOUGHT.map(lambda sold: ("change", sold)),
    st.sampled_from([(name, ()) for name in ("cancel", "resume", "end", "fail", "recover")]),
)
DAYS = st.sampled_from([0, 0, 1, 5, 20, 35])


@dataclass
class Life:
    """Both households and their clock."""

    account: Account
    clock: str
    ours: Customer
    theirs: Customer
    now: int = START
    told: set[str] = field(default_factory=set)
    """Events that have happened already, of either."""
    fetched: list[Fetched] = field(default_factory=list)
    """What jobs of ours have asked for, and not yet written down."""

    def go_on(self, name: str, how: tuple[str, ...], days: int) -> list[dict[str, Any]]:
        """One deed of both, and then time; what happened to ours. Of theirs everything is told at once."""
        for customer in (self.ours, self.theirs):
            getattr(customer, name)(*how)
        if days:
            self.now += days * DAY
            self.account.advance(self.clock, self.now)
        happened = [one for one in events(self.account) if one["id"] not in self.told]
        self.told |= {one["id"] for one in happened}
        # Of cards, charges and the like we do nothing.
        happened = [one for one in happened if one["type"].startswith(("customer.subscription.", "invoice."))]
        for one in happened:
            if is_about(one, self.theirs.id):
                tell(one)
        return [one for one in happened if is_about(one, self.ours.id)]


def what_is_known(household: Household) -> dict[str, Any]:
    """The row, without ids and without when it was said."""
    row = Subscription.objects.values().get(household=household)
    for name in ("id", "household_id", "customer_id", "stripe_id", "as_of", "trial_ends_at"):
        row.pop(name)
    return row


@settings(max_examples=5)
@given(data=st.data())
def test_any_order_duplication_and_loss_of_events_ends_in_the_same_state(
    payer: Payer, other_household: Household, data: st.DataObject
) -> None:
    live(payer, other_household, data, most_deeds=4)


@pytest.mark.slow
@settings(max_examples=20)
@given(data=st.data())
def test_any_order_in_long_lives(payer: Payer, other_household: Household, data: st.DataObject) -> None:
    live(payer, other_household, data, most_deeds=9)


def live(payer: Payer, other_household: Household, data: st.DataObject, *, most_deeds: int) -> None:
    account = payer.account
    account.control("reset")
    with transaction.atomic():
        life = begin(payer, other_household)
        happened: list[dict[str, Any]] = []
        happened += life.go_on("subscribe", data.draw(BOUGHT), 0)
        slowest = fetch(life.ours.id)
        for name, how in data.draw(st.lists(DEEDS, min_size=1, max_size=most_deeds)):
            happened += life.go_on(name, how, data.draw(DAYS))
            if happened:
                come = data.draw(st.lists(st.sampled_from(happened), max_size=4))
                deliver(life, come, slow=data.draw(st.booleans()), done=data.draw(st.booleans()))
        event(f"{what_is_known(other_household)['state']} in the end")
        found = reconcile()
        assert found.failed == found.orphans == []
        assert found.repaired in ([], ["ours"])
        assert what_is_known(payer.household) == what_is_known(other_household)
        accept_all(life)
        accept(payer.household, slowest)
        assert what_is_known(payer.household) == what_is_known(other_household)
        transaction.set_rollback(True)


def begin(payer: Payer, other_household: Household) -> Life:
    """Both are customers with a good card, and have bought nothing yet."""
    ensure_prices()
    clock = payer.account.start_clock(START)
    other = Payer(payer.account, other_household, payer.person)
    ours, theirs = Customer(payer, payer.customer), Customer(other, other.customer)
    for customer in (ours, theirs):
        customer.settle_in()
    return Life(payer.account, clock, ours, theirs)


def deliver(life: Life, come: list[dict[str, Any]], *, slow: bool, done: bool) -> None:
    """`slow`: a job asks Stripe now, and is held up; `done`: those that were held up come to their end, the last first."""
    for one in come:
        tell(one)
    if slow:
        life.fetched.append(fetch(life.ours.id))
    if done:
        accept_all(life)


def accept_all(life: Life) -> None:
    while life.fetched:
        accept(life.ours.payer.household, life.fetched.pop())
