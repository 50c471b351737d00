from decimal import Decimal

import pytest

from apps.core.money import currency_symbol, money_text


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("-1204.77", "USD", "−$1,204.77"),
        ("5900", "USD", "$5,900.00"),
        ("0", "USD", "$0.00"),
        ("-0.00", "USD", "$0.00"),
        ("123456789012.34", "EUR", "€123,456,789,012.34"),
        ("1500", "JPY", "¥1,500"),
        ("1.5", "KWD", "KWD\u202f1.500"),
        ("86.12", "", "86.12"),
        ("1E+3", "USD", "$1,000.00"),
    ],
)
def test_an_amount_is_written_as_people_write_it(amount: str, currency: str, written: str) -> None:
    assert str(money_text(Decimal(amount), currency)) == written


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("1.005", "USD", "$1.005"),
        ("0.00000001", "USD", "$0.00000001"),
        ("12.5", "JPY", "¥12.5"),
        ("2.500000", "USD", "$2.50"),
    ],
)
def test_more_decimals_than_the_currency_has_are_all_shown(amount: str, currency: str, written: str) -> None:
    assert str(money_text(Decimal(amount), currency)) == written


def test_a_plus_is_written_only_when_asked_and_only_for_money_in() -> None:
    signs = [money_text(Decimal(amount), "USD", plus=True).sign for amount in ("2950", "0", "-1")]
    assert signs == ["+", "", "−"]


def test_another_locale_groups_with_its_own_signs() -> None:
    assert str(money_text(Decimal("-1234.5"), "EUR", group=".", point=",")) == "−€1.234,50"


@pytest.mark.parametrize("amount", [1.5, "1.50", True])
def test_what_is_not_exact_is_refused(amount: object) -> None:
    with pytest.raises(TypeError, match="money is a Decimal"):
        money_text(amount, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_what_is_no_number_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="finite number"):
        money_text(Decimal(amount), "USD")


def test_a_currency_without_a_sign_of_its_own_is_named_by_its_code() -> None:
    assert currency_symbol("CHF") == "CHF\u202f"
