"""The forms of splits: the parts of an amount, and the name of a template."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.http import QueryDict

from apps.core.money import currency_symbol
from apps.core.numbers import whole_number
from apps.ledger.forms.amounts import AmountField, typed
from apps.ledger.models import Tag, Transaction, TransactionTag
from apps.ledger.splitting import BadSplit, Part, refuse_bad_parts
from apps.ledger.tagging import BUCKET

AMOUNT, PERCENT, REST = "amount", "percent", "rest"
MOST_PARTS = 40
PREFIX = "part"
Line = dict[str, str]


class PartForm(forms.Form):
    """One line of a split. A line without a bucket and without a size is nobody's part."""

    tag = forms.ChoiceField(
        label="Bucket",
        required=False,
        error_messages={"invalid_choice": "This bucket is not there any more. Choose another one."},
    )
    size = AmountField(label="How much", required=False)
    unit = forms.ChoiceField(label="Of what", required=False)

    def __init__(self, *args: Any, buckets: list[Tag], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose a bucket"), *((str(tag.pk), tag.name) for tag in buckets)]
        cast("forms.ChoiceField", self.fields["tag"]).choices = choices
        units = [(AMOUNT, currency_symbol(currency).strip() or "amount"), (PERCENT, "%"), (REST, "the rest")]
        cast("forms.ChoiceField", self.fields["unit"]).choices = units

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        size = data.get("size")
        if "tag" in data and not data["tag"] and size is not None:
            self.add_error("tag", "Choose the bucket of this part.")
        if data.get("tag") and "size" in data and size is None and data.get("unit") != REST:
            self.add_error("size", "Say how much of it.")
        return data

    @property
    def part(self) -> Part | None:
        data = self.cleaned_data
        if not data.get("tag"):
            return None
        size = data["size"]
        match data["unit"]:
            case "rest":
                return Part(int(data["tag"]))
            case "percent":
                return Part(int(data["tag"]), percent=size)
        return Part(int(data["tag"]), amount=size)


class BasePartFormSet(forms.BaseFormSet):
    """The lines of a split; at least two of them are parts."""

    def clean(self) -> None:
        if any(form.errors for form in self.forms):
            return
        if len(self.parts) < 2:
            raise forms.ValidationError("A split has at least two parts. For one bucket alone, choose that bucket.")
        try:
            refuse_bad_parts(self.parts)
        except BadSplit as problem:
            raise forms.ValidationError(str(problem)) from None

    @property
    def parts(self) -> list[Part]:
        return [part for form in self.forms if (part := form.part)]


class TemplateForm(forms.Form):
    name = forms.CharField(
        label="Name of the template", max_length=80, widget=forms.TextInput({"dir": "auto", "autocomplete": "off"})
    )


_PartFormSet = forms.formset_factory(
    PartForm, formset=BasePartFormSet, extra=0, max_num=MOST_PARTS, absolute_max=MOST_PARTS, validate_max=True
)


def part_forms(
    data: QueryDict | None = None, *, lines: list[Line] | None = None, currency: str = ""
) -> BasePartFormSet:
    """The lines as somebody sent them, or those to begin with. Without a currency the amounts are of any."""
    kwargs = {"buckets": list(Tag.objects.filter(namespace=BUCKET)), "currency": currency}
    return cast("BasePartFormSet", _PartFormSet(data, initial=lines, prefix=PREFIX, form_kwargs=kwargs))


def lines_of_parts(parts: Iterable[Part]) -> list[Line]:
    """Parts as the form shows them."""
    return [_line(part) for part in parts]


def lines_of_row(row: Transaction) -> list[Line]:
    """The parts of a split row; else its bucket takes the rest of a first part that somebody is about to enter."""
    links = TransactionTag.objects.filter(transaction=row, tag__namespace=BUCKET).order_by("tag__sort_order", "tag_id")
    parts = [Part(link.tag_id, amount=abs(link.amount)) for link in links if link.amount is not None]
    if parts:
        return lines_of_parts(parts)
    whole = [{"tag": str(link.tag_id), "unit": REST} for link in links]
    return [*(whole or [{"unit": REST}]), {"unit": AMOUNT}]


def lines_sent(data: QueryDict) -> list[Line]:
    """What somebody has entered so far, as it stands, and one line more."""
    count = min(whole_number(data.get(f"{PREFIX}-TOTAL_FORMS", "")) or 0, MOST_PARTS - 1)
    names = ("tag", "size", "unit")
    lines = [{name: data.get(f"{PREFIX}-{place}-{name}", "") for name in names} for place in range(count)]
    return [*lines, {"unit": AMOUNT}]


def _line(part: Part) -> Line:
    line = {"tag": str(part.tag_id)}
    if part.amount is not None:
        return line | {"size": typed(part.amount), "unit": AMOUNT}
    if part.percent is not None:
        return line | {"size": typed(part.percent), "unit": PERCENT}
    return line | {"unit": REST}
