"""Currencies, and how an amount of money is written."""

from dataclasses import dataclass
from decimal import Decimal

MINUS = "\u2212"
NARROW_SPACE = "\u202f"

# What a household may choose: ISO 4217 codes and what people call them.
CURRENCIES = {
    "USD": "US dollar",
    "EUR": "Euro",
    "GBP": "Pound sterling",
    "CAD": "Canadian dollar",
    "AUD": "Australian dollar",
    "NZD": "New Zealand dollar",
    "CHF": "Swiss franc",
    "SEK": "Swedish krona",
    "NOK": "Norwegian krone",
    "DKK": "Danish krone",
    "PLN": "Polish zloty",
    "CZK": "Czech koruna",
    "JPY": "Japanese yen",
    "INR": "Indian rupee",
    "BRL": "Brazilian real",
    "MXN": "Mexican peso",
    "ZAR": "South African rand",
    "ERN": "Eritrean nakfa",
}

SYMBOLS = {
    "AUD": "A$", "BRL": "R$", "CAD": "C$", "CNY": "CN¥", "CZK": "Kč", "EUR": "€", "GBP": "£",
    "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NGN": "₦", "NZD": "NZ$",
    "PHP": "₱", "PLN": "zł", "TRY": "₺", "UAH": "₴", "USD": "$", "VND": "₫",
}  # fmt: skip

# ISO 4217 minor units that are not two.
MINOR_DIGITS = {
    "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0,
    "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0,
    "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip


@dataclass(frozen=True)
class MoneyText:
    sign: str
    symbol: str
    digits: str

    def __str__(self) -> str:
        return f"{self.sign}{self.symbol}{self.digits}"


def currency_symbol(currency: str) -> str:
    """What stands before the digits: a sign, or the code and a narrow space. Empty for no currency."""
    if not currency:
        return ""
    return SYMBOLS.get(currency, f"{currency}{NARROW_SPACE}")


def exact_digits(amount: Decimal, currency: str, *, group: str = ",", point: str = ".") -> str:
    """The absolute amount, grouped, with the currency's decimals or as many more as it really has."""
    whole, _, fraction = f"{amount.copy_abs():f}".partition(".")
    least = MINOR_DIGITS.get(currency, 2)
    fraction = fraction.rstrip("0").ljust(least, "0")
    grouped = f"{int(whole):,}".replace(",", group)
    return f"{grouped}{point}{fraction}" if fraction else grouped


def money_text(
    amount: Decimal, currency: str = "", *, plus: bool = False, group: str = ",", point: str = "."
) -> MoneyText:
    """The parts of a written amount. Raises TypeError for anything but a Decimal (or an int)."""
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int):
        raise TypeError(f"money is a Decimal, not {type(amount).__name__}")
    amount = Decimal(amount)
    if not amount.is_finite():
        raise ValueError("an amount of money is a finite number")
    sign = MINUS if amount < 0 else "+" if plus and amount > 0 else ""
    digits = exact_digits(amount, currency, group=group, point=point)
    return MoneyText(sign=sign, symbol=currency_symbol(currency), digits=digits)


def plain(amount: Decimal, currency: str) -> str:
    """`$1,204.77`: the exact amount in words without HTML."""
    return str(money_text(amount, currency))
