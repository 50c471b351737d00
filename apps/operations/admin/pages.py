"""What operators see: all to read alone, never money, and a household's name only on a page that is recorded."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse_lazy

from apps.audit.actions import Action
from apps.audit.events import record
from apps.audit.models import AuditEvent
from apps.households.models import DeadLetter, Household, Membership
from apps.users.models import User


class ReadOnly:
    """For pages and their inlines: whoever the site lets in may look, and nobody may do more, superusers included."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return True

    def has_module_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    has_change_permission = has_delete_permission = has_add_permission


class Pages(ReadOnly, admin.ModelAdmin):
    list_per_page = 50
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        """Django's, which forget where to sign in: LoginRequiredMiddleware would send to the customers' door."""
        urls: list[URLPattern] = super().get_urls()
        for url in urls:
            url.callback.login_url = reverse_lazy("admin:login")  # type: ignore[attr-defined]
        return urls


class MembershipLines(ReadOnly, admin.TabularInline):
    model = Membership
    fields = readonly_fields = ("user", "household_public_id", "role", "created_at")
    extra = 0

    @admin.display(description="household")
    def household_public_id(self, membership: Membership) -> str:
        return membership.household.public_id

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Membership]":
        rows: QuerySet[Membership] = super().get_queryset(request)
        return rows.select_related("household", "user")


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

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **named: Any) -> HttpResponse:
        household = self.get_object(request, object_id)
        if household is not None:
            assert isinstance(request.user, User)
            record(Action.HOUSEHOLD_LOOKED_AT, actor=request.user, household=household, request=request)
        return super().change_view(request, object_id, *args, **named)


class MembershipPages(Pages):
    list_display = ("user", "household_public_id", "role", "created_at")
    list_display_links = None
    list_filter = ("role",)
    list_select_related = ("user", "household")
    search_fields = ("user__email", "household__public_id")
    household_public_id = MembershipLines.household_public_id


class LetterPages(Pages):
    list_display = ("failed_at", "household_public_id", "task", "attempt_count", "reason", "resolved_at")
    list_display_links = None
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "task")
    list_select_related = ("household",)
    search_fields = ("household__public_id",)
    ordering = ("-failed_at",)

    @admin.display(description="household")
    def household_public_id(self, letter: DeadLetter) -> str:
        return letter.household.public_id


class MailPages(Pages):
    """Without what the mails say: links in them open accounts."""

    fields = list_display = ("created_at", "recipients", "subject", "state", "attempt_count", "sent_at", "error")
    list_display_links = None
    list_filter = ("state",)
    search_fields = ("recipients", "subject")
    ordering = ("-created_at",)


class AuditPages(Pages):
    list_display = ("at", "who", "action", "to_whom", "household_id", "address")
    list_filter = ("action",)
    date_hierarchy = "at"
    fields = ("at", "who", "action", "to_whom", "household_id", "address", "details", "place")
    readonly_fields = ("who", "to_whom", "place")
    search_fields = ("=actor_id", "=person_id", "=household_id", "address")
    list_select_related = ("link",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[AuditEvent]":
        rows: QuerySet[AuditEvent] = super().get_queryset(request)
        return rows.annotate(actor_email=_email_of("actor_id"), person_email=_email_of("person_id"))

    @admin.display(description="who")
    def who(self, event: AuditEvent) -> str:
        return event.actor_email or event.actor  # type: ignore[attr-defined]

    @admin.display(description="to whom")
    def to_whom(self, event: AuditEvent) -> str:
        return event.person_email or ""  # type: ignore[attr-defined]

    @admin.display(description="place in the chain")
    def place(self, event: AuditEvent) -> str:
        return str(event.link)


def _email_of(column: str) -> Subquery:
    return Subquery(User.objects.filter(pk=OuterRef(column)).values("email")[:1])
