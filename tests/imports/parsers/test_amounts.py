from decimal import Decimal

import pytest

from apps.imports.parsers.amounts import decimal_mark, float_text, read_amount
from apps.imports.parsers.rows import CannotRead


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-12.50", "-12.50"),
        ("1,234.56", "1234.56"),
        ("1234.56", "1234.56"),
        ("$1,234.56", "1234.56"),
        ("-$1,234.56", "-1234.56"),
        ("$-5.00", "-5.00"),
        ("($29.44)", "-29.44"),
        ("( 29.44 )", "-29.44"),
        ("+ $1,020.00", "1020.00"),
        ("- $30.00", "-30.00"),
        ("−7.00", "-7.00"),
        ("12.00-", "-12.00"),
        ("USD 12.00", "12.00"),
        ("12.00 €", "12.00"),
        ("CA$5", "5"),
        ("1 234.50", "1234.50"),
        ("1’234’567.50", "1234567.50"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
        ("0.0001", "0.0001"),
        ("-9.990000", "-9.99"),
        ("999999999999999.9999", "999999999999999.9999"),
        ("-0.00", "0"),
    ],
)
def test_an_amount_is_read_exactly(text: str, value: str) -> None:
    assert read_amount(text) == Decimal(value)
    assert not (read_amount(text).is_zero() and read_amount(text).is_signed())


@pytest.mark.parametrize(
    ("text", "value"), [("-45,67", "-45.67"), ("1.234,56", "1234.56"), ("1 234,56 €", "1234.56"), ("3", "3")]
)
def test_an_amount_with_a_decimal_comma_is_read_exactly(text: str, value: str) -> None:
    assert read_amount(text, ",") == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["12,0.0", "1,23", "-45,67", "1,2345.00", "1,234 567", "12.3.4", "NaN", "Infinity", "1e5", "0x10",
     "12 abc", "()", "abc", "١٢", "1" * 200, " " * 50 + "x"],
)  # fmt: skip
def test_what_is_not_wholly_an_amount_is_refused(text: str) -> None:
    with pytest.raises(CannotRead, match="cannot be read"):
        read_amount(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The amount is missing."),
        ("   ", "The amount is missing."),
        ("-5.00-", 'The amount "-5.00-" has more than one sign.'),
        ("(-5.00)", 'The amount "(-5.00)" has more than one sign.'),
        (
            "1234567890123456",
            'The amount "1234567890123456" has more than 15 digits before the decimal mark.',
        ),
        ("1.00001", 'The amount "1.00001" has more than four decimals.'),
        ("12,0.0", 'The amount "12,0.0" cannot be read.'),
    ],
)
def test_the_reason_names_what_is_wrong_with_an_amount(text: str, reason: str) -> None:
    with pytest.raises(CannotRead) as caught:
        read_amount(text)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "mark"),
    [("1.50", "."), ("1,50", ","), ("1,234.50", "."), ("1.234,50", ","), ("1,234,567", "."),
     ("1.234.567", ","), ("1,234", ""), ("1.234", ""), ("0.125", "."),
     ("1234.567", "."), ("12", ""), ("", "")],
)  # fmt: skip
def test_a_text_shows_its_decimal_mark_or_leaves_it_open(text: str, mark: str) -> None:
    assert decimal_mark(text) == mark


def test_references_made_up_by_the_single_user_app_hold_the_amount_as_a_float() -> None:
    assert [float_text(Decimal(text)) for text in ("-2202.05", "-100.00", "0.1")] == [
        "-2202.05",
        "-100.0",
        "0.1",
    ]
