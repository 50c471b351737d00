"""Every report against a ledger small enough to add up by hand."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.periods import Month
from apps.households.models import Household
from apps.ledger.models import Account, Changeset, Revision, Tag, Transaction, TransactionTag
from apps.reports.cache import cached_report
from apps.reports.monthly_summary import monthly_summary
from apps.reports.trend import monthly_trend
from tests.planes import both_planes

pytestmark = both_planes

NOVEMBER = Month(2026, 11)
TODAY = datetime.date(2026, 11, 10)


@pytest.fixture
def small_ledger(opened: Household) -> dict[str, Transaction]:
    """October: 1,000 in, 300 out (100 of it after the 10th). November: 1,200 in, 80 out in two buckets and a rest."""
    account = Account.objects.create(name="Checking", currency="USD")
    euros = Account.objects.create(name="Konto", currency="EUR")
    changeset = Changeset.objects.create(kind=Changeset.Kind.MANUAL)

    def add(account: Account, day: str, amount: str, *, is_transfer: bool = False) -> Transaction:
        return Transaction.objects.create(
            account=account, changeset=changeset, date=f"2026-{day}", amount=Decimal(amount), is_transfer=is_transfer
        )

    rows = {
        "october pay": add(account, "10-01", "1000"),
        "october rent": add(account, "10-10", "-200"),
        "october late": add(account, "10-11", "-100"),
        "november pay": add(account, "11-01", "1200"),
        "food": add(account, "11-02", "-30.05"),
        "split": add(account, "11-03", "-40"),
        "bare": add(account, "11-10", "-9.95"),
        "transfer": add(account, "11-04", "-500", is_transfer=True),
        "euros": add(euros, "11-05", "-70"),
    }
    groceries, dining = Tag.objects.get(value="groceries"), Tag.objects.get(value="dining")
    occasion = Tag.objects.create(namespace="occasion", value="visit", name="Visit")
    TransactionTag.objects.create(transaction=rows["food"], tag=groceries)
    TransactionTag.objects.create(transaction=rows["food"], tag=occasion)
    TransactionTag.objects.create(transaction=rows["split"], tag=groceries, amount=Decimal(-15))
    TransactionTag.objects.create(transaction=rows["split"], tag=dining, amount=Decimal(-24))
    return rows


def test_the_month_adds_up(small_ledger: dict[str, Transaction]) -> None:
    summary = monthly_summary(NOVEMBER, currency="USD", today=TODAY)
    assert (summary.money_in, summary.money_out, summary.net, summary.row_count) == (1200, 80, 1120, 4)


def test_buckets_count_the_parts_of_a_split_and_what_they_leave(small_ledger: dict[str, Transaction]) -> None:
    summary = monthly_summary(NOVEMBER, currency="USD", today=TODAY)
    assert [(bucket.value, bucket.amount) for bucket in summary.buckets] == [
        ("groceries", Decimal("45.05")),
        ("dining", Decimal(24)),
        ("", Decimal("10.95")),
    ]
    assert sum(bucket.amount for bucket in summary.buckets) == summary.money_out


def test_a_running_month_is_compared_with_as_many_days(small_ledger: dict[str, Transaction]) -> None:
    running = monthly_summary(NOVEMBER, currency="USD", today=TODAY)
    assert (running.previous_in, running.previous_out) == (1000, 200)
    over = monthly_summary(NOVEMBER, currency="USD", today=datetime.date(2026, 12, 1))
    assert (over.previous_in, over.previous_out) == (1000, 300)


def test_the_last_of_a_long_month_is_compared_with_the_whole_short_one(small_ledger: dict[str, Transaction]) -> None:
    summary = monthly_summary(Month(2026, 12), currency="USD", today=datetime.date(2026, 12, 31))
    assert (summary.previous_in, summary.previous_out) == (1200, 80)


def test_another_currency_is_not_added(small_ledger: dict[str, Transaction]) -> None:
    assert monthly_summary(NOVEMBER, currency="EUR", today=TODAY).money_out == 70


def test_the_trend_has_every_month_and_zeros_where_nothing_was(small_ledger: dict[str, Transaction]) -> None:
    trend = monthly_trend(NOVEMBER, month_count=3, currency="USD")
    assert [(str(flow.month), flow.money_in, flow.money_out) for flow in trend] == [
        ("2026-09", 0, 0),
        ("2026-10", 1000, 300),
        ("2026-11", 1200, 80),
    ]


def test_months_from_the_tenth_have_their_own_sums(small_ledger: dict[str, Transaction]) -> None:
    november = Month(2026, 11, 10)
    assert [
        (str(flow.month), flow.money_in, flow.money_out)
        for flow in monthly_trend(november, month_count=3, currency="USD")
    ] == [
        ("2026-09", 1000, 0),
        ("2026-10", 1200, Decimal("370.05")),
        ("2026-11", 0, Decimal("9.95")),
    ]
    october = monthly_summary(november.plus(-1), today=TODAY, currency="USD")
    assert (october.money_in, october.money_out, october.row_count) == (1200, Decimal("370.05"), 5)
    assert (october.previous_in, october.previous_out) == (1000, 0)


@pytest.mark.parametrize(
    ("start_day", "today", "previous"),
    [(10, "2026-11-12", (0, 300)), (10, "2026-11-10", (0, 200)), (25, "2026-11-03", (1000, 0))],
)
def test_a_running_month_of_its_own_is_compared_with_as_many_days(
    small_ledger: dict[str, Transaction], start_day: int, today: str, previous: tuple[int, int]
) -> None:
    summary = monthly_summary(Month(2026, 11, start_day), today=datetime.date.fromisoformat(today), currency="USD")
    assert (summary.previous_in, summary.previous_out) == previous


# Every example empties the ledger first.
@settings(max_examples=25)
@given(
    rows=st.lists(st.tuples(st.integers(-400, 40), st.decimals(-999, 999, places=2)), max_size=12),
    start_day=st.integers(1, 28),
)
def test_every_row_counts_in_the_month_that_has_its_day(
    small_ledger: dict[str, Transaction], rows: list[tuple[int, Decimal]], start_day: int
) -> None:
    account, changeset = small_ledger["bare"].account, small_ledger["bare"].changeset
    Transaction.objects.all().delete()
    dated = [(TODAY + datetime.timedelta(days=days), amount) for days, amount in rows]
    for date, amount in dated:
        Transaction.objects.create(account=account, changeset=changeset, date=date, amount=amount)
    for flow in monthly_trend(Month.of(TODAY, start_day), month_count=12, currency="USD"):
        amounts = [amount for date, amount in dated if Month.of(date, start_day) == flow.month]
        assert flow.money_in == sum(amount for amount in amounts if amount > 0)
        assert flow.money_out == -sum(amount for amount in amounts if amount < 0)
        summary = monthly_summary(flow.month, today=TODAY, currency="USD")
        assert (summary.money_in, summary.money_out) == (flow.money_in, flow.money_out)


def test_an_empty_month_is_zero(opened: Household) -> None:
    summary = monthly_summary(NOVEMBER, currency="USD", today=TODAY)
    assert (summary.money_in, summary.money_out, summary.buckets) == (0, 0, [])


def test_a_cached_report_is_made_anew_after_a_change_and_never_shared(
    small_ledger: dict[str, Transaction], opened: Household, other_household: Household
) -> None:
    made = []

    def make() -> str:
        made.append("once")
        return f"report {len(made)}"

    def report(household: Household) -> str:
        return cached_report(household, f"test-{id(made)}", NOVEMBER, seconds=60, make=make)

    assert [report(opened), report(opened)] == ["report 1", "report 1"]
    assert report(other_household) == "report 2"
    Revision.go_up()
    assert report(opened) == "report 3"
    opened.month_start_day = 25
    assert report(opened) == "report 4"
