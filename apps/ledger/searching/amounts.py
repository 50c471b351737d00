"""Amounts in a search: `>50`, `<=20`, `=12.34`, `50..100`, `-50..-20`, and bare numbers."""

import re
from decimal import Decimal

from apps.ledger.searching.terms import Amounts, Number, UnreadableSearch

OPERATORS = (">=", "<=", ">", "<", "=")
_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,4})?|[0-9]{1,15}(?:\.[0-9]{1,4})?|[0-9]{1,15},[0-9]{1,2}|\.[0-9]{1,4}"
_AMOUNT = re.compile(rf"(?P<sign>[-−–+]?)(?P<symbol>[$€£¥]?)(?P<digits>{_DIGITS})[$€£¥]?")
_DECIMAL_COMMA = re.compile(r",(?=[0-9]{1,2}$)")


def read_amount(text: str) -> tuple[Decimal, bool] | None:
    """The amount that a text is, and whether it has a sign; None for anything else."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    amount = Decimal(_DECIMAL_COMMA.sub(".", found["digits"]).replace(",", ""))
    return (-amount if found["sign"] in tuple("-−–") else amount), bool(found["sign"])


def read_number(text: str) -> Number | Amounts | None:
    """A bare number. With a sign or a currency it can only be an amount."""
    read = read_amount(text)
    if read is None:
        return None
    amount, is_signed = read
    if is_signed or not text[0].isdigit() or not text[-1].isdigit():
        return Amounts(amount, amount, is_signed=is_signed)
    return Number(text, amount)


def read_range(text: str) -> Amounts | None:
    """`50..100`, `50..` and `..100`, both ends included. The lower end may stand on either side."""
    left, dots, right = text.partition("..")
    least, most = read_amount(left), read_amount(right)
    if not dots or (left and least is None) or (right and most is None) or (least is None and most is None):
        return None
    is_signed = any(end[1] for end in (least, most) if end)
    if least and most and least[0] > most[0]:
        least, most = most, least
    return Amounts(least and least[0], most and most[0], is_signed=is_signed)


def read_comparison(text: str) -> Amounts | None:
    """`>50` and its kind; None if it does not begin as one. Raises UnreadableSearch if no amount follows."""
    plain = text.replace("≥", ">=").replace("≤", "<=")
    operator = next((sign for sign in OPERATORS if plain.startswith(sign)), None)
    if operator is None:
        return None
    read = read_amount(plain.removeprefix(operator))
    if read is None:
        raise UnreadableSearch(
            f"After “{operator}” comes an amount, as in {operator}50. "
            "For days, write since 2026-01-31 or before 2026-01-31."
        )
    amount, is_signed = read
    is_included = "=" in operator
    return Amounts(
        least=None if "<" in operator else amount,
        most=None if ">" in operator else amount,
        is_least_included=is_included,
        is_most_included=is_included,
        is_signed=is_signed,
    )
