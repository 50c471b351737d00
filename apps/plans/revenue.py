"""What the plans bring, by month: from our own rows alone (operators' figures; product O3).

A household is compared with how it stood at the end of the month before: what it brings a month now and did not then is
new, more, less, or lost. So each month's start, with what was new and more and without what was less and lost, is its
end. Months are those of UTC. A household that is deleted takes its past with it.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, OuterRef, Subquery, Sum

from apps.core.periods import Month
from apps.plans.models import Interval, Subscription, SubscriptionChange
from apps.plans.standing import Standing, standing_in_sql

MONTHS = 13


@dataclass(frozen=True)
class MonthOfRevenue:
    """Sums in USD a month, customers in households that pay."""

    first_day: datetime.date
    start: Decimal
    new: Decimal
    expansion: Decimal
    contraction: Decimal
    churned: Decimal
    end: Decimal
    customer_count_before: int
    customers_lost: int
    customer_count: int
    """At the end, or now."""
    trials_begun: int
    trials_converted: int
    """How many of those that began in this month have paid since."""

    @property
    def churn_rate(self) -> Decimal | None:
        """Customers lost, in percent of those at the start; None without any."""
        return _percent(self.customers_lost, self.customer_count_before)

    @property
    def conversion_rate(self) -> Decimal | None:
        """In percent of the trials that began; None without any."""
        return _percent(self.trials_converted, self.trials_begun)


@dataclass(frozen=True)
class Line:
    """What those who have one plan and pay by one interval bring now, in USD a month."""

    plan: str
    interval: str
    customer_count: int
    a_month: Decimal


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else None


# What a change brought stands in its row, at the price of its day: the last row of a month says how it ended.
_BY_MONTH = """
WITH last_of_month AS (
    SELECT DISTINCT ON (household_id, month)
        household_id, date_trunc('month', at AT TIME ZONE 'UTC')::date AS month, a_month
    FROM plans_subscriptionchange
    WHERE at <= %(now)s
    ORDER BY household_id, month, at DESC, id DESC
), moved AS (
    SELECT month, a_month AS after, lag(a_month, 1, 0.00) OVER (PARTITION BY household_id ORDER BY month) AS before
    FROM last_of_month
), money AS (
    SELECT month,
        sum(after) FILTER (WHERE before = 0) AS new,
        sum(after - before) FILTER (WHERE before > 0 AND after > before) AS expansion,
        sum(before - after) FILTER (WHERE after > 0 AND after < before) AS contraction,
        sum(before) FILTER (WHERE after = 0) AS churned,
        sum(after - before) AS net,
        count(*) FILTER (WHERE before = 0 AND after > 0) AS won,
        count(*) FILTER (WHERE before > 0 AND after = 0) AS lost
    FROM moved GROUP BY month
), trials AS (
    SELECT date_trunc('month', trial.at AT TIME ZONE 'UTC')::date AS month,
        count(*) AS begun,
        count(*) FILTER (WHERE EXISTS (
            SELECT FROM plans_subscriptionchange paid
            WHERE paid.household_id = trial.household_id AND paid.kind = 'began' AND paid.at <= %(now)s
        )) AS converted
    FROM plans_subscriptionchange trial
    WHERE trial.kind = 'trial_began' AND trial.at <= %(now)s
    GROUP BY 1
), spine AS (
    SELECT generate_series(%(first)s::date, %(last)s::date, interval '1 month')::date AS month
), running AS (
    SELECT month, new, expansion, contraction, churned, net, won, lost, begun, converted,
        sum(net) OVER so_far AS ends, sum(won - lost) OVER so_far AS customers
    FROM spine FULL JOIN money USING (month) FULL JOIN trials USING (month)
    WINDOW so_far AS (ORDER BY month)
)
SELECT month,
    coalesce(ends, 0) - coalesce(net, 0), coalesce(new, 0), coalesce(expansion, 0), coalesce(contraction, 0),
    coalesce(churned, 0), coalesce(ends, 0),
    (coalesce(customers, 0) - coalesce(won, 0) + coalesce(lost, 0))::int, coalesce(lost, 0),
    coalesce(customers, 0)::int, coalesce(begun, 0), coalesce(converted, 0)
FROM running WHERE month >= %(first)s ORDER BY month
"""


def by_month(now: datetime.datetime, *, count: int = MONTHS) -> list[MonthOfRevenue]:
    """The last months, oldest first; the last one is the one of `now`, as far as it has come."""
    last = Month.of(now.astimezone(datetime.UTC).date())
    with connection.cursor() as cursor:
        cursor.execute(_BY_MONTH, {"now": now, "first": last.plus(1 - count).first, "last": last.first})
        return [MonthOfRevenue(*row) for row in cursor.fetchall()]


def by_plan(now: datetime.datetime) -> list[Line]:
    """What comes in now, by plan and interval; together what the month of `now` ends with so far."""
    newest = SubscriptionChange.objects.filter(household=OuterRef("household"), at__lte=now).order_by("-at", "-pk")
    rows = (
        SubscriptionChange.objects.filter(pk=Subquery(newest.values("pk")[:1]), a_month__gt=0)
        .values("plan__name", "interval")
        .annotate(customer_count=Count("pk"), brings=Sum("a_month"))
        .order_by("plan__rank", "interval")
    )
    return [
        Line(row["plan__name"], Interval(row["interval"]).label, row["customer_count"], row["brings"]) for row in rows
    ]


def by_standing(now: datetime.datetime) -> dict[Standing, int]:
    """How many households stand how."""
    rows = Subscription.objects.annotate(standing=standing_in_sql(now)).values("standing").annotate(count=Count("pk"))
    counts = {row["standing"]: row["count"] for row in rows.order_by()}
    return {standing: counts.get(standing, 0) for standing in Standing}
