"""The values of a filter as an address writes them. What cannot be read is empty."""

import datetime
from collections.abc import Callable, Container
from decimal import Decimal
from typing import Any

from apps.core.numbers import whole_number
from apps.core.periods import Month
from apps.ledger.searching.amounts import read_amount

LONGEST_TEXT = 1000
LONGEST_TAG = 130
MOST_CHOICES = 50
"""Of one field in one address."""


def written(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def clean(text: str) -> str:
    return text.replace("\x00", "").strip()


def text(values: list[str]) -> str:
    return _only(values)[:LONGEST_TEXT]


def words(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:LONGEST_TAG] for value in values if value))[:MOST_CHOICES]


def tags(values: list[str]) -> tuple[str, ...]:
    """`namespace:value`."""
    return tuple(tag for tag in words(values) if all(tag.partition(":")))


def ids(values: list[str]) -> tuple[int, ...]:
    numbers = (whole_number(value) for value in values)
    return tuple(dict.fromkeys(number for number in numbers if number is not None))[:MOST_CHOICES]


def period(known: Container[str]) -> Callable[[list[str]], str]:
    """One of the known words, or a month such as `2026-11`."""
    return lambda values: choice if (choice := _only(values)) in known or Month.parse(choice) is not None else ""


def day(values: list[str]) -> datetime.date | None:
    try:
        found = datetime.date.fromisoformat(_only(values))
    except ValueError:
        return None
    return found


def amount(values: list[str]) -> Decimal | None:
    """Without its sign: the field asks how much moved."""
    read = read_amount(_only(values))
    return abs(read[0]) if read else None


def one_of(known: Container[str]) -> Callable[[list[str]], str]:
    return lambda values: choice if (choice := _only(values)) in known else ""


def _only(values: list[str]) -> str:
    """Of a field that means one thing, the last that was given."""
    return values[-1] if values else ""
