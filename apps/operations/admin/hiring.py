"""Making a staff account: the only way there is one."""

import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from allauth.account.models import EmailAddress
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.audit.actions import Action
from apps.audit.events import record
from apps.core.errors import ExpectedError
from apps.users.models import User

RECOVERY_CODES = 10


class AddressTaken(ExpectedError):
    """The address has an account, and nobody is a customer and staff with one account."""


@dataclass(frozen=True)
class Hired:
    """What the person needs to sign in. The database keeps the password's hash alone, so this is told once."""

    user: User
    password: str
    app_url: str
    secret: str
    recovery_codes: list[str]


def hire(email: str, *, name: str, actor: str) -> Hired:
    """Makes the account, its app's secret and its recovery codes. Raises AddressTaken."""
    email = email.strip().lower()
    if User.objects.filter(email=email).exists() or EmailAddress.objects.filter(email__iexact=email).exists():
        raise AddressTaken(f"{email} has an account already; staff sign in with an address that is no customer’s.")
    password = secrets.token_urlsafe(18)
    with transaction.atomic():
        user = User.objects.create_user(email, password, name=name, is_staff=True)
        app = TOTPDevice.objects.create(user=user, name="app")
        recovery = StaticDevice.objects.create(user=user, name="recovery codes")
        codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
        StaticToken.objects.bulk_create([StaticToken(device=recovery, token=code) for code in codes])
        record(Action.STAFF_CREATED, actor=actor, person=user)
    secret = parse_qs(urlsplit(app.config_url).query)["secret"][0]
    return Hired(user, password, app.config_url, secret, codes)
