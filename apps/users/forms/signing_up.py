from django import forms
from django.http import HttpRequest

from apps.users.models import User


class SignUpNameForm(forms.Form):
    """What sign-up asks beside e-mail and password; allauth mixes it into its own form."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:  # noqa: ARG002 (allauth's interface)
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
