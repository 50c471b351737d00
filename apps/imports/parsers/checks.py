"""Checks of values that come from people: each gives the value as it is kept, or InvalidMapping naming the field."""

from collections.abc import Callable
from typing import Any

from .errors import InvalidMapping

Check = Callable[[object, str], Any]
"""Value and name of the field to the value as it is kept."""

ColumnRef = str | int | tuple[str | int, ...]
"""A column by its name, by its position counted from 0, or by several of these of which the first found counts."""

MAX_COLUMN = 1000
MAX_NAME = 200
_MAX_ALTERNATIVES = 10


def refused(value: object, where: str) -> InvalidMapping:
    shown = repr(value)
    return InvalidMapping(f"{where} cannot be {shown if len(shown) <= 60 else shown[:59] + '…'}.")


def text(limit: int = MAX_NAME, *, needed: bool = False) -> Check:
    def check(value: object, where: str) -> str:
        if not isinstance(value, str) or (needed and not value.strip()):
            raise refused(value, where)
        if len(value) > limit:
            raise InvalidMapping(f"{where} is longer than {limit} characters.")
        return value

    return check


def flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise refused(value, where)
    return value


def number(lowest: int, highest: int) -> Check:
    def check(value: object, where: str) -> int:
        # True is an int to Python, but line "True" is a mistake.
        if not isinstance(value, int) or isinstance(value, bool):
            raise refused(value, where)
        if not lowest <= value <= highest:
            raise InvalidMapping(f"{where} is {value}; it goes from {lowest} to {highest}.")
        return value

    return check


def choice(*allowed: str) -> Check:
    def check(value: object, where: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            spoken = ", ".join(f'"{option}"' for option in allowed)
            raise InvalidMapping(f"{where} cannot be {value!r:.60}; it is one of {spoken}.")
        return value

    return check


def many(each: Check, most: int) -> Check:
    """A tuple; one value alone stands for a tuple of one."""

    def check(value: object, where: str) -> tuple[Any, ...]:
        values = value if isinstance(value, list | tuple) else [value]
        if len(values) > most:
            raise InvalidMapping(f"{where} has {len(values)} entries; at most {most} are possible.")
        return tuple(each(one, where) for one in values)

    return check


def maybe(check: Check) -> Check:
    return lambda value, where: None if value is None else check(value, where)


def column(value: object, where: str) -> ColumnRef:
    if isinstance(value, list | tuple):
        if not value or len(value) > _MAX_ALTERNATIVES:
            raise InvalidMapping(f"{where} names {len(value)} columns; 1 to {_MAX_ALTERNATIVES} are possible.")
        return tuple(_one_column(one, where) for one in value)
    return _one_column(value, where)


def _one_column(value: object, where: str) -> str | int:
    if isinstance(value, str):
        return str(text(needed=True)(value, where))
    if not isinstance(value, int) or isinstance(value, bool):
        raise refused(value, where)
    if not 0 <= value < MAX_COLUMN:
        raise InvalidMapping(f"{where} is {value}; columns are counted from 0 to {MAX_COLUMN - 1}.")
    return value
