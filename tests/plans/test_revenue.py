"""The figures by month, held against a slow model in Python, and the sentence that the page says of them."""

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.households.models import Household
from apps.plans import revenue
from apps.plans.models import Plan, Subscription, SubscriptionChange
from apps.plans.revenue import MonthOfRevenue
from apps.plans.standing import Standing
from tests.planes import both_planes

pytestmark = both_planes
UTC = datetime.UTC
NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=UTC)
Kind = SubscriptionChange.Kind


@dataclass(frozen=True)
class Said:
    """One change: of which household, when, to what it brings a month."""

    household: int
    kind: str
    at: datetime.datetime
    a_month: Decimal


def households(count: int) -> list[Household]:
    """Of one test the same ones each time."""
    names = [f"many{number}" for number in range(count)]
    Household.objects.bulk_create([Household(public_id=name, name=name) for name in names], ignore_conflicts=True)
    return list(Household.objects.filter(public_id__in=names).order_by("public_id"))


def write(said: Sequence[Said], ours: list[Household]) -> None:
    """As the deeds note them: in that order, each with the plan of its price."""
    plan = Plan.objects.get(code="pro")
    SubscriptionChange.objects.all().delete()
    SubscriptionChange.objects.bulk_create(
        [
            SubscriptionChange(
                household=ours[one.household],
                kind=one.kind,
                at=one.at,
                plan=plan,
                interval="month" if one.a_month else "",
                a_month=one.a_month,
            )
            for one in said
        ]
    )


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=UTC)


def begins(household: int, when: str, a_month: int) -> Said:
    return Said(household, Kind.BEGAN, at(when), Decimal(a_month))


def changes(household: int, when: str, a_month: int) -> Said:
    return Said(household, Kind.PLAN_CHANGED, at(when), Decimal(a_month))


def ends(household: int, when: str) -> Said:
    return Said(household, Kind.ENDED, at(when), Decimal(0))


def tries(household: int, when: str) -> Said:
    return Said(household, Kind.TRIAL_BEGAN, at(when), Decimal(0))


# --- The slow model ------------------------------------------------------------------------------------------------


def brings_at(said: Sequence[Said], household: int, moment: datetime.datetime) -> Decimal:
    """What the household brings a month just before the moment."""
    mine = [(one.at, place, one.a_month) for place, one in enumerate(said) if one.household == household]
    before = [(when, place, a_month) for when, place, a_month in mine if when < moment]
    return max(before)[2] if before else Decimal(0)


def slowly(said: Sequence[Said], ours: int, first: datetime.datetime, end: datetime.datetime) -> MonthOfRevenue:
    starts = {number: brings_at(said, number, first) for number in range(ours)}
    now = {number: brings_at(said, number, end) for number in range(ours)}
    pairs = [(starts[number], now[number]) for number in range(ours)]
    begun = {one.household for one in said if one.kind == Kind.TRIAL_BEGAN and first <= one.at < end}
    paid = {one.household for one in said if one.kind == Kind.BEGAN and one.at <= NOW}
    zero = Decimal(0)
    return MonthOfRevenue(
        first_day=first.date(),
        start=sum(starts.values(), zero),
        new=sum((after for before, after in pairs if not before), zero),
        expansion=sum((after - before for before, after in pairs if before and after > before), zero),
        contraction=sum((before - after for before, after in pairs if after and after < before), zero),
        churned=sum((before for before, after in pairs if not after), zero),
        end=sum(now.values(), zero),
        customer_count_before=sum(1 for before, _ in pairs if before),
        customers_lost=sum(1 for before, after in pairs if before and not after),
        customer_count=sum(1 for _, after in pairs if after),
        trials_begun=len(begun),
        trials_converted=len(begun & paid),
    )


def month_after(first: datetime.datetime) -> datetime.datetime:
    return (first + datetime.timedelta(days=32)).replace(day=1)


_EDGES = [at("2026-10-31T23:59:59.999999"), at("2026-11-01"), at("2025-11-01"), at("2025-10-31T23:59:59"), NOW]
_MOMENTS = st.integers(0, 18 * 30 * 86_400).map(lambda seconds: at("2025-06-15") + datetime.timedelta(seconds=seconds))
_SAID = st.builds(
    Said,
    household=st.integers(0, 3),
    kind=st.sampled_from([Kind.BEGAN, Kind.PLAN_CHANGED, Kind.CANCELLED, Kind.ENDED, Kind.CAME_BACK]),
    at=_MOMENTS | st.sampled_from(_EDGES),
    a_month=st.sampled_from(["0", "5", "12", "20", "4.17", "16.67"]).map(Decimal),
)
_TRIALS = st.lists(
    st.builds(lambda number, when: Said(number, Kind.TRIAL_BEGAN, when, Decimal(0)), st.integers(0, 3), _MOMENTS),
    max_size=4,
    unique_by=lambda one: one.household,
)


