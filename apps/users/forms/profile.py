from typing import ClassVar

from django import forms
from django.conf import settings

from apps.core.time_zones import TIME_ZONES
from apps.users.models import User


class ProfileForm(forms.ModelForm):
    name = forms.CharField(
        label="Your name",
        max_length=120,
        help_text="The people of your households see it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=TIME_ZONES,
        help_text="In it you read when something happened, here and in our mails.",
    )
    language = forms.ChoiceField(
        label="Language", choices=settings.LANGUAGES, help_text="So far there is only English."
    )

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["name", "time_zone", "language"]
