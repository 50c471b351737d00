from django import forms

from apps.core.money import CURRENCIES
from apps.core.time_zones import TIME_ZONES


class HouseholdForm(forms.Form):
    """What a household needs to know of itself before its first row."""

    name = forms.CharField(label="Name of the household", max_length=80)
    currency = forms.ChoiceField(
        choices=[(code, f"{code} · {name}") for code, name in CURRENCIES.items()], initial="USD"
    )
    time_zone = forms.ChoiceField(choices=TIME_ZONES)
