"""The patterns of the single-user app's custom formats without regular expressions, which could run for ever."""

import re

from .errors import InvalidMapping

_PREFIX = "regex:"
_SPECIAL = re.compile(r"(?<!\\)[.*+?{}\[\]()]|\\[A-Za-z0-9]")


def rules_of(pattern: str) -> list[tuple[str, str]]:
    """Kinds and values of skip rules of which any leaves the row out.

    A plain pattern is text that the row contains. Of a ``regex:`` only plain text is accepted, with ``|`` between
    alternatives, ``^`` before, ``$`` behind, and escapes. Raises InvalidMapping for all else.
    """
    if not pattern.casefold().startswith(_PREFIX):
        return [("contains", pattern)]
    return [_rule(part, pattern) for part in re.split(r"(?<!\\)\|", pattern[len(_PREFIX) :])]


def _rule(part: str, pattern: str) -> tuple[str, str]:
    begins, text = part.startswith("^"), part.removeprefix("^").removesuffix(".*")
    ends = text.endswith("$") and not text.endswith(r"\$")
    text = text.removesuffix("$") if ends else text
    plain = re.sub(r"\\(.)", r"\1", text)
    if _SPECIAL.search(text) or re.search(r"(?<!\\)[\^$]", text) or not plain.strip() or (ends and not begins):
        raise InvalidMapping(
            f'The pattern "{pattern[:80]}" is a regular expression that is not run here; give the text that the row '
            "contains instead."
        )
    return ("equals" if ends else "starts_with" if begins else "contains"), plain
