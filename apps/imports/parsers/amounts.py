"""Amounts as banks write them, read exactly or not at all."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from .rows import CannotRead, quoted

WHOLE_DIGITS = 15
FRACTION_DIGITS = 4

_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,4})?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3}){1,4}\.[0-9]{1,4}")
_NOT_IN_NUMBERS = re.compile("[^0-9.,]")
_CURRENCY = r"(?:[A-Z]{1,2}[$£€¥]|[$£€¥₹₽₩₪₺₴₫฿]|[A-Z]{3})"


def _shape(decimal: str, groups: str) -> re.Pattern[str]:
    """Sign, currency and number; white space has been brought down to single spaces before."""
    whole = rf"[0-9]{{1,3}}(?P<group>[{groups}])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*|[0-9]+|(?=\{decimal}[0-9])"
    return re.compile(
        rf"(?P<lead>[-+−–])? ?{_CURRENCY}? ?(?P<mid>[-+−–])? ?"
        rf"(?P<whole>{whole})(?:\{decimal}(?P<fraction>[0-9]*))? ?{_CURRENCY}? ?(?P<tail>[-−–])?"
    )


_SHAPES = {".": _shape(".", ",'’ "), ",": _shape(",", ".'’ ")}


@lru_cache(maxsize=8192)
def read_amount(text: str, decimal: str = ".") -> Decimal:
    """The exact value of an amount as written, e.g. ``-12.50``, ``$1,234.56``, ``($29.44)``, ``+ $1,020.00``.

    ``decimal`` is the decimal mark, "." or ",". Grouping marks must stand where groups of three are. Raises
    CannotRead for anything that is not wholly understood, for more than 15 digits before the decimal mark and
    for more than 4 after it.
    """
    if decimal == "." and _PLAIN.fullmatch(text):
        return _without_minus_zero(Decimal(text))
    if decimal == "." and _GROUPED.fullmatch(text):
        return _without_minus_zero(Decimal(text.replace(",", "")))
    compact = " ".join(text[:100].split())
    if not compact:
        raise CannotRead("The amount is missing.")
    bracketed = compact.startswith("(") and compact.endswith(")")
    match = _SHAPES[decimal].fullmatch(compact[1:-1].strip() if bracketed else compact)
    if match is None or len(text) > 100:
        raise CannotRead(f"The amount {quoted(text.strip())} cannot be read.")
    signs = [sign for sign in (match["lead"], match["mid"], match["tail"]) if sign]
    if len(signs) + bracketed > 1:
        raise CannotRead(f"The amount {quoted(text.strip())} has more than one sign.")
    value = _exact(match, text)
    return _without_minus_zero(-value if bracketed or (signs and signs != ["+"]) else value)


def _exact(match: re.Match[str], text: str) -> Decimal:
    whole = re.sub("[^0-9]", "", match["whole"])
    fraction = match["fraction"] or ""
    if len(whole.lstrip("0")) > WHOLE_DIGITS:
        raise CannotRead(f"The amount {quoted(text.strip())} has more than 15 digits before the decimal mark.")
    if len(fraction.rstrip("0")) > FRACTION_DIGITS:
        raise CannotRead(f"The amount {quoted(text.strip())} has more than four decimals.")
    return Decimal(f"{whole or '0'}.{fraction[:FRACTION_DIGITS] or '0'}")


def _without_minus_zero(value: Decimal) -> Decimal:
    return value or abs(value)


def turned(amount: Decimal) -> Decimal:
    """With the other sign; nought stays without one."""
    return _without_minus_zero(-amount)


def float_text(amount: Decimal) -> str:
    """As the single-user app printed amounts in the references it made up: Python's shortest float."""
    return repr(float(amount))


def decimal_mark_votes(texts: Iterable[str]) -> dict[str, int]:
    """How many of the texts can only be read with a decimal point, and how many only with a comma."""
    votes = {".": 0, ",": 0}
    for text in texts:
        mark = decimal_mark(text)
        if mark:
            votes[mark] += 1
    return votes


def decimal_mark(text: str) -> str:
    """The decimal mark that the text shows; '' for "1,234", which may be a thousand or one and a bit."""
    if text[-3:-2] == "." and _PLAIN.fullmatch(text):
        return "."
    digits = _NOT_IN_NUMBERS.sub("", text)
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    mark, other = (".", ",") if points else (",", ".")
    if points + commas > 1:
        return other
    if points + commas == 0:
        return ""
    whole, fraction = digits.split(mark)
    grouping_possible = len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return "" if grouping_possible else mark
