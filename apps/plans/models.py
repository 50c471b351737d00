"""What households can subscribe to, what each has, and what it used of it. Knows no payment provider."""

import datetime
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from waffle.models import AbstractUserFlag

from apps.plans.features import Feature, Said, place_of

CURRENCY = "USD"


class Interval(models.TextChoices):
    MONTH = "month", "monthly"
    YEAR = "year", "yearly"


def a_month_of(price: Decimal, interval: str) -> Decimal:
    """What a price brings a month, in its currency and cents: a year's counts a twelfth."""
    return (price / 12).quantize(Decimal("0.01")) if interval == Interval.YEAR else price


class Plan(models.Model):
    """What is sold, as data: operators change prices and limits, no code does. A limit that is None is none."""

    TRIAL: str = "trial"
    """The code of the plan that a household begins with."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=40, unique=True)
    summary = models.CharField(max_length=160, blank=True, help_text="one sentence for the page of prices")
    rank = models.PositiveSmallIntegerField(unique=True, help_text="a plan of a higher rank is an upgrade")
    is_offered = models.BooleanField(default=True, help_text="can be bought; those who have it keep it in any case")
    monthly_price = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="USD")
    yearly_price = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="USD")
    monthly_price_id = models.CharField(max_length=80, blank=True, help_text="Stripe's price")
    yearly_price_id = models.CharField(max_length=80, blank=True, help_text="Stripe's price")
    row_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="rows that come into the ledger in a calendar month; on trial, in all of it",
    )
    account_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    seat_limit = models.PositiveSmallIntegerField(help_text="people, the owner included; open invitations count")
    rate_factor = models.PositiveSmallIntegerField(
        default=1, help_text="how many times the usual imports, exports and reports within an hour or minute"
    )

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.CheckConstraint(condition=Q(seat_limit__gte=1), name="plans_plan_owner_has_seat"),
            models.CheckConstraint(condition=Q(rate_factor__gte=1), name="plans_plan_rate_factor"),
            models.CheckConstraint(
                condition=Q(monthly_price__gt=0, yearly_price__gt=0)
                | Q(monthly_price=None, yearly_price=None, is_offered=False),
                name="plans_plan_priced",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def called(cls, code: str) -> "Plan | None":
        """By what an address or a form says, which may be anything."""
        return next((plan for plan in cls.objects.all() if plan.code == code), None)

    def price(self, interval: str) -> Decimal:
        """In USD for each month or year; 0 for a plan that is not sold."""
        return (self.yearly_price if interval == Interval.YEAR else self.monthly_price) or Decimal(0)

    def price_id(self, interval: str) -> str:
        return self.yearly_price_id if interval == Interval.YEAR else self.monthly_price_id

    def a_month(self, interval: str) -> Decimal:
        """What the plan brings a month, in USD and cents."""
        return a_month_of(self.price(interval), interval)


class Subscription(models.Model):
    """What a household has: our own row, so that no page asks the payment provider.

    It holds what was said and when things happen, never whether they have happened: `standing` tells that for a moment.
    """

    class State(models.TextChoices):
        TRIAL = "trial", "on trial"
        ACTIVE = "active", "paid"
        PAST_DUE = "past_due", "payment failed"
        ENDED = "ended", "ended"

    household = models.OneToOneField("households.Household", on_delete=models.CASCADE, related_name="subscription")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="subscriptions")
    state = models.CharField(max_length=8, choices=State.choices, default=State.TRIAL)
    interval = models.CharField(max_length=5, choices=Interval.choices, blank=True)
    trial_ends_at = models.DateTimeField()
    period_ends_at = models.DateTimeField(null=True, help_text="until when it is paid; then the next payment is due")
    cancels_at = models.DateTimeField(null=True, help_text="when it ends, if it was cancelled")
    past_due_since = models.DateTimeField(null=True, help_text="when the first payment failed that is still owed")
    ended_at = models.DateTimeField(null=True)
    comped_plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="+")
    comped_until = models.DateTimeField(null=True, help_text="none: for good")
    suspended_at = models.DateTimeField(null=True, help_text="by an operator")
    customer_id = models.CharField(max_length=80, blank=True, help_text="Stripe's customer")
    stripe_id = models.CharField(max_length=80, blank=True, help_text="Stripe's subscription")
    price = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        null=True,
        help_text="USD each interval, as the payment provider says: old customers keep an old price",
    )
    as_of = models.DateTimeField(null=True, help_text="when the payment provider said what stands here")
    began_paying_at = models.DateTimeField(null=True, help_text="the first time")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer_id"], condition=~Q(customer_id=""), name="plans_subscription_customer"
            ),
            models.UniqueConstraint(fields=["stripe_id"], condition=~Q(stripe_id=""), name="plans_subscription_stripe"),
            models.CheckConstraint(
                condition=Q(state__in=["trial", "active", "past_due", "ended"]), name="plans_subscription_state"
            ),
            models.CheckConstraint(
                condition=Q(state="past_due") ^ Q(past_due_since=None), name="plans_subscription_past_due_since"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "past_due"]) | ~Q(interval=""), name="plans_subscription_interval"
            ),
            models.CheckConstraint(
                condition=Q(comped_until=None) | ~Q(comped_plan=None), name="plans_subscription_comped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, {self.get_state_display()}"

    def is_comped(self, now: datetime.datetime) -> bool:
        """Whether there is a present of ours; `standing.plan_in_force` says whether it counts."""
        return self.comped_plan_id is not None and (self.comped_until is None or now < self.comped_until)

    @property
    def is_paying(self) -> bool:
        """Whether there is something that is paid, or owed: another plan is a change of it."""
        return self.state in {self.State.ACTIVE, self.State.PAST_DUE}

    @property
    def a_month(self) -> Decimal:
        """What it brings a month, in USD; a payment that failed is still owed."""
        return a_month_of(self.charged, self.interval) if self.is_paying else Decimal(0)

    @property
    def charged(self) -> Decimal:
        """In USD for each month or year, without coupons."""
        return self.plan.price(self.interval) if self.price is None else self.price


class SubscriptionChange(models.Model):
    """What became of a subscription, in that order; rows are only added. What operators count by month."""

    class Kind(models.TextChoices):
        TRIAL_BEGAN = "trial_began", "began a trial"
        BEGAN = "began", "began to pay"
        PLAN_CHANGED = "plan_changed", "changed the plan"
        CANCELLED = "cancelled", "cancelled"
        RESUMED = "resumed", "took the cancellation back"
        PAYMENT_FAILED = "payment_failed", "could not be charged"
        RECOVERED = "recovered", "was charged after all"
        ENDED = "ended", "ended"
        CAME_BACK = "came_back", "came back after an end"

    household = models.ForeignKey("households.Household", on_delete=models.CASCADE, related_name="subscription_changes")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    at = models.DateTimeField(db_index=True)
    plan_before = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    interval = models.CharField(max_length=5, choices=Interval.choices, blank=True)
    a_month_before = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal(0), help_text="USD")
    a_month = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal(0), help_text="USD")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.household_id} {self.get_kind_display()}"


class SentNotice(models.Model):
    """That a household's owner was told something about its plan. What has its row here is not told again."""

    class Kind(models.TextChoices):
        TRIAL_ENDS_SOON = "trial_ends_soon", "the trial ends in three days"
        TRIAL_LAST_DAY = "trial_last_day", "the trial ends in a day"
        TRIAL_OVER = "trial_over", "the trial is over"
        PAYMENT_FAILED = "payment_failed", "a payment failed"
        RECOVERED = "recovered", "the payment went through after all"
        CANCELLED = "cancelled", "the subscription was cancelled"
        ENDED = "ended", "the subscription ended"
        CAME_BACK = "came_back", "welcome back"
        WIN_BACK = "win_back", "whether they want to come back"

    household = models.ForeignKey("households.Household", on_delete=models.CASCADE, related_name="sent_notices")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    about_at = models.DateTimeField(help_text="the moment that it is about: another one is told of anew")
    sent_at = models.DateTimeField(null=True, help_text="none: the owner asked us not to send it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["household", "kind", "about_at"], name="plans_sentnotice_once")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.get_kind_display()}"


class RowUse(models.Model):
    """How many rows came into a household's ledger in a period, or are promised to imports that are under way."""

    household = models.ForeignKey("households.Household", on_delete=models.CASCADE, related_name="row_uses")
    period = models.CharField(max_length=7, help_text="“2026-11” in the household's time zone; “trial” for all of that")
    row_count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["household", "period"], name="plans_rowuse_once")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.period}: {self.row_count}"


