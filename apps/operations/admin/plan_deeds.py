"""What operators do to a household's plan: each deed a page that asks why, says what becomes of it, and does it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.audit.reasons import MOST_SIGNS
from apps.core.errors import ExpectedError
from apps.households.models import Household
from apps.ledger.tasks import order_fitting
from apps.plans import comping, extending, suspending
from apps.plans.holding import end_of
from apps.plans.models import Plan, Subscription

State = Subscription.State


class WhyForm(forms.Form):
    """The cleaned data are what the deed is given."""

    reason = forms.CharField(
        label="Why",
        max_length=MOST_SIGNS,
        help_text="The household’s owner can read it, and not who you are.",
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )

    def __init__(self, *args: Any, household: Household, **named: Any) -> None:
        super().__init__(*args, **named)
        self.label_suffix = ""
        self.household = household


class UntilForm(WhyForm):
    field_order: tuple[str, ...] = ("until", "reason")

    until = forms.DateField(
        label="Last day",
        help_text="To its midnight in the household’s time zone.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_until(self) -> datetime.datetime | None:
        day: datetime.date | None = self.cleaned_data["until"]
        # There is no day after the last one.
        if day is not None and day.year >= datetime.MAXYEAR:
            raise forms.ValidationError("That is too far away.")
        return None if day is None else end_of(day, self.household.zone)


class CompForm(UntilForm):
    field_order = ("plan", "until", "for_good", "reason")

    plan = forms.ModelChoiceField(Plan.objects.exclude(code=Plan.TRIAL), empty_label=None)
    until = forms.DateField(
        label="Last day",
        required=False,
        help_text="To its midnight in the household’s time zone.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    for_good = forms.BooleanField(label="For good", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "until" in data and bool(data["until"]) == data.pop("for_good", False):
            self.add_error("until", "Choose a last day, or that it is for good.")
        return data


@dataclass(frozen=True)
class PlanDeed:
    """`told` is what becomes of the household; `is_offered`, whether its page links to the deed."""

    word: str
    title: str
    told: str
    button: str
    done: str
    form: type[WhyForm]
    do: Callable[..., None]
    is_offered: Callable[[Subscription, datetime.datetime], bool]

    @property
    def view_name(self) -> str:
        return f"admin:household_{self.word}"


PLAN_DEEDS = (
    PlanDeed(
        word="comp",
        title="Give a plan",
        told="The household has the plan at once and is not charged for it. What it pays already it goes on paying: "
        "cancel that at Stripe.",
        button="Give the plan",
        done="The household has the plan now.",
        form=CompForm,
        do=comping.comp,
        is_offered=lambda _held, _now: True,
    ),
    PlanDeed(
        word="end-comp",
        title="Take the present back",
        told="From now on the household has what it pays for, or what is left of its trial; with neither it can only "
        "be read. Nothing is deleted.",
        button="Take it back",
        done="The household has no present of ours any more.",
        form=WhyForm,
        do=comping.end_comp,
        is_offered=lambda held, now: held.is_comped(now),
    ),
    PlanDeed(
        word="extend-trial",
        title="Extend the trial",
        told="The trial goes on until the end of that day, also if it is over. Its limit of rows stays, and what came "
        "in counts. The owner is reminded again before the new end.",
        button="Extend the trial",
        done="The trial goes on.",
        form=UntilForm,
        do=extending.extend_trial,
        is_offered=lambda held, _now: held.state == State.TRIAL,
    ),
    PlanDeed(
        word="suspend",
        title="Suspend the household",
        told="At once its people can read and export, and change nothing, whatever it pays. What it pays it goes on "
        "paying: cancel that at Stripe.",
        button="Suspend the household",
        done="The household is suspended.",
        form=WhyForm,
        do=suspending.suspend,
        is_offered=lambda held, _now: held.suspended_at is None,
    ),
    PlanDeed(
        word="unsuspend",
        title="End the suspension",
        told="From now on the household stands as its plan says.",
        button="End the suspension",
        done="The household is not suspended any more.",
        form=WhyForm,
        do=suspending.unsuspend,
        is_offered=lambda held, _now: held.suspended_at is not None,
    ),
)


def deed_urls(site: AdminSite) -> list[URLPattern]:
    """The deeds' addresses below a household's."""
    return [
        path(
            f"<int:object_id>/{deed.word}/",
            site.admin_view(_page(site, deed)),
            name=deed.view_name.removeprefix("admin:"),
        )
        for deed in PLAN_DEEDS
    ]


def _page(site: AdminSite, deed: PlanDeed) -> Callable[..., HttpResponse]:
    @require_http_methods(["GET", "HEAD", "POST"])
    def page(request: HttpRequest, object_id: int) -> HttpResponse:
        household = get_object_or_404(Household.objects.select_related("subscription"), pk=object_id)
        form = deed.form(request.POST or None, household=household)
        if request.method == "POST" and form.is_valid() and _did(request, deed, household, form):
            messages.success(request, deed.done)
            return redirect("admin:households_household_change", household.pk)
        context = site.each_context(request) | {
            "title": deed.title,
            "deed": deed,
            "household": household,
            "standing": household.entitlements.standing.label,
            "form": form,
        }
        return render(request, "operations/plan_deed.html", context, status=422 if form.errors else 200)

    return page


def _did(request: HttpRequest, deed: PlanDeed, household: Household, form: WhyForm) -> bool:
    """A refusal is told above the form, which keeps what was typed."""
    try:
        with transaction.atomic():
            deed.do(household, actor=request.user, now=timezone.now(), request=request, **form.cleaned_data)
            # It may have room for more accounts now, or for fewer.
            order_fitting(household)
    except ExpectedError as error:
        form.add_error(None, str(error))
        return False
    return True
