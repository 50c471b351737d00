"""A taught format as a file: ours, and the single-user app's. Whatever comes in is a stranger's."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apps.core.errors import ExpectedError
from apps.imports.formats import FormatExists
from apps.imports.models import ImportFormat
from apps.imports.parsers import KEY, InvalidMapping, Recipe, from_original_json

FORMAT = "maxwells-wallet/import-format"
VERSION = 1
MAX_BYTES = 256 * 1024
NO_FORMAT = "This is not a format that Maxwell’s Wallet has exported."


class NoFormat(ExpectedError):
    """The file is not a format, or one that cannot be taken over; the sentence says why."""


def exported(known: ImportFormat) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": known.name,
        "signature": known.signature,
        "recipe": known.recipe,
    }


def take_in(content: bytes) -> ImportFormat:
    """Keeps the format of an exported file. Raises NoFormat, or FormatExists where it would replace another one."""
    try:
        name, signature, recipe = _read(_loaded(content))
    except InvalidMapping as problem:
        raise NoFormat(f"The format cannot be taken over: {problem}") from None
    except RecursionError:
        raise NoFormat(NO_FORMAT) from None
    if signature and (same := ImportFormat.objects.filter(signature=signature).first()):
        raise FormatExists(f"“{same.name}” reads files with these columns already. Delete it first to replace it.")
    if ImportFormat.objects.filter(name__iexact=name).exists():
        raise FormatExists(f"There is a format “{name}” already. Rename or delete it first.")
    stored = replace(recipe, key=KEY, name=name).to_json()
    return ImportFormat.objects.create(name=name, signature=signature, recipe=stored)


def _loaded(content: bytes) -> Mapping[str, Any]:
    if len(content) > MAX_BYTES:
        raise NoFormat(f"This file is larger than a format can be ({MAX_BYTES // 1024} KB).")
    try:
        loaded = json.loads(content.decode("utf-8-sig"))
        # What PostgreSQL cannot hold: halves of characters and NUL.
        plain = json.dumps(loaded, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise NoFormat(NO_FORMAT) from None
    if not isinstance(loaded, dict) or b"\\u0000" in plain:
        raise NoFormat(NO_FORMAT)
    return loaded


def _read(loaded: Mapping[str, Any]) -> tuple[str, str, Recipe]:
    if loaded.get("format") != FORMAT:
        recipe = _original(loaded)
        return recipe.name.strip(), "", recipe
    if loaded.get("version") != VERSION:
        raise NoFormat("This format was exported by a newer Maxwell’s Wallet; it cannot be read here.")
    if unknown := loaded.keys() - {"format", "version", "name", "signature", "recipe"}:
        raise NoFormat(f"The format has a field that is not known here: {min(map(str, unknown))[:40]}.")
    name, signature = loaded.get("name"), loaded.get("signature", "")
    if not isinstance(name, str) or not name.strip() or len(name) > 80:
        raise NoFormat("The format has no name, or one of more than 80 characters.")
    is_digest = isinstance(signature, str) and len(signature) in {0, 32} and set(signature) <= set("0123456789abcdef")
    if not is_digest:
        raise NoFormat("The signature of the format is not one.")
    return name.strip(), signature, Recipe.from_json(loaded.get("recipe"))


def _original(loaded: Mapping[str, Any]) -> Recipe:
    """Of the single-user app: the configuration itself, or what it exported around it."""
    config = loaded.get("config", loaded.get("config_json", loaded))
    if isinstance(config, str):
        try:
            config = json.loads(config)
        except (ValueError, RecursionError):
            raise NoFormat(NO_FORMAT) from None
    if not isinstance(config, Mapping) or "date_column" not in config:
        raise NoFormat(NO_FORMAT)
    outer = loaded.get("name")
    return from_original_json({**config, "name": outer} if isinstance(outer, str) and config is not loaded else config)
