"""Parameters as Stripe takes them: form-encoded, nested by brackets; each must be read, or the call is refused."""

from __future__ import annotations

import re
from typing import Any, overload
from urllib.parse import parse_qsl

from .errors import Json, invalid, missing_parameter, unknown_parameter

_MOST_PARAMETERS = 1000
_DEEPEST = 8
_LONGEST = 5000
_LONGEST_METADATA = 500
WHOLE = re.compile(r"-?[0-9]{1,10}")
_MOST = 10**10
"""Cents, and seconds until the year 2286."""


class Params:
    """One level of parameters. Reading marks a name as known; `check` refuses the ones that nobody has read."""

    def __init__(self, values: Json, path: str = "") -> None:
        self._values = values
        self._path = path
        self._read: set[str] = set()
        self._inner: dict[str, Params] = {}

    @classmethod
    def parse(cls, text: str) -> Params:
        values: Json = {}
        if text.count("&") >= _MOST_PARAMETERS:
            raise invalid(f"The fake takes at most {_MOST_PARAMETERS} parameters.")
        for key, value in parse_qsl(text, keep_blank_values=True):
            _put(values, re.findall(r"[^\[\]]+|(?<=\[)(?=\])", key), value)
        return cls({name: one if name == "metadata" else _lists(one) for name, one in values.items()})

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def peek(self, name: str) -> Any:
        """The value as it came, not marked as read."""
        return self._values.get(name)

    def name(self, name: str) -> str:
        return f"{self._path}[{name}]" if self._path else name

    def text(self, name: str, default: str | None = None) -> str | None:
        """The value; an empty one unsets, as at Stripe."""
        value = self._take(name, default)
        if value is not None and not isinstance(value, str):
            raise invalid(f"Invalid string: {value}", param=self.name(name))
        if value and len(value) > _LONGEST:
            raise invalid(f"Invalid string: it has more than {_LONGEST} characters.", param=self.name(name))
        return value or None

    def required(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise missing_parameter(self.name(name))
        return value

    @overload
    def whole(self, name: str, default: int, *, least: int = ..., most: int = ...) -> int: ...
    @overload
    def whole(self, name: str, default: None = None, *, least: int = ..., most: int = ...) -> int | None: ...
    def whole(self, name: str, default: int | None = None, *, least: int = -_MOST, most: int = _MOST) -> int | None:
        """A whole number, within both bounds."""
        value = self.text(name)
        if value is None:
            return default
        if not WHOLE.fullmatch(value):
            raise invalid(f"Invalid integer: {value}", param=self.name(name), code="parameter_invalid_integer")
        if not least <= int(value) <= most:
            raise invalid(f"This value must be between {least} and {most}.", param=self.name(name))
        return int(value)

    def number(self, name: str) -> float | None:
        value = self.text(name)
        try:
            return None if value is None else float(value)
        except ValueError:
            raise invalid(f"Invalid decimal: {value}", param=self.name(name)) from None

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.text(name)
        if value not in {None, "true", "false"}:
            raise invalid(f"Invalid boolean: {value}", param=self.name(name))
        return default if value is None else value == "true"

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str | None:
        value = self.text(name) or default
        if value is not None and value not in allowed:
            shown = ", ".join(allowed)
            raise invalid(f"Invalid {self.name(name)}: must be one of {shown}", param=self.name(name))
        return value

    def inner(self, name: str) -> Params:
        """The parameters below a name; empty ones when it is not given."""
        value = self._take(name, {})
        return self._nested(name, {} if value == "" else value)

    def each(self, name: str) -> list[Params]:
        """The parameters below each of a list."""
        value = self._take(name, [])
        return [self._nested(f"{name}][{index}", one) for index, one in enumerate([] if value == "" else value)]

    def texts(self, name: str) -> list[str]:
        value = self._take(name, [])
        if value == "":
            return []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise invalid("Invalid array", param=self.name(name))
        return value

    def metadata(self, old: dict[str, str] | None = None) -> dict[str, str]:
        """What was there with what is given; an empty value removes its key, an empty whole all of them."""
        given = self._take("metadata", {})
        if given == "":
            return {}
        if not isinstance(given, dict):
            raise invalid("Invalid object", param=self.name("metadata"))
        merged = {**(old or {}), **given}
        if not all(isinstance(value, str) and len(value) <= _LONGEST_METADATA for value in merged.values()):
            message = f"Metadata values must be strings of up to {_LONGEST_METADATA} characters"
            raise invalid(message, param=self.name("metadata"))
        return {key: value for key, value in merged.items() if value}

    def check(self) -> None:
        """Raises for a parameter that nobody has read."""
        for name in self._values:
            if name not in self._read:
                raise unknown_parameter(self.name(name))
        for inner in self._inner.values():
            inner.check()

    def _take(self, name: str, default: Any) -> Any:
        self._read.add(name)
        return self._values.get(name, default)

    def _nested(self, name: str, value: Any) -> Params:
        if not isinstance(value, dict):
            raise invalid("Invalid object", param=self.name(name))
        return self._inner.setdefault(name, Params(value, self.name(name)))


def _put(values: Json, parts: list[str], value: str) -> None:
    if len(parts) > _DEEPEST:
        raise invalid("Too many levels of brackets.", param=parts[0])
    *outer, last = parts or [""]
    for part in outer:
        values = values.setdefault(part, {})
        if not isinstance(values, dict):
            raise invalid("Invalid object", param=parts[0])
    values[last or str(len(values))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(WHOLE.fullmatch(key) for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    # The keys of metadata may well be numbers.
    return {key: inner if key == "metadata" else _lists(inner) for key, inner in value.items()}
