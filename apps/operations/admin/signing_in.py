"""The staff's sign-in: e-mail address, password and a code, one answer to whatever is wrong with them."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.views.decorators.debug import sensitive_variables
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.users.models import User

CODE_DIGITS = 6


class StaffSignInForm(AdminAuthenticationForm):
    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": "The e-mail address, the password or the code is wrong. A code is good for one sign-in.",
    }

    code = forms.CharField(
        label="Code",
        max_length=16,
        help_text="The six digits that your app shows, or one of your recovery codes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    @sensitive_variables("password", "code")
    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        code = self.cleaned_data.get("code", "").replace(" ", "").lower()
        if email and password and code:
            user = authenticate(self.request, email=email, password=password)
            if user is None:
                raise self.get_invalid_login_error()
            device = device_that_accepts(user, code)
            if device is None:
                # A wrong code counts as a wrong password does, so that axes locks after as many.
                user_login_failed.send(__name__, credentials={"email": email}, request=self.request)
                raise self.get_invalid_login_error()
            user.otp_device = device  # type: ignore[attr-defined]  # django_otp binds the session to it
            self.user_cache = user
        return self.cleaned_data


def device_that_accepts(user: User, code: str) -> Device | None:
    """The app or the list of recovery codes that the code is of. A code is accepted once, guesses ever more slowly."""
    model = TOTPDevice if code.isdecimal() and len(code) == CODE_DIGITS else StaticDevice
    with transaction.atomic():
        devices = model.objects.devices_for_user(user, confirmed=True).select_for_update()
        return next((device for device in devices if device.verify_token(code)), None)
