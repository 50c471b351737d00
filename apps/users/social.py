"""People who sign in with Google."""

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from apps.users.models import User


class SocialAdapter(DefaultSocialAccountAdapter):
    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": "Nobody could sign in to your account any more. Choose a password first.",
        "no_verified_email": "Nobody could help you back in any more. Confirm your email address first.",
    }

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """The name as the provider knows it; the address as we keep all of them, in lower case."""
        user: User = super().populate_user(request, sociallogin, data)
        full_name = " ".join(filter(None, [data.get("first_name"), data.get("last_name")]))
        user.name = (data.get("name") or full_name)[:120]
        user.email = user.email.lower()
        return user
