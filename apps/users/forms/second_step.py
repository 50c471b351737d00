"""allauth's forms of the second step, with a code good for once and names that a person can read and the table hold."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms

from apps.users.models import User
from apps.users.second_step import is_first_use

_CODE = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True})


class _GoodForOnce(forms.Form):
    user: User

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # of the form this is mixed into
        if not is_first_use(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_GoodForOnce, AuthenticateForm):
    """Asked after the password."""

    code = forms.CharField(label="Code", max_length=40, widget=_CODE)


class ConfirmCodeForm(_GoodForOnce, ReauthenticateForm):
    """Asked before a dangerous page."""

    code = forms.CharField(label="Code", max_length=40, widget=_CODE)


class ActivateCodesForm(_GoodForOnce, ActivateTOTPForm):
    """Asked when the app is set up, which shows that it works."""

    code = forms.CharField(label="Code that the app shows now", max_length=40, widget=_CODE)


class AddPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(label="Name", max_length=60, required=False, help_text="So that you know it again.")
    passwordless = forms.BooleanField(label="Sign in with it alone, without the password", required=False, initial=True)


class NamePasskeyForm(EditWebAuthnForm):
    name = forms.CharField(label="Name", max_length=60)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["name"].widget.attrs["autofocus"] = True
