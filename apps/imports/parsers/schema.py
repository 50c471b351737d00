"""Frozen dataclasses that check their fields: to JSON and back, with sentences that name the field."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from .checks import Check, refused
from .errors import InvalidMapping

T = TypeVar("T")


def by_check(check: Check) -> dict[str, Any]:
    """The metadata of a field that one check guards."""
    return {"check": check}


def by_kind(kind: type, *, is_optional: bool = False, most: int = 0) -> dict[str, Any]:
    """The metadata of a field that holds a value of ``kind``, or with ``most`` a tuple of at most so many."""

    def check(value: object, where: str) -> Any:
        if most and isinstance(value, list | tuple):
            if len(value) > most:
                raise InvalidMapping(f"{where} has {len(value)} entries; at most {most} are possible.")
            return tuple(check_one(one, where) for one in value)
        return check_one(value, where)

    def check_one(value: object, where: str) -> object:
        if isinstance(value, kind) or (value is None and is_optional):
            return value
        raise refused(value, where)

    return {"check": check, "kind": kind}


def check_fields(instance: Any) -> None:
    """To be the ``__post_init__`` of such a class; lists become tuples."""
    for field in dataclasses.fields(instance):
        kept = field.metadata["check"](getattr(instance, field.name), field.name)
        object.__setattr__(instance, field.name, kept)


def to_json(value: Any) -> Any:
    """Without the fields that are as by default."""
    if dataclasses.is_dataclass(value):
        pairs = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {field.name: to_json(kept) for field, kept in pairs if kept != field.default}
    if isinstance(value, tuple):
        return [to_json(one) for one in value]
    return value


def from_json(kind: type[T], stored: object, where: str) -> T:
    """Raises InvalidMapping for unknown and missing fields and for every value that a check refuses."""
    if not isinstance(stored, Mapping):
        raise InvalidMapping(f"{where} is an object.")
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(str(name)[:40] for name in stored.keys() - fields.keys())
    if unknown:
        raise InvalidMapping(f"{where} has no field {', '.join(unknown[:5])}.")
    values = {}
    for name, field in fields.items():
        if name in stored:
            values[name] = _built(field, stored[name], name)
        elif field.default is dataclasses.MISSING:
            raise InvalidMapping(f"{where} lacks the field {name}.")
    return kind(**values)


def _built(field: Any, value: object, name: str) -> Any:
    kind = field.metadata.get("kind")
    if kind is None or (value is None and field.default is None):
        return value
    if isinstance(value, list) and field.default == ():
        return tuple(from_json(kind, one, name) for one in value)
    return from_json(kind, value, name)
