"""The staff's site: who gets in is an operator, and sees what operators need; plans and flags are changed there."""

from http import HTTPStatus
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from apps.audit.actions import Action
from apps.audit.events import record
from apps.audit.models import AuditEvent
from apps.billing.models import BillingEvent
from apps.households.models import DeadLetter, Household, Membership
from apps.mail.models import Message
from apps.operations.admin.flags import FlagPages
from apps.operations.admin.households import HouseholdPages
from apps.operations.admin.pages import AuditPages, BillingEventPages, LetterPages, MailPages, MembershipPages
from apps.operations.admin.people import PersonPages
from apps.operations.admin.plans import PlanPages, SubscriptionPages
from apps.operations.admin.revenue import revenue_page
from apps.operations.admin.sessions import StaffSessions
from apps.operations.admin.signing_in import StaffSignInForm
from apps.plans.models import Flag, Plan, Subscription
from apps.users.models import User


class StaffSite(AdminSite):
    site_header = site_title = "Maxwell’s Wallet: staff"
    index_title = "What there is"
    site_url = None
    login_form = StaffSignInForm
    login_template = "operations/staff_sign_in.html"
    index_template = "operations/staff_index.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        revenue = self.admin_view(revenue_page(self))
        # Else it would lead to the customers' door.
        revenue.login_url = reverse_lazy("admin:login")  # type: ignore[attr-defined]
        return [path("revenue/", revenue, name="revenue"), *super().get_urls()]

    def has_permission(self, request: HttpRequest) -> bool:
        """Active, staff, and signed in with a code; rights of single tables are asked of nobody."""
        return super().has_permission(request) and request.user.is_verified()  # type: ignore[union-attr]

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST":
            StaffSessions.clear_expired()
        return super().login(request, extra_context)

    def password_change(  # type: ignore[override]  # its stub knows no redirect
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with transaction.atomic():
            answer = super().password_change(request, extra_context)
            if answer.status_code == HTTPStatus.FOUND:
                assert isinstance(request.user, User)
                record(Action.PASSWORD_CHANGED, actor=request.user, request=request)
        return answer


site = StaffSite()
site.register(User, PersonPages)
site.register(Household, HouseholdPages)
site.register(Membership, MembershipPages)
site.register(DeadLetter, LetterPages)
site.register(Message, MailPages)
site.register(AuditEvent, AuditPages)
site.register(Plan, PlanPages)
site.register(Subscription, SubscriptionPages)
site.register(Flag, FlagPages)
site.register(BillingEvent, BillingEventPages)
