"""The single-user app's custom CSV configuration (its ``config_json``) as a recipe."""

from collections.abc import Mapping
from typing import Any

from . import checks
from .amounts import read_amount
from .errors import InvalidMapping
from .patterns import LONGEST
from .questions import AS_WRITTEN, SPENDING_IS_POSITIVE
from .recipe import Recipe
from .recipe_parts import Dialect, MerchantRule, RecipeColumns, SkipRule
from .rows import CannotRead

_ROW_HANDLING = {
    *("skip_header_rows", "skip_footer_rows", "skip_patterns", "skip_empty_rows", "find_header_row"),
    "header_indicators",
}
_REGEX = "regex:"
_SKIPPED = "Left out by a pattern of this format."


def from_original_json(stored: object) -> Recipe:
    """Equal rows as in the single-user app, its silent losses apart. Raises InvalidMapping naming the field.

    Unknown keys are ignored, as that app does, but for those inside ``row_handling``. Its ``skip_empty_rows`` has no
    counterpart: a row without date or amount is always named. Its regular expressions are run by RE2, which knows no
    look-around and no back references.
    """
    if not isinstance(stored, Mapping):
        raise InvalidMapping("A custom format is an object.")
    handling = _row_handling(stored)
    by_position = isinstance(stored.get("date_column"), int)
    indicators = _texts(handling, "header_indicators")
    finds_header = _flag(handling, "find_header_row") and bool(indicators)
    skipped_lines = _number(handling, "skip_header_rows")
    return Recipe(
        name=_text(stored, "name", 80, needed=True),
        account=_text(stored, "account_source", 120, needed=True),
        header=tuple((name,) for name in indicators) if finds_header and by_position else (),
        columns=_columns(stored),
        dialect=Dialect(
            separator=",",
            dates=(_text(stored, "date_format", 40) or "%m/%d/%Y",),
            decimal="," if _text(stored, "amount_thousands_separator", 5, default=",") == "." else ".",
            sign=SPENDING_IS_POSITIVE if _flag(stored, "amount_invert_sign") else AS_WRITTEN,
            has_header=finds_header or not by_position,
            header_line=None if finds_header else skipped_lines + 1,
            footer_lines=_number(handling, "skip_footer_rows", most=100),
            amount_prefix=_prefix(_text(stored, "amount_currency_prefix", 10)),
        ),
        skip=tuple(_skip_rule(pattern) for pattern in _texts(handling, "skip_patterns")),
        merchant=_merchant(stored),
    )


def _row_handling(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    handling = stored.get("row_handling")
    if handling is None:
        return {}
    if not isinstance(handling, Mapping):
        raise checks.refused(handling, "row_handling")
    unknown = sorted(str(name)[:40] for name in handling.keys() - _ROW_HANDLING)
    if unknown:
        raise InvalidMapping(f"row_handling has no field {', '.join(unknown[:5])}.")
    return handling


def _columns(stored: Mapping[str, Any]) -> RecipeColumns:
    found: dict[str, Any] = {}
    for role in ("date", "amount", "description", "merchant", "reference", "category", "card_member"):
        name = f"{role}_column"
        value = stored.get(name)
        if value is None or value == "":
            if role in {"date", "amount", "description"}:
                raise InvalidMapping(f"A custom format lacks the field {name}.")
            continue
        found[role] = checks.column(value, name)
    return RecipeColumns(**{**found, "description": (found["description"],)})


def _skip_rule(pattern: str) -> SkipRule:
    """A plain pattern is text that the row contains; behind ``regex:`` stands a regular expression."""
    if pattern.casefold().startswith(_REGEX):
        return SkipRule(kind="matches", values=(pattern[len(_REGEX) :],), reason=_SKIPPED)
    return SkipRule(kind="contains", values=(pattern,), reason=_SKIPPED)


def _merchant(stored: Mapping[str, Any]) -> MerchantRule:
    return MerchantRule(
        regex=_text(stored, "merchant_regex", LONGEST),
        first_words=_number(stored, "merchant_first_words", most=20),
        split=_text(stored, "merchant_split_chars", 20),
        max_length=_number(stored, "merchant_max_length", default=50, most=200) or 200,
    )


def _prefix(prefix: str) -> str:
    """'' where amounts are read with it anyway."""
    try:
        read_amount(f"{prefix}1.00")
    except CannotRead:
        return prefix
    return ""


def _text(stored: Mapping[str, Any], name: str, limit: int, *, needed: bool = False, default: str = "") -> str:
    value = stored.get(name, default)
    if value is None and not needed:
        return default
    return str(checks.text(limit, needed=needed)(value, name))


def _flag(stored: Mapping[str, Any], name: str) -> bool:
    return checks.flag(stored.get(name, False), name)


def _number(stored: Mapping[str, Any], name: str, *, default: int = 0, most: int = 9999) -> int:
    return int(checks.number(0, most)(stored.get(name, default), name))


def _texts(stored: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(checks.many(checks.text(needed=True), 50)(stored.get(name) or (), name))