class RowTaking(models.Model):
    """What one import (or one row entered by hand) took of a period's rows. Asked again it takes nothing more."""

    use = models.ForeignKey(RowUse, on_delete=models.CASCADE, related_name="takings")
    household = models.ForeignKey("households.Household", on_delete=models.CASCADE, related_name="row_takings")
    key = models.CharField(max_length=60, help_text="“import 7”")
    row_count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["household", "key"], name="plans_rowtaking_once")]

    def __str__(self) -> str:
        return f"{self.key}: {self.row_count}"


class Flag(AbstractUserFlag):
    """For whom a feature is on. `Said.is_on` decides, also where waffle's own functions are asked."""

    # What waffle would ask of a request, its cookies and its address, and what no part of ours decides by.
    # (`groups` stays: waffle's signals look for it. Nothing else does.)
    testing = superusers = staff = authenticated = languages = rollout = note = None  # type: ignore[assignment]

    name = models.CharField(max_length=40, unique=True, choices=Feature.choices)
    title = models.CharField(max_length=60, help_text="what people call it")
    told = models.CharField(max_length=200, help_text="what it does, in one sentence")
    percent = models.DecimalField(
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="of all households, whatever their plan",
    )
    plans = models.ManyToManyField(Plan, blank=True, related_name="flags")
    households = models.ManyToManyField("households.Household", blank=True, related_name="flags_on")
    households_off = models.ManyToManyField("households.Household", blank=True, related_name="flags_off")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(name__in=Feature.values), name="plans_flag_known"),
            models.CheckConstraint(condition=Q(percent=None) | Q(percent__range=(0, 100)), name="plans_flag_percent"),
        ]

    @classmethod
    def said_of(cls, *, household_id: int, plan_id: int) -> dict[str, Said]:
        """What each flag says of a household with this plan in force, by the name of its feature; one query."""

        def this_flag(**row: int) -> QuerySet[Flag]:
            return cls.objects.filter(pk=OuterRef("pk"), **row)

        rows = cls.objects.values_list("name", "everyone", "percent").annotate(
            is_off_here=Exists(this_flag(households_off=household_id)),
            is_on_here=Exists(this_flag(households=household_id)),
            is_in_plan=Exists(this_flag(plans=plan_id)),
            people=ArraySubquery(this_flag(users__memberships__household=household_id).values("users")),
        )
        return {
            name: Said(everyone, is_off, is_on, frozenset(ids), is_in_plan, percent, place_of(household_id, name))
            for name, everyone, percent, is_off, is_on, is_in_plan, ids in rows
        }

    def is_active(self, request: HttpRequest, read_only: bool = False) -> bool:  # noqa: ARG002
        """The same answer for who asks waffle. Outside a household only what holds for everybody is on."""
        household = getattr(request, "household", None)
        if household is None:
            return self.everyone is True
        return household.entitlements.has(self.name, request.user)
