"""The second step of signing in: codes of an app, recovery codes, passkeys. What allauth.mfa leaves to the product."""

import base64
import time

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP

from apps.users.models import LastCode, User

PERIOD = 30
"""Seconds for which an app shows one code."""


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


def is_first_use(user: User, *, secret: str, code: str) -> bool:
    """Whether the code, as the app with that secret shows it now, is of a later time than any that this person gave.

    allauth remembers a code in the cache, for one period only, and not the one that set the app up. This is kept in the
    database, and of two requests with one code at the same moment one gets in.
    """
    clock = TOTP(base64.b32decode(secret), step=PERIOD)
    clock.time = time.time()
    digits = "".join(sign for sign in code if sign.isdecimal())
    if not clock.verify(int(digits or -1), tolerance=settings.MFA_TOTP_TOLERANCE):
        return False
    _, is_first = LastCode.objects.get_or_create(user=user, defaults={"step": clock.t()})
    return is_first or LastCode.objects.filter(user=user, step__lt=clock.t()).update(step=clock.t()) == 1


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [salted_hmac("apps.users.second_step", "", secret=secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
