"""What an account held at the end of each day and month."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.households.models import Household
from apps.ledger.balances_over_time import Point, balances_by_day, balances_by_month, since_first_change
from apps.ledger.models import Account, Changeset, Transaction
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

TODAY = datetime.date(2026, 11, 22)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def test_each_month_ends_with_all_rows_so_far(account: Account) -> None:
    for date, amount in (("2019-01-01", "5"), ("2026-09-30", "10"), ("2026-10-01", "-1"), ("2026-11-22", "-2")):
        by_hand(account, date, amount)
    by_hand(account, "2026-11-23", "1000", "tomorrow")
    points = balances_by_month(account.pk, opening=Decimal(100), until=TODAY, start_day=1)
    assert len(points) == 24
    assert points[0] == Point(day("2024-12-31"), Decimal(105))
    assert points[-3:] == [
        Point(day("2026-09-30"), Decimal(115)),
        Point(day("2026-10-31"), Decimal(114)),
        Point(TODAY, Decimal(112)),
    ]


def test_months_may_end_on_the_day_before_pay_day(account: Account) -> None:
    for date, amount in (("2026-09-24", "10"), ("2026-09-25", "-1"), ("2026-10-24", "-2"), ("2026-10-25", "-4")):
        by_hand(account, date, amount)
    points = balances_by_month(account.pk, opening=Decimal(0), until=TODAY, start_day=25)
    assert len(points) == 24
    assert points[0].date == day("2024-12-24")
    assert points[-3:] == [
        Point(day("2026-09-24"), Decimal(10)),
        Point(day("2026-10-24"), Decimal(7)),
        Point(TODAY, Decimal(3)),
    ]


def test_a_day_without_rows_holds_what_the_day_before_held(account: Account) -> None:
    by_hand(account, "2026-11-20", "-1.25")
    by_hand(account, "2026-11-20", "-1.25")
    points = balances_by_day(account.pk, opening=Decimal(10), until=TODAY)
    assert len(points) == 92
    assert [point.amount for point in points[-4:]] == [Decimal(10), Decimal("7.5"), Decimal("7.5"), Decimal("7.5")]


def test_another_account_does_not_count(account: Account) -> None:
    by_hand(Account.objects.create(name="Other", currency="USD"), "2026-11-20", "99")
    assert {point.amount for point in balances_by_day(account.pk, opening=Decimal(1), until=TODAY)} == {Decimal(1)}


def test_the_flat_stretch_before_the_first_rows_is_left_out() -> None:
    points = [Point(TODAY + datetime.timedelta(days=n), Decimal(amount)) for n, amount in enumerate([0, 0, 0, 5, 5, 7])]
    assert [point.amount for point in since_first_change(points)] == [0, 5, 5, 7]
    assert since_first_change(points[:3]) == points[:3]


ROWS = st.lists(st.tuples(st.integers(-800, 3), st.decimals(-999, 999, places=2)), max_size=12)


# Every example empties the ledger first.
@settings(max_examples=25)
@given(rows=ROWS, start_day=st.integers(1, 28))
def test_every_point_is_the_plain_sum(account: Account, rows: list[tuple[int, Decimal]], start_day: int) -> None:
    Transaction.objects.all().delete()
    changeset = Changeset.objects.create(kind=Changeset.Kind.MANUAL)
    dated = [(TODAY + datetime.timedelta(days=days), amount) for days, amount in rows]
    for date, amount in dated:
        Transaction.objects.create(account=account, changeset=changeset, date=date, amount=amount)
    by_day = balances_by_day(account.pk, opening=Decimal(7), until=TODAY)
    by_month = balances_by_month(account.pk, opening=Decimal(7), until=TODAY, start_day=start_day)
    for points, count in ((by_day, 92), (by_month, 24)):
        assert len(points) == count
        for point in points:
            assert point.amount == 7 + sum(amount for date, amount in dated if date <= point.date)
