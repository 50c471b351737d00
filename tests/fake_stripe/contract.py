"""Whether an object looks as Stripe says it does: stripe_contract.json, cut from Stripe's own description."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

_CONTRACT = json.loads(Path(__file__).with_name("stripe_contract.json").read_text())
_LIST = {"object", "data", "has_more", "url"}


class NotStripes(AssertionError):
    """An answer that Stripe would not give."""


def check_answer(answer: dict[str, Any]) -> list[str]:
    """Validates one answer of the API and answers the kinds of the objects in it. Raises NotStripes."""
    if "error" in answer:
        _validate("error", answer)
        return ["error"]
    if answer.get("object") == "list":
        if set(answer) != _LIST:
            raise NotStripes(f"A list has {_LIST}, not {set(answer)}.")
        return ["list", *(kind for one in answer["data"] for kind in check_answer(one))]
    kind = answer.get("object")
    if not isinstance(kind, str):
        raise NotStripes(f"An answer without a kind: {answer}")
    name = f"deleted_{kind}" if answer.get("deleted") else kind
    if answer.get("deleted") and name not in _CONTRACT["$defs"]:
        if set(answer) != {"id", "object", "deleted"}:
            raise NotStripes(f"A deleted object has id, object and deleted: {answer}")
        return [name]
    _validate(name, answer)
    if kind == "event":
        check_answer(answer["data"]["object"])
    return [name]


def _validate(name: str, answer: dict[str, Any]) -> None:
    if name not in _CONTRACT["$defs"]:
        raise NotStripes(f"The contract knows no {name}.")
    faults = [
        f"{'.'.join(map(str, fault.instance_path))}: {fault.message}" for fault in _validator(name).iter_errors(answer)
    ]
    if faults:
        raise NotStripes(f"{name}: " + "\n".join(faults))


@cache
def _validator(name: str) -> Any:
    return jsonschema_rs.validator_for({"$ref": f"#/$defs/{name}", "$defs": _CONTRACT["$defs"]})
