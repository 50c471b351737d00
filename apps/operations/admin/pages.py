"""What operators see: to read, but for `changing`; never money, and a household's name only where that is recorded."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import URLPattern, reverse_lazy

from apps.audit.models import AuditEvent
from apps.households.models import DeadLetter, Membership
from apps.users.models import User

_LOOKUPS_OF_FILTERS = {"", "exact", "isnull", "isempty", "id__exact"}
# The list asks for the day after the end of what was chosen, and there is none after this year.
_YEARS_END = 9999


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
        """Django's, without old addresses and histories (nobody changes rows), and without pages that no list links to.

        They forget where to sign in: LoginRequiredMiddleware would send to the customers' door.
        """
        urls: list[URLPattern] = [*self.more_urls(), *super().get_urls()]
        for url in urls:
            url.callback.login_url = reverse_lazy("admin:login")  # type: ignore[attr-defined]
        if self.list_display_links is None:
            return urls[:1]
        return [url for url in urls if url.name and not url.name.endswith("_history")]

    def more_urls(self) -> list[URLPattern]:
        """Pages of deeds, whose views are the site's (`admin_view`)."""
        return []

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:  # noqa: ARG002
        """What the filters of the page send. By itself Django answers questions about every column, also passwords."""
        field, _, kind = lookup.partition("__")
        if field == self.date_hierarchy:
            return kind in {"year", "month", "day"} and value.isdecimal() and 0 < int(value[:5]) < _YEARS_END
        filters = [one[0] if isinstance(one, tuple) else one for one in self.list_filter]
        return field in filters and kind in _LOOKUPS_OF_FILTERS and "\0" not in value


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


class BillingEventPages(Pages):
    """What Stripe told us. Whatever waits for somebody, the night asks Stripe about all customers anyway."""

    list_display = ("received_at", "state", "kind", "reason", "customer_id", "event_id", "attempt_count")
    list_display_links = None
    list_filter = ("state",)
    search_fields = ("=event_id", "=customer_id", "kind")


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
        return rows.annotate(actor_email=email_of("actor_id"), person_email=email_of("person_id"))

    @admin.display(description="who")
    def who(self, event: AuditEvent) -> str:
        return event.actor_email or event.actor  # type: ignore[attr-defined]

    @admin.display(description="to whom")
    def to_whom(self, event: AuditEvent) -> str:
        return event.person_email or ""  # type: ignore[attr-defined]

    @admin.display(description="place in the chain")
    def place(self, event: AuditEvent) -> str:
        return str(event.link)


def email_of(column: str) -> Subquery:
    return Subquery(User.objects.filter(pk=OuterRef(column)).values("email")[:1])
