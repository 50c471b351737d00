"""For whom a feature is on: by everybody, household, person, plan or share of households, in that order."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from apps.audit.actions import Action
from apps.households.models import Household
from apps.ledger.tasks import order_fitting_of
from apps.operations.admin.changing import ChangingPages
from apps.operations.admin.fields import TypedList
from apps.plans.changing import FLAG_FIELDS, FLAG_LISTS, change_flag
from apps.plans.features import Feature
from apps.plans.models import Flag, Plan
from apps.users.models import User

_BY_IDS = "Public ids as they stand in addresses, one on each line."


class ForEverybody(forms.NullBooleanSelect):
    def __init__(self) -> None:
        super().__init__()
        self.choices = [
            ("unknown", "As the lines below say"),
            ("true", "On for everybody"),
            ("false", "Off for everybody"),
        ]


class FlagForm(forms.ModelForm):
    everyone = forms.NullBooleanField(
        required=False,
        label="For everybody",
        widget=ForEverybody,
        help_text="Whatever else is said here. Off is the switch for when something goes wrong.",
    )
    households_off = TypedList(Household.objects.all(), by="public_id", what="household", label="Off for households")
    households = TypedList(
        Household.objects.all(), by="public_id", what="household", label="On for households", help_text=_BY_IDS
    )
    users = TypedList(
        User.objects.filter(is_staff=False),
        by="email",
        what="customer with the address",
        label="On for people",
        help_text="Their e-mail addresses, one on each line. It is on for them alone, in each of their households.",
    )
    plans = forms.ModelMultipleChoiceField(
        Plan.objects.all(), required=False, widget=forms.CheckboxSelectMultiple, label="On with plans"
    )

    class Meta:
        model = Flag
        fields = (*FLAG_FIELDS, *FLAG_LISTS)
        widgets = {"told": forms.Textarea(attrs={"rows": 2, "cols": 60})}

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        both = {one.public_id for one in asked.get("households") or []} & {
            one.public_id for one in asked.get("households_off") or []
        }
        if both:
            self.add_error("households", f"Off for these, too: {', '.join(sorted(both))}. Take them from one of both.")
        return asked


class FlagPages(ChangingPages):
    form = FlagForm
    deed = change_flag
    recorded_as = Action.FLAG_CHANGED
    named_by = ("name", "flag")
    list_display = ("name", "title", "for_everybody", "with_plans", "on_count", "off_count", "person_count", "percent")
    readonly_fields = ("name", "history")
    fieldsets = (
        (None, {"fields": ("name", "title", "told")}),
        (
            "For whom it is on",
            {
                "description": "The first line that says something of a household decides. How many accounts or "
                "people a household may have is a limit of its plan; these flags only open it.",
                "fields": ("everyone", "households_off", "households", "users", "plans", "percent"),
            },
        ),
        (None, {"fields": ("history",)}),
    )

    def save_model(self, request: HttpRequest, obj: Flag, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if obj.name == Feature.MULTIPLE_ACCOUNTS:
            # Where it went off one account stays in use, and where it came on all can be.
            order_fitting_of(Household.objects.all())

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Flag]":
        rows: QuerySet[Flag] = super().get_queryset(request)
        counts = {name: Count(name, distinct=True) for name in ("households", "households_off", "users")}
        return rows.prefetch_related("plans").annotate(**{f"{name}_count": of for name, of in counts.items()})

    @admin.display(description="for everybody")
    def for_everybody(self, flag: Flag) -> str:
        return {True: "on", False: "off", None: ""}[flag.everyone]

    @admin.display(description="with plans")
    def with_plans(self, flag: Flag) -> str:
        return ", ".join(plan.name for plan in flag.plans.all())

    @admin.display(description="on for households")
    def on_count(self, flag: Flag) -> int:
        return flag.households_count  # type: ignore[attr-defined]

    @admin.display(description="off for households")
    def off_count(self, flag: Flag) -> int:
        return flag.households_off_count  # type: ignore[attr-defined]

    @admin.display(description="on for people")
    def person_count(self, flag: Flag) -> int:
        return flag.users_count  # type: ignore[attr-defined]
