"""An account of the fake Stripe for each test, with the plans on sale, and a household that pays there."""

from collections.abc import Iterator

import pytest
import stripe
from pytest_django import Settings

from apps.billing.selling import ensure_prices
from apps.households.models import Household
from apps.plans.models import Subscription
from apps.users.models import User
from tests.billing.paying import Payer
from tests.jobs import noting_jobs
from tests.stripe import Account


@pytest.fixture(autouse=True)
def _asked_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe's library waits half a second before it asks again."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)


@pytest.fixture
def account(settings: Settings) -> Iterator[Account]:
    """Our settings lead to it."""
    account = Account.open()
    settings.STRIPE_SECRET_KEY = account.key
    yield account
    account.control("reset")


@pytest.fixture
def sold(account: Account) -> list[str]:
    """The plans are on sale at Stripe; the keys of what was made."""
    return ensure_prices()


@pytest.fixture
def held(household: Household) -> Subscription:
    """Our household is on its trial, without a present of ours."""
    Subscription.objects.update(comped_plan=None)
    return Subscription.objects.get(household=household)


@pytest.fixture
def payer(account: Account, sold: list[str], household: Household, held: Subscription, owner: User) -> Payer:
    return Payer(account, household, owner)


@pytest.fixture
def jobs_sent() -> Iterator[list[int]]:
    """The events of which a job was sent."""
    with noting_jobs("apps.billing.tasks.process", by="event_id") as found:
        yield found
