"""What is sold, to change; and what households have of it, to read."""

import datetime
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.audit.actions import Action
from apps.households.models import Household
from apps.ledger.tasks import order_fitting_of
from apps.operations.admin.changing import ChangingPages
from apps.operations.admin.pages import Pages
from apps.plans.changing import PLAN_FIELDS, change_plan
from apps.plans.features import Feature
from apps.plans.metering import TRIAL
from apps.plans.models import Interval, Plan, RowUse, Subscription
from apps.plans.standing import in_force, standing

_AT_LEAST_ONE = {
    "row_limit": "row",
    "account_limit": "account",
    "seat_limit": "seat, its owner’s",
    "rate_factor": "time the usual rate",
}


class PlanForm(forms.ModelForm):
    class Meta:
        model = Plan
        fields = PLAN_FIELDS
        widgets = {"summary": forms.Textarea(attrs={"rows": 2, "cols": 60})}
        help_texts = {
            "row_limit": "in a calendar month, on trial in all of it; empty: as many as come",
            "account_limit": "empty: as many as wanted",
        }

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        prices = [asked.get("monthly_price"), asked.get("yearly_price")]
        if prices.count(None) == 1:
            self.add_error("yearly_price", "A plan has both prices, or none if it is not offered.")
        elif None in prices and asked.get("is_offered"):
            self.add_error("is_offered", "What is offered has a price for a month and one for a year.")
        for name, price in zip(("monthly_price", "yearly_price"), prices, strict=True):
            if price is not None and price <= 0:
                self.add_error(name, "A price is more than zero; a plan without one is not offered.")
        for name, what in _AT_LEAST_ONE.items():
            if asked.get(name) == 0:
                self.add_error(name, f"There is at least one {what}.")
        return asked


class PlanPages(ChangingPages):
    form = PlanForm
    deed = change_plan
    recorded_as = Action.PLAN_CHANGED
    named_by = ("code", "plan")
    list_display = (
        *("name", "is_offered", "monthly_price", "yearly_price"),
        *("row_limit", "account_limit", "seat_limit", "rate_factor", "household_count"),
    )
    readonly_fields = ("code", "history")
    fields = ("code", *PLAN_FIELDS, "history")
    ordering = ("rank",)

    @admin.display(description="households")
    def household_count(self, plan: Plan) -> int:
        return _subscribed(plan, timezone.now()).count()

    def save_model(self, request: HttpRequest, obj: Plan, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "account_limit" in form.changed_data:
            order_fitting_of(_subscribed(obj, timezone.now()))

    def warnings(self, plan: Plan, changes: dict[str, Any]) -> list[str]:
        return [*_over(plan, changes, timezone.now()), *_at_odds(plan, changes)]


class SubscriptionPages(Pages):
    list_display = (
        *("household_public_id", "plan", "state", "stands", "interval", "trial_ends_at", "period_ends_at"),
        *("cancels_at", "past_due_since", "comped_plan", "comped_until"),
    )
    list_display_links = None
    list_filter = ("state", "plan")
    list_select_related = ("household", "plan", "comped_plan")
    search_fields = ("household__public_id", "=customer_id", "=stripe_id")
    ordering = ("-pk",)

    @admin.display(description="household")
    def household_public_id(self, subscription: Subscription) -> SafeString:
        page = reverse("admin:households_household_change", args=[subscription.household_id])
        return format_html('<a href="{}">{}</a>', page, subscription.household.public_id)

    @admin.display(description="now")
    def stands(self, subscription: Subscription) -> str:
        return standing(subscription, timezone.now()).label


def _subscribed(plan: Plan, now: datetime.datetime) -> "QuerySet[Household]":
    """The households that have the plan in force."""
    return Household.objects.filter(subscription__in=Subscription.objects.filter(in_force(plan, now)))


def _over(plan: Plan, changes: dict[str, Any], now: datetime.datetime) -> Iterator[str]:
    """Who is over a limit that was lowered. Nothing is taken from them, and nothing more comes in."""
    if _is_lower(changes.get("seat_limit")):
        taken = Count("memberships", distinct=True) + Count(
            "invitations", filter=Q(invitations__accepted_at=None, invitations__expires_at__gt=now), distinct=True
        )
        over = _subscribed(plan, now).annotate(taken=taken).filter(taken__gt=plan.seat_limit).count()
        then = "Nobody is removed; nobody can be invited."
        yield _over_in_words(over, f"more than {_counted(plan.seat_limit, 'seat')} taken", then)
    if _is_lower(changes.get("row_limit")):
        # Months are counted by each household's own clock; here by ours.
        period = TRIAL if plan.code == Plan.TRIAL else f"{now:%Y-%m}"
        uses = RowUse.objects.filter(household__in=_subscribed(plan, now), period=period)
        over = uses.filter(row_count__gt=plan.row_limit).count()
        then = "They keep them and can add none."
        yield _over_in_words(over, f"more than {_counted(plan.row_limit or 0, 'row')} in this period", then)
    if _is_lower(changes.get("account_limit")):
        yield (
            "How many accounts a household has stands in its ledger, which no page of this site opens. Whoever has "
            f"more than {plan.account_limit} keeps them all, and can only read what is over, from now on."
        )


def _at_odds(plan: Plan, changes: dict[str, Any]) -> Iterator[str]:
    """What was changed and comes to nothing, because something else was not."""
    for limit, feature in (("seat_limit", Feature.FAMILY_SHARING), ("account_limit", Feature.MULTIPLE_ACCOUNTS)):
        is_one = getattr(plan, limit) == 1
        if limit in changes and not is_one and not plan.flags.filter(name=feature).exists():
            yield f"{plan} is not among the plans of the flag {feature}: its households have one, whatever is set here."
    for interval in Interval:
        price = f"{interval}ly_price"
        if price in changes and f"{price}_id" not in changes and plan.price_id(interval):
            yield f"The {interval}’s price was changed, and Stripe’s was not: {plan.price_id(interval)} is charged."


def _is_lower(change: dict[str, Any] | None) -> bool:
    return bool(change and change["new"] is not None and (change["old"] is None or change["new"] < change["old"]))


def _over_in_words(count: int, what: str, then: str) -> str:
    if count == 0:
        return f"No household has {what}."
    return f"{'1 household has' if count == 1 else f'{count:,} households have'} {what}. {then}"


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"
