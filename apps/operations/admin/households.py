"""A household as operators see it: who belongs to it, its plan and what became of that; never its money."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone

from apps.audit.actions import Action, Kind
from apps.audit.events import record
from apps.audit.models import AuditEvent
from apps.households.models import Household
from apps.operations.admin.pages import MembershipLines, Pages
from apps.operations.admin.plan_deeds import PLAN_DEEDS, deed_urls
from apps.plans import metering
from apps.plans.entitlements import Limited
from apps.users.models import User

MOST_LINES = 30


class HouseholdPages(Pages):
    list_display = ("public_id", "is_ready", "member_count", "created_at")
    list_filter = ("is_ready",)
    search_fields = ("public_id", "memberships__user__email")
    fields = ("public_id", "name", "time_zone", "is_ready", "created_at", "work_ordered_at")
    inlines = (MembershipLines,)
    ordering = ("-created_at",)

    @admin.display(description="members")
    def member_count(self, household: Household) -> int:
        return household.member_count

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Household]":
        rows: QuerySet[Household] = super().get_queryset(request)
        return rows.annotate(member_count=Count("memberships"))

    def more_urls(self) -> list[URLPattern]:
        return deed_urls(self.admin_site)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **named: Any) -> HttpResponse:
        household = self.get_object(request, object_id)
        if household is not None:
            assert isinstance(request.user, User)
            record(Action.HOUSEHOLD_LOOKED_AT, actor=request.user, household=household, request=request)
            named["extra_context"] = _plan_of(household, now=timezone.now())
        return super().change_view(request, object_id, *args, **named)


def _plan_of(household: Household, *, now: datetime.datetime) -> dict[str, Any]:
    entitlements, held = household.entitlements, household.subscription
    changes = household.subscription_changes.select_related("plan", "plan_before").order_by("-at", "-pk")
    ours = AuditEvent.objects.filter(household_id=household.pk, action__in=Kind.BILLING.actions)
    return {
        "held": held,
        "entitlements": entitlements,
        "used_rows": metering.used(entitlements, household.zone),
        "row_limit": entitlements.limit(Limited.ROWS),
        "row_period": metering.period(entitlements, household.zone),
        "is_comped": held.is_comped(now),
        "changes": changes[:MOST_LINES],
        "notices": household.sent_notices.order_by("-pk")[:MOST_LINES],
        "told": [(event.at, event.sentence()) for event in ours[:MOST_LINES]],
        "plan_deeds": [deed for deed in PLAN_DEEDS if deed.is_offered(held, now)],
        "stripe_url": settings.STRIPE_DASHBOARD_URL.rstrip("/"),
    }
