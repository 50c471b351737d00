"""Amounts as people type them."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

MOST_WHOLE_DIGITS, MOST_DECIMALS = 15, 4
_BLANKS = re.compile(r"[\s\u00a0\u202f'’]")
_PLAIN = re.compile(r"(?P<whole>[0-9]*)(?:[.,](?P<decimals>[0-9]+))?")
_GROUPED = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:(?P<group>[.,])[0-9]{3})(?:(?P=group)[0-9]{3})*)(?:(?!(?P=group))[.,](?P<decimals>[0-9]*))?"
)
_UNCLEAR = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


def typed_amount(text: str) -> Decimal:
    """What `1,234.56`, `1.234,56`, `12,5` or `1 234` means, without a sign.

    Raises ValidationError where it is unclear: `1,234` may be a thousand and more, or one and a bit.
    """
    written = _BLANKS.sub("", text)
    if _UNCLEAR.fullmatch(written):
        whole, decimals = re.split(r"[.,]", written)
        raise ValidationError(f"“{text}” can be read in two ways: write {whole}{decimals} or {whole}.{decimals}0.")
    found = _PLAIN.fullmatch(written) or _GROUPED.fullmatch(written)
    if not found or not (found["whole"] or found["decimals"]):
        raise ValidationError("Write the amount in digits, like 12.50, without a sign.")
    whole, decimals = re.sub(r"[.,]", "", found["whole"]) or "0", found["decimals"] or "0"
    if len(whole.lstrip("0")) > MOST_WHOLE_DIGITS or len(decimals.rstrip("0")) > MOST_DECIMALS:
        raise ValidationError("The ledger keeps amounts of up to 15 digits and 4 decimals.")
    return Decimal(f"{whole}.{decimals}")


def typed(amount: Decimal) -> str:
    """The amount as a field shows it for editing: `12.50`, `0.0375`, never in two ways to read."""
    whole, _, decimals = f"{abs(amount):f}".partition(".")
    decimals = decimals.rstrip("0").ljust(2, "0")
    return f"{whole}.{decimals.ljust(4, '0') if len(decimals) == 3 else decimals}"


class AmountField(forms.CharField):
    """An amount without sign, with a point or a comma before its decimals; gives a Decimal."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:
        if isinstance(value, Decimal):  # what a field holds that may not be changed
            return value
        text = super().clean(value)
        return typed_amount(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return typed(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
