from django import forms

from apps.core.mail_addresses import check_reachable
from apps.core.money import CURRENCIES
from apps.core.periods import LAST_START_DAY, Month
from apps.core.time_zones import TIME_ZONES
from apps.households.models import Membership

ROLES = [
    (Membership.Role.MEMBER, "Member: may look and change"),
    (Membership.Role.VIEWER, "Viewer: may look only"),
]


class HouseholdForm(forms.Form):
    """What a household needs to know of itself, before its first row and later."""

    name = forms.CharField(label="Name of the household", max_length=80)
    currency = forms.ChoiceField(
        choices=[(code, f"{code} · {name}") for code, name in CURRENCIES.items()], initial="USD"
    )
    time_zone = forms.ChoiceField(choices=TIME_ZONES)


class SettingsForm(HouseholdForm):
    """The same for a household that has rows: what a change does, and what it leaves alone.

    `example` is a month of the household, by which it is told what a day on which months begin means.
    """

    month_start_day = forms.TypedChoiceField(
        coerce=int, error_messages={"invalid_choice": f"Choose a day from 1 to {LAST_START_DAY}."}
    )

    def __init__(self, *args: object, example: Month, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]  # Django's own
        starts = (Month(example.year, example.month, day) for day in range(1, LAST_START_DAY + 1))
        self.fields["month_start_day"].choices = [  # type: ignore[attr-defined]
            (month.start_day, f"{month.start_day} · {month.days}") for month in starts
        ]
        self.fields["month_start_day"].help_text = (
            f"{example:%B %Y} runs from {example.days}. A month that begins on day 16 or later is called after the one "
            "in which it ends: pay that comes on 25 October is November’s money. Weeks, years and due dates stay as "
            "they are."
        )
        self.fields["currency"].help_text = (
            "The dashboard and the reports count in it, and leave out accounts in another one. Changing it converts "
            "nothing: every account keeps its own currency and its amounts."
        )
        self.fields["time_zone"].help_text = "When a day begins: what counts as today, and as this month."


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label="Their email address",
        max_length=254,
        validators=[check_reachable],
        error_messages={"invalid": "This does not look like an email address, such as ada@example.com."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label="What they may do", choices=ROLES)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=ROLES)


class OwnerForm(forms.Form):
    """Whom the household is offered to: one of its members."""

    membership = forms.ChoiceField(label="The new owner")

    def __init__(self, *args: object, members: list[Membership], **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]  # Django's own
        choice: forms.ChoiceField = self.fields["membership"]  # type: ignore[assignment]
        choice.choices = [(member.pk, f"{member.user} ({member.user.email})") for member in members]