@settings(max_examples=120)
@given(said=st.lists(_SAID, max_size=24), trials=_TRIALS)
def test_the_statement_says_what_the_slow_model_says(said: list[Said], trials: list[Said]) -> None:
    told = [*trials, *said]
    write(told, households(4))
    known = [one for one in told if one.at <= NOW]
    months = revenue.by_month(NOW)
    first, expected = at("2025-11-01"), []
    while first <= NOW:
        expected.append(slowly(known, 4, first, month_after(first)))
        first = month_after(first)
    assert months == expected
    for month in months:
        assert month.start + month.new + month.expansion - month.contraction - month.churned == month.end
    for before, month in itertools.pairwise(months):
        assert (before.end, before.customer_count) == (month.start, month.customer_count_before)
    lines = revenue.by_plan(NOW)
    assert sum(line.a_month for line in lines) == months[-1].end
    assert sum(line.customer_count for line in lines) == months[-1].customer_count


def test_a_year_by_hand() -> None:
    write(
        [
            tries(0, "2026-09-02"), begins(0, "2026-09-10", 5), changes(0, "2026-10-05", 20), ends(0, "2026-11-01"),
            tries(1, "2026-09-30"), begins(1, "2026-10-01", 12), changes(1, "2026-11-02", 5),
            tries(2, "2026-09-12"), tries(3, "2026-11-20"),
        ],
        households(4),
    )  # fmt: skip
    september, october, november = revenue.by_month(NOW)[-3:]
    assert [m.first_day for m in (september, october, november)] == [
        datetime.date(2026, 9, 1), datetime.date(2026, 10, 1), datetime.date(2026, 11, 1),
    ]  # fmt: skip
    assert (september.start, september.new, september.end, september.customer_count) == (0, 5, 5, 1)
    assert (october.new, october.expansion, october.end, october.customer_count) == (12, 15, 32, 2)
    assert (november.contraction, november.churned, november.end, november.customers_lost) == (7, 20, 5, 1)
    assert november.churn_rate == 50
    # Of the three who began in September two pay since, one of them in the month after.
    assert (september.trials_begun, september.trials_converted) == (3, 2)
    assert september.conversion_rate == Decimal("66.7")
    assert november.conversion_rate == 0
    assert october.conversion_rate is None
    assert september.churn_rate is None


def test_what_comes_after_the_moment_asked_for_does_not_count() -> None:
    write([tries(0, "2026-11-01"), begins(0, "2026-11-24", 5), begins(1, "2026-11-24", 12)], households(2))
    november = revenue.by_month(NOW)[-1]
    assert (november.end, november.trials_begun, november.trials_converted) == (0, 1, 0)
    assert revenue.by_plan(NOW) == []


def test_several_changes_of_one_moment_count_once() -> None:
    """One word of the provider may be two changes; both rows say what it brings after both."""
    write(
        [
            begins(0, "2026-10-01", 12),
            changes(0, "2026-11-02", 20),
            Said(0, Kind.RECOVERED, at("2026-11-02"), Decimal(20)),
        ],
        households(1),
    )
    assert revenue.by_month(NOW)[-1].expansion == 8


def test_what_was_before_the_months_shown_is_in_their_start() -> None:
    write([begins(0, "2024-01-01", 5), begins(1, "2025-10-31", 12)], households(2))
    months = revenue.by_month(NOW)
    assert len(months) == revenue.MONTHS
    assert {(month.start, month.new, month.end, month.customer_count) for month in months} == {(17, 0, 17, 2)}


def test_nothing_yet_is_thirteen_months_of_nothing() -> None:
    write([], [])
    months = revenue.by_month(NOW)
    assert {(month.end, month.customer_count, month.churn_rate) for month in months} == {(0, 0, None)}
    assert [month.first_day for month in months][::12] == [datetime.date(2025, 11, 1), datetime.date(2026, 11, 1)]
    assert revenue.by_plan(NOW) == []


def test_presents_bring_nothing_and_are_counted_as_presents(household: Household, other_household: Household) -> None:
    Subscription.objects.filter(household=other_household).update(
        comped_plan=None, state="past_due", interval="year", past_due_since=NOW - datetime.timedelta(days=3)
    )
    counts = revenue.by_standing(NOW)
    assert {standing for standing, count in counts.items() if count} == {Standing.COMPED, Standing.GRACE}
    assert set(counts) == set(Standing)


def test_two_statements_are_asked_however_many_there_are(django_assert_num_queries) -> None:
    said = [begins(number, "2026-10-01", 5) for number in range(3)]
    write(said, households(3))
    with django_assert_num_queries(2):
        revenue.by_month(NOW)
        revenue.by_plan(NOW)
