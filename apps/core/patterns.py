"""Regular expressions that people write, run by RE2: in time that grows with the text, never with the pattern.

Syntax: https://github.com/google/re2/wiki/Syntax. Look-around and back references are not in it.
"""

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

from apps.core.errors import ExpectedError
from apps.core.text import folded

_MEMORY = 4 * 1024 * 1024


class UnusablePattern(ExpectedError):
    """RE2 does not know what stands in the pattern, or it would need too much memory."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """Searches in bytes of UTF-8, upper and lower case alike. Raises UnusablePattern."""
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, _MEMORY
    try:
        return re2.compile(pattern.encode(), options)
    except re2.error as error:
        why = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise UnusablePattern(
            f"“{pattern[:80]}” cannot be used ({why[:100]}). Write a regular expression as RE2 knows them: without "
            "look-around and back references."
        ) from None


def found_in(pattern: str, texts: list[bytes]) -> list[str]:
    """Those of the texts in which the pattern is found."""
    search = compiled(pattern).search
    return [text.decode() for text in texts if search(text) is not None]


def finder(pattern: str) -> Callable[[str], bool]:
    """Whether a text that `folded` made holds the pattern; its own accents count as little. Raises UnusablePattern."""
    search = compiled(_without_accents(pattern)).search
    return lambda text: search(text.encode()) is not None


def _without_accents(pattern: str) -> str:
    """As `folded` treats the text, but for the case, which has a meaning in patterns: \\S is not \\s."""
    if pattern.isascii():
        return pattern
    return "".join(letter if letter.isascii() else folded(letter) for letter in unicodedata.normalize("NFC", pattern))
