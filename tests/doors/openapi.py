"""The forms of the crawled pages as an OpenAPI document, so that schemathesis can fill them in."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from tests.doors.markup import Field, Form

Schema = dict[str, Any]
_CHOSEN = {"hidden", "select", "checkbox", "radio", "submit", "button"}
_ANY_TEXT: Schema = {"type": "string", "maxLength": 60}
# What breaks where a number was meant: too many digits for the database, an amount, a sign, a part of a number.
_ODD_NUMBER: Schema = {"type": "string", "pattern": r"^[-+]?[0-9]{1,25}([.,][0-9]{1,6})?$"}
# What no browser makes of a passkey: other kinds of JSON, and what lacks a part.
_ODD_JSON: Schema = {
    "type": "string",
    "enum": [
        *("null", "[]", "{}", "7", '"x"', '{"id": 7}', "{" * 50, "[" * 5000),
        '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}',
        '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30", "signature": "eA"}}',
        '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": ""}}',
    ],
}
_EMAIL: Schema = {"type": "string", "format": "email"}
_DAY: Schema = {"type": "string", "format": "date"}
_LONGEST = 300


def document(forms: Iterable[Form]) -> Schema:
    """One operation for each form."""
    paths: dict[str, Schema] = {}
    for form in forms:
        fields = _by_name(form)
        if form.method == "get":
            asked = [{"name": name, "in": "query", "schema": schema} for name, schema in fields.items()]
            operation: Schema = {"parameters": asked}
        else:
            kind = "multipart/form-data" if form.is_multipart else "application/x-www-form-urlencoded"
            whole = {"type": "object", "properties": fields, "additionalProperties": False}
            # A browser sends all of it; a hand-made request leaves some out.
            whole["anyOf"] = [{"required": sorted(set(form.sent()) & set(fields))}, {"required": []}]
            operation = {"requestBody": {"required": True, "content": {kind: {"schema": whole}}}}
        operation["responses"] = {"default": {"description": "whatever is no error of ours"}}
        paths.setdefault(urlsplit(form.action).path, {})[form.method] = operation
    return {"openapi": "3.0.3", "info": {"title": "The forms", "version": "1"}, "paths": paths}


def _by_name(form: Form) -> dict[str, Schema]:
    """A schema for each name; a name that stands in the form several times may come several times."""
    found: dict[str, list[Field]] = {}
    for one in form.fields:
        if one.name != "csrfmiddlewaretoken":
            found.setdefault(one.name, []).append(one)
    return {name: _schema(fields) for name, fields in found.items()}


def _schema(fields: list[Field]) -> Schema:
    first = fields[0]
    if first.kind == "file":
        return {"type": "string", "format": "binary"}
    if first.kind in _CHOSEN:
        offered = sorted({value for one in fields for value in (one.options or [one.value])})
        single: Schema = {"anyOf": [{"type": "string", "enum": offered}, _ODD_NUMBER, _ANY_TEXT]}
        single["anyOf"] += [_ODD_JSON] if first.name == "credential" else []
    else:
        longest = min(int(first.limits.get("maxlength", 60)) + 1, _LONGEST)
        likely = _EMAIL if "@" in first.value or first.kind == "email" else _DAY
        single = {"anyOf": [{"type": "string", "maxLength": longest}, _ODD_NUMBER, likely]}
    several = first.kind == "checkbox" and len(fields) > 1
    return {"type": "array", "items": single, "maxItems": 3} if several else single
