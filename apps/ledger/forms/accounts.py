"""The forms of an account: its details, a balance of it on a day, and another account to merge it into."""

from decimal import Decimal
from typing import Any, cast

from django import forms

from apps.core.money import CURRENCIES, money_text
from apps.ledger.forms.amounts import AmountField, typed, typed_amount
from apps.ledger.forms.entries import FIRST_YEAR, DateInput
from apps.ledger.keeping_accounts import DETAILS, has_amounts
from apps.ledger.merging_accounts import Opening, Preview
from apps.ledger.models import Account

OWED_KINDS = frozenset({Account.Kind.CREDIT_CARD, Account.Kind.LOAN})
"""Their statements write what is owed without a minus."""
MINUS_SIGNS = ("-", "−")


class BalanceField(AmountField):
    """An amount that may have a minus in front."""

    def clean(self, value: Any) -> Any:
        text = forms.CharField.clean(self, value)
        if not text.startswith(MINUS_SIGNS):
            return typed_amount(text) if text else None
        return -typed_amount(text[1:])

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return f"-{typed(value)}" if value < 0 else typed(value)


class DayField(forms.DateField):
    """A day that a bank may have written on a statement."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=DateInput(), **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and day.year < FIRST_YEAR:
            raise forms.ValidationError(f"Check the year: {day.year} is too long ago.")
        return day


class AccountDetailsForm(forms.ModelForm):
    """What a person says of an account. The currency is fixed once there are rows."""

    currency = forms.ChoiceField(label="Currency")
    opening_balance = BalanceField(
        label="Opening balance",
        required=False,
        help_text="What it held before its first row here; what you owed with a minus in front.",
    )
    credit_limit = AmountField(label="Limit", required=False)
    due_day = forms.IntegerField(
        label="Payment is due on day",
        required=False,
        min_value=1,
        max_value=31,
        help_text="Of each month; in a shorter month its last day.",
        error_messages={"min_value": "A day from 1 to 31.", "max_value": "A day from 1 to 31."},
    )

    visibility = forms.ChoiceField(
        label="Who sees this account?",
        choices=Account.Visibility.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    class Meta:
        model = Account
        fields = DETAILS
        labels = {"kind": "Kind", "name": "Name", "institution": "Bank"}
        help_texts = {"name": "As you call it: “Checking”, “Blue card”.", "institution": ""}

    def __init__(self, *args: Any, may_share: bool, currency: str = "", **kwargs: Any) -> None:
        """`currency` is what a new account is in, unless the person says otherwise; `may_share`: whether the person
        chooses who sees it."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("visibility", self.instance.visibility)
        if not may_share:
            del self.fields["visibility"]
        elif self.instance.pk is not None and self.instance.owner_id is None:
            self.fields["visibility"].help_text = "It is the household’s now; with another choice it becomes yours."
        own = self.instance.currency or currency
        known = CURRENCIES if own in CURRENCIES else {own: own, **CURRENCIES}
        chosen = cast("forms.ChoiceField", self.fields["currency"])
        chosen.choices = [(code, f"{code} · {name}") for code, name in known.items()]
        chosen.initial = own
        chosen.disabled = self.instance.pk is not None and has_amounts(self.instance)
        if chosen.disabled:
            chosen.help_text = "Fixed, for its rows are amounts of this currency."

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if "name" not in self.changed_data:
            return name  # somebody else may see and share one of that name since; the database knows what goes
        same = Account.objects.filter(name__iexact=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(f"There is an account “{same[0].name}” already; choose another name.")
        return name

    def clean_visibility(self) -> str:
        """A form that does not say it leaves it as it is."""
        return self.cleaned_data["visibility"] or self.instance.visibility

    def clean_opening_balance(self) -> Decimal:
        return self.cleaned_data["opening_balance"] or Decimal(0)


class BalanceForm(forms.Form):
    """What an account held at the end of a day, as the bank says it; of a card or a loan, what was owed."""

    date = DayField(label="At the end of")
    balance = BalanceField(label="Balance")

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sign = -1 if account.kind in OWED_KINDS else 1
        if account.kind in OWED_KINDS:
            self.fields["balance"].label = "Owed"
            self.fields["balance"].help_text = "As the bank writes it; a minus in front if you have paid too much."
        if "balance" in self.initial:
            self.initial["balance"] *= self.sign

    def clean_balance(self) -> Decimal:
        balance: Decimal = self.cleaned_data["balance"]
        return balance * self.sign


class MergeTargetForm(forms.Form):
    """Into which account another one is merged: those of its currency."""

    into = forms.ModelChoiceField(Account.objects.none(), label="Into which account", empty_label="Choose …")

    def __init__(self, *args: Any, going: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Account.objects.filter(currency=going.currency).exclude(pk=going.pk)
        cast("forms.ModelChoiceField", self.fields["into"]).queryset = others


class OpeningForm(forms.Form):
    """What the merged account begins with, where the two begin with different balances."""

    opening = forms.ChoiceField(label="What did the account hold before its first row?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, preview: Preview, going: Account, staying: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            Opening.BOTH: "both opening balances together",
            Opening.STAYING: f"that of {staying.name}",
            Opening.GOING: f"that of {going.name}",
        }
        # Of answers that come to the same one is asked for.
        distinct = {amount: opening for opening, amount in reversed(preview.openings.items())}
        cast("forms.ChoiceField", self.fields["opening"]).choices = [
            (opening.value, f"{money_text(amount, staying.currency)}: {words[opening]}")
            for opening, amount in preview.openings.items()
            if distinct[amount] == opening
        ]
        self.fields["opening"].initial = Opening.BOTH.value
        self.is_question = len(distinct) > 1
