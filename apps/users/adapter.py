"""What allauth asks the product while people sign up, sign in and change their accounts."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.core.addresses import NOWHERE, client_address
from apps.core.mail_addresses import check_reachable
from apps.core.redirects import is_ours
from apps.users.arriving import note_arrival
from apps.users.devices import device_in_words
from apps.users.models import User
from apps.users.notices import NOTICES

_WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": "You sign in with this address already.",
        "email_password_mismatch": "The email address or the password is wrong.",
        "enter_current_password": "This is not the password that you have so far.",
        "incorrect_password": "This is not your password.",
        "too_many_login_attempts": "That was wrong too many times. Please try again in a few minutes.",
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or NOWHERE

    def clean_email(self, email: str) -> str:
        """Of whoever signs up, changes their address or wants a new password."""
        check_reachable(email)
        return email

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: wrong passwords are counted by axes; two counters would tell two stories."""

    def login(self, request: HttpRequest, user: User) -> None:
        """Every way in of a customer ends here, after the second step; staff have a door of their own."""
        is_first = user.last_login is None
        super().login(request, user)
        note_arrival(request, user, is_first=is_first)

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method | {"description": _WAYS[method["id"]]} for method in methods]

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tells the person what has changed, when, from which device and address, and what to do if it was not them."""
        subject, sentence = NOTICES[template_prefix]
        known = context or {}
        told = {
            "subject": subject.format(**known),
            "sentence": sentence.format(**known),
            "at": timezone.now(),
            "device": device_in_words(self.request.headers.get("User-Agent", "")),
            "address": client_address(self.request),
            "sessions_url": self.request.build_absolute_uri(reverse("users:sessions")),
            "password_url": self.request.build_absolute_uri(reverse("account_reset_password")),
        }
        with timezone.override(user.zone):
            self.send_mail(
                "account/email/notice", email or EmailAddress.objects.get_primary_email(user) or user.email, told
            )

    def is_safe_url(self, url: str | None) -> bool:
        """Asked for every `next`. allauth itself would also let through addresses that name one of our hosts."""
        return bool(url) and is_ours(url or "")
