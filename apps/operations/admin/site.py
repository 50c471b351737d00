"""The staff's site: who gets in is an operator, and sees what operators need; nobody adds or changes rows there."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from apps.audit.models import AuditEvent
from apps.households.models import DeadLetter, Household, Membership
from apps.mail.models import Message
from apps.operations.admin.pages import AuditPages, HouseholdPages, LetterPages, MailPages, MembershipPages
from apps.operations.admin.people import PersonPages
from apps.operations.admin.sessions import StaffSessions
from apps.operations.admin.signing_in import StaffSignInForm
from apps.users.models import User


class StaffSite(AdminSite):
    site_header = site_title = "Maxwell’s Wallet: staff"
    index_title = "What there is"
    site_url = None
    login_form = StaffSignInForm
    login_template = "operations/staff_sign_in.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Active, staff, and signed in with a code; rights of single tables are asked of nobody."""
        return super().has_permission(request) and request.user.is_verified()  # type: ignore[union-attr]

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST":
            StaffSessions.clear_expired()
        return super().login(request, extra_context)


site = StaffSite()
site.register(User, PersonPages)
site.register(Household, HouseholdPages)
site.register(Membership, MembershipPages)
site.register(DeadLetter, LetterPages)
site.register(Message, MailPages)
site.register(AuditEvent, AuditPages)
