"""Currencies: how many decimals they have and what people call them (ISO 4217)."""

from decimal import Decimal

from apps.core.templatetags.money import money_text

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


def plain(amount: Decimal, currency: str) -> str:
    """`$1,204.77`: the exact amount in words without HTML."""
    return str(money_text(amount, currency))
