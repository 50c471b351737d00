import zoneinfo

from django import forms

from apps.core.money import CURRENCIES

TIME_ZONES = sorted(
    zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(("Etc", "SystemV"))
)


class HouseholdForm(forms.Form):
    """What a household needs to know of itself before its first row."""

    name = forms.CharField(label="Name of the household", max_length=80)
    currency = forms.ChoiceField(
        choices=[(code, f"{code} · {name}") for code, name in CURRENCIES.items()], initial="USD"
    )
    time_zone = forms.ChoiceField(choices=[("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in TIME_ZONES)])
