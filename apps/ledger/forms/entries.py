"""The forms of one row: entered by hand, and edited."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db.models import Q

from apps.ledger import journal
from apps.ledger.forms.amounts import AmountField
from apps.ledger.models import Account, Changeset, Tag, Transaction

OUT, IN = "out", "in"
FIRST_YEAR, LAST_YEAR = 1900, 2200


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TagChoices(forms.ModelMultipleChoiceField):
    """Occasions by their name, other words with their namespace."""

    def label_from_instance(self, obj: Any) -> str:
        return obj.name if obj.namespace == Tag.Namespace.OCCASION else f"{obj.namespace}: {obj.name}"


class EntryForm(forms.Form):
    """A row as a person enters it. `amount` has no sign; `direction` gives it one."""

    direction = forms.ChoiceField(
        label="Direction",
        choices=[(OUT, "Money out"), (IN, "Money in")],
        initial=OUT,
        widget=forms.RadioSelect,
    )
    amount = AmountField(label="Amount")
    date = forms.DateField(label="Date", widget=DateInput())
    account = forms.ModelChoiceField(Account.objects.none(), label="Account", empty_label=None)
    merchant = forms.CharField(label="Merchant", max_length=200, required=False)
    bucket = forms.ModelChoiceField(Tag.objects.none(), label="Bucket", required=False, empty_label="no bucket")
    tags = TagChoices(Tag.objects.none(), label="Occasions", required=False, widget=forms.CheckboxSelectMultiple)
    description = forms.CharField(label="Description", max_length=2000, required=False)
    notes = forms.CharField(label="Notes", max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose_from("account", self.accounts())
        self._choose_from("bucket", Tag.objects.filter(namespace=Tag.Namespace.BUCKET))
        self._choose_from("tags", Tag.objects.exclude(namespace=Tag.Namespace.BUCKET))
        if not Tag.objects.exclude(namespace=Tag.Namespace.BUCKET).exists():
            del self.fields["tags"]

    def accounts(self) -> Any:
        """Those that a row may stand in."""
        return Account.objects.filter(archived_at=None, is_frozen=False)

    def _choose_from(self, name: str, choices: Any) -> None:
        cast("forms.ModelChoiceField", self.fields[name]).queryset = choices

    def clean_date(self) -> datetime.date:
        date: datetime.date = self.cleaned_data["date"]
        if not FIRST_YEAR <= date.year <= LAST_YEAR:
            raise forms.ValidationError(f"Check the year: {date.year} is not between {FIRST_YEAR} and {LAST_YEAR}.")
        return date

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "merchant" in data and not data["merchant"] and not data.get("description"):
            self.add_error("merchant", "Say who was paid or who paid, or write a description.")
        return data

    def values(self) -> dict[str, Any]:
        """The columns of the row that the form says, with the amount signed."""
        data = self.cleaned_data
        named = {name: data[name] for name in self.columns() if name in data}
        amount: Decimal = data["amount"]
        return {**named, "amount": -amount if data["direction"] == OUT else amount}

    def columns(self) -> Iterable[str]:
        return ("date", "account", "merchant", "description", "notes")

    def chosen_tags(self) -> set[Tag]:
        return set(self.cleaned_data.get("tags", ()))


class EditForm(EntryForm):
    """Every field of a row that is there. What the bank wrote, and what a statement agreed with, is shown only."""

    status = forms.ChoiceField(label="Status", choices=Transaction.Status.choices)
    card_member = forms.CharField(label="Card member", max_length=120, required=False)
    reference = forms.CharField(label="Reference", max_length=200, required=False)
    is_transfer = forms.BooleanField(
        label="A transfer between our own accounts", required=False, help_text="Transfers are left out of the sums."
    )

    def __init__(self, *args: Any, row: Transaction, is_split: bool, is_linked: bool) -> None:
        self.row = row
        super().__init__(*args, initial=initial_of(row))
        if is_split:
            del self.fields["bucket"]
        fixed = {"is_transfer"} if is_linked else set()
        origin = row.origin
        if origin is None or origin.kind == Changeset.Kind.IMPORT:
            fixed.add("description")
        if row.reconciliation_id is not None:
            fixed |= {"direction", "account", *journal.FACTS} & set(self.fields)
        for name in fixed:
            self.fields[name].disabled = True

    def accounts(self) -> Any:
        return Account.objects.filter(Q(archived_at=None) | Q(pk=self.row.account_id))

    def columns(self) -> Iterable[str]:
        return (*super().columns(), "status", "card_member", "reference", "is_transfer")

    def stored(self) -> list[tuple[str, str]]:
        """Where the person's values differ from those that are stored now: the field, and the stored value in words."""
        return [(str(self.fields[name].label), self._spoken(name)) for name in self.changed_data]

    def _spoken(self, name: str) -> str:
        value: Any = self.initial.get(name)
        field = self.fields[name]
        match field:
            case forms.ModelMultipleChoiceField():
                return ", ".join(sorted(tag.name for tag in value)) or "none"
            case forms.ModelChoiceField():
                return str(value) if value else "none"
            case forms.ChoiceField():
                return str(dict(cast("list[tuple[str, str]]", field.choices))[value])
            case forms.BooleanField():
                return "yes" if value else "no"
        return str(field.prepare_value(value)) if value not in {None, ""} else "nothing"


def initial_of(row: Transaction) -> dict[str, Any]:
    """The row as the form shows it."""
    tags = list(Tag.objects.filter(transaction_tags__transaction=row))
    kept = {name: getattr(row, name) for name in EditForm.declared_fields if hasattr(row, name)}
    return {
        **kept,
        "amount": abs(row.amount),
        "direction": IN if row.amount > 0 else OUT,
        "bucket": next((tag for tag in tags if tag.namespace == Tag.Namespace.BUCKET), None),
        "tags": [tag for tag in tags if tag.namespace != Tag.Namespace.BUCKET],
    }
