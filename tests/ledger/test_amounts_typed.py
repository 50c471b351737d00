"""Amounts as people type them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.ledger.forms.amounts import typed, typed_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", "12"),
        ("12.5", "12.5"),
        ("12,50", "12.50"),
        (".99", "0.99"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u202f234", "1234"),
        ("1’234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("0,125", "0.125"),
        ("1234.567", "1234.567"),
        ("123456789012345.6789", "123456789012345.6789"),
        ("0", "0"),
    ],
)
def test_what_is_meant(text: str, amount: str) -> None:
    assert typed_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1,234", "1.234", "12.000"])
def test_what_can_be_read_in_two_ways_is_asked(text: str) -> None:
    with pytest.raises(ValidationError, match="two ways"):
        typed_amount(text)


@pytest.mark.parametrize(
    "text", ["", "-5", "+5", "5-", "abc", "1,23,456.7", "1,234,56", "1..2", "١٢", "5 USD", "1e3", ".", "12."]
)
def test_what_is_no_amount_is_told(text: str) -> None:
    with pytest.raises(ValidationError, match="in digits"):
        typed_amount(text)


@pytest.mark.parametrize("text", ["1234567890123456", "1.23456"])
def test_more_digits_than_the_ledger_keeps_are_told(text: str) -> None:
    with pytest.raises(ValidationError, match="15 digits and 4 decimals"):
        typed_amount(text)


@given(st.decimals(min_value=0, max_value=Decimal(10**15 - 1), places=4))
def test_an_amount_that_is_shown_for_editing_is_read_back_as_it_was(amount: Decimal) -> None:
    assert typed_amount(typed(amount)) == amount
