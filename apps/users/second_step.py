"""The second step of signing in: codes of an app, recovery codes, passkeys. What allauth.mfa leaves to the product."""

import base64

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

from apps.users.models import User

# Seconds for which the clock accepts a code: its own period, and those before and after.
CODE_LIVES = 30 * (2 * settings.MFA_TOTP_TOLERANCE + 1)


class SecondStepAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is not right, or it was used before. Take the next one.",
        "cannot_generate_recovery_codes": "Recovery codes come with an app for codes or a passkey. Add one first.",
    }

    def encrypt(self, text: str) -> str:
        """Secrets lie encrypted in the database: who has a copy of it alone has no second step of anybody."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 (allauth's name)
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "Passkey" if number == 1 else f"Passkey {number}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}


def is_first_use(user: User, code: str) -> bool:
    """Whether nobody has given this code of this person before, however it was spaced.

    allauth itself remembers a code for one period only, and not the one that set the app up.
    """
    return cache.add(f"second-step:{user.pk}:{normalize_user_code(code)}", True, CODE_LIVES)


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [salted_hmac("apps.users.second_step", "", secret=secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
