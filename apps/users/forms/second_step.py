"""allauth's forms of the second step, with a code good for once and names that a person can read and the table hold."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.forms.fields import InvalidJSONInput

from apps.users.models import User
from apps.users.second_step import is_first_use

NOT_ACCEPTED = "This passkey was not accepted. Try again, or go on in another way."
_NO_PASSKEY = {"required": NOT_ACCEPTED, "invalid": NOT_ACCEPTED}
_CODE = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True})


class _GoodForOnce(forms.Form):
    """For the forms that take a code; of recovery codes allauth itself keeps in the database which were used."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # of the form this is mixed into
        secret = self._secret()
        if secret and not is_first_use(self.user, secret=secret, code=code):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _secret(self) -> str:
        """Of the app that the code is of; empty for a recovery code."""
        if self.authenticator.type != Authenticator.Type.TOTP:
            return ""
        return get_adapter().decrypt(str(self.authenticator.data["secret"]))


class CodeForm(_GoodForOnce, AuthenticateForm):
    """Asked after the password."""

    code = forms.CharField(label="Code", max_length=40, widget=_CODE)


class ConfirmCodeForm(_GoodForOnce, ReauthenticateForm):
    """Asked before a dangerous page."""

    code = forms.CharField(label="Code", max_length=40, widget=_CODE)


class ActivateCodesForm(_GoodForOnce, ActivateTOTPForm):
    """Asked when the app is set up, which shows that it works."""

    code = forms.CharField(label="Code that the app shows now", max_length=40, widget=_CODE)
    secret: str

    def _secret(self) -> str:
        return self.secret


@contextmanager
def _saying_it_of_passkeys() -> Iterator[None]:
    """fido2 raises whatever it stumbles on when it reads what no browser sends; to a person it is all one."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, forms.ValidationError) as error:
        raise forms.ValidationError(NOT_ACCEPTED) from error


class _Credential(forms.JSONField):
    """What the browser says of a passkey. JSON that is nested very deep ends the reader, which Django lets through.

    A refused one is not shown again: it is good for one try, and to show it would be to read it once more.
    """

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        with _saying_it_of_passkeys():
            return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:  # noqa: ARG002 (Django's interface)
        return InvalidJSONInput("")


class AddPasskeyForm(AddWebAuthnForm):
    credential = _Credential(error_messages=_NO_PASSKEY)
    name = forms.CharField(label="Name", max_length=60, required=False, help_text="So that you know it again.")
    passwordless = forms.BooleanField(label="Sign in with it alone, without the password", required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        with _saying_it_of_passkeys():
            cleaned: dict[str, Any] = super().clean()
            if "\\u0000" in json.dumps(cleaned.get("credential")):
                raise ValueError("PostgreSQL keeps no null character")
        return cleaned


class _GivesPasskey(forms.Form):
    credential = _Credential(error_messages=_NO_PASSKEY)

    def clean_credential(self) -> Authenticator:
        with _saying_it_of_passkeys():
            passkey: Authenticator = super().clean_credential()  # type: ignore[misc]  # of the form this is mixed into
        return passkey


class PasskeyForm(_GivesPasskey, AuthenticateWebAuthnForm):
    """After the password."""


class SignInPasskeyForm(_GivesPasskey, LoginWebAuthnForm):
    """Instead of the password."""


class ConfirmPasskeyForm(_GivesPasskey, ReauthenticateWebAuthnForm):
    """Before a dangerous page."""


class NamePasskeyForm(EditWebAuthnForm):
    name = forms.CharField(label="Name", max_length=60)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["name"].widget.attrs["autofocus"] = True
