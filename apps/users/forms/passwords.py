"""allauth's forms in which somebody chooses a password, in the product's words."""

from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm, SetPasswordForm, SignupForm
from django import forms

# What AUTH_PASSWORD_VALIDATORS ask for.
HELP = "At least ten characters; not one that many people use, and nothing like your name or address."


class _InOurWords(forms.Form):
    labels: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name, label in self.labels.items():
            self.fields[name].label = label
        self.fields["password1"].help_text = HELP


class OpenAccountForm(_InOurWords, SignupForm):
    """Signing up."""


class ChangeForm(_InOurWords, ChangePasswordForm):
    labels: ClassVar = {
        "oldpassword": "Your password so far",
        "password1": "New password",
        "password2": "The new one again",
    }

    def clean_oldpassword(self) -> str:
        """Asked as at signing in: wrong ones are counted and recorded, and too many of them have to wait."""
        old: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, old):
            raise get_adapter().validation_error("enter_current_password")
        return old


class FirstPasswordForm(_InOurWords, SetPasswordForm):
    labels: ClassVar = {"password2": "The same again"}


class NewPasswordForm(_InOurWords, ResetPasswordKeyForm):
    """What the link from the mail opens."""

    labels: ClassVar = {"password1": "New password", "password2": "The same again"}
