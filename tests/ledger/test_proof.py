"""An account is proved as far as its rows lead from one stated balance to the next."""

import datetime
from decimal import Decimal

import pytest

from apps.households.models import Household
from apps.ledger.models import Account, Changeset, StatedBalance
from apps.ledger.proof import proof_of, proofs
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def state(account: Account, date: str, amount: str) -> None:
    changeset = Changeset.objects.create(kind=Changeset.Kind.IMPORT)
    StatedBalance.objects.create(account=account, changeset=changeset, date=date, amount=Decimal(amount))


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def test_without_a_stated_balance_nothing_is_proved(account: Account) -> None:
    by_hand(account, "2026-11-01", "-5.00")
    assert proofs() == {}
    assert proof_of(account.pk) is None


def test_rows_that_lead_from_balance_to_balance_are_proved(account: Account) -> None:
    by_hand(account, "2026-11-01", "-5.00")
    by_hand(account, "2026-11-02", "-7.00")
    by_hand(account, "2026-11-04", "20.00")
    state(account, "2026-11-01", "95.00")
    state(account, "2026-11-03", "88.00")
    state(account, "2026-11-04", "108.00")
    proof = proof_of(account.pk)
    assert proof is not None
    assert (proof.opening, proof.since, proof.until) == (Decimal("100.00"), day("2026-11-01"), day("2026-11-04"))
    assert (proof.broken_on, proof.missing) == (None, 0)


def test_a_missing_row_breaks_it_where_it_is_missing(account: Account) -> None:
    by_hand(account, "2026-11-01", "-5.00")
    by_hand(account, "2026-11-09", "-1.00")
    state(account, "2026-11-01", "95.00")
    state(account, "2026-11-05", "83.00")
    state(account, "2026-11-09", "82.00")
    proof = proof_of(account.pk)
    assert proof is not None
    assert (proof.until, proof.broken_on) == (day("2026-11-01"), day("2026-11-05"))
    assert (proof.expected, proof.stated, proof.missing) == (Decimal(95), Decimal(83), Decimal(-12))


def test_a_balance_stated_before_the_day_was_over_does_no_harm(account: Account) -> None:
    for amount in ("-5.00", "-3.00"):
        by_hand(account, "2026-11-01", amount)
    by_hand(account, "2026-11-02", "-1.00")
    for midday in ("95.00", "92.00"):
        state(account, "2026-11-01", midday)
    state(account, "2026-11-02", "91.00")
    proof = proof_of(account.pk)
    assert proof is not None
    assert (proof.opening, proof.until, proof.broken_on) == (Decimal(100), day("2026-11-02"), None)


def test_accounts_are_proved_each_by_itself(account: Account) -> None:
    other = Account.objects.create(name="Savings", currency="USD")
    by_hand(account, "2026-11-01", "-5.00")
    state(account, "2026-11-01", "95.00")
    state(other, "2026-11-01", "7.00")
    assert {key: proof.opening for key, proof in proofs().items()} == {account.pk: Decimal(100), other.pk: Decimal(7)}
