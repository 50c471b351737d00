"""Staff who come in through their own door, as a browser does it."""

import time
from typing import Any

from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.operations.admin.hiring import Hired, hire
from tests.conftest import PASSWORD

EMAIL = "ann@staff.example.com"
CUSTOMER = {"login": "ours@example.com", "password": PASSWORD}


def a_hired_person(email: str = EMAIL) -> Hired:
    return hire(email, name="Ann", actor="test")


def code_of(hired: Hired) -> str:
    """What the person's app shows now."""
    device = TOTPDevice.objects.get(user=hired.user)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return f"{totp.token():06d}"


def sign_in(client: Client, hired: Hired, **instead: str) -> Any:
    form = {"username": hired.user.email, "password": hired.password, "code": ""} | instead
    return client.post("/admin/login/?next=/admin/", form | {"code": instead.get("code") or code_of(hired)})


def staff_client(hired: Hired | None = None) -> Client:
    client = Client()
    answer = sign_in(client, hired or a_hired_person())
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    return client
