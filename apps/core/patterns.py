"""People's regular expressions over text as they mean it: neither case nor accents count.

RE2 runs them, in time that grows with the text and never with the pattern's wickedness. Its syntax:
https://github.com/google/re2/wiki/Syntax; look-around and back references are not in it.
"""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import re2

from apps.core.errors import ExpectedError
from apps.core.text import folded

LONGEST = 200
_MEMORY = 4 * 1024 * 1024


class UnusablePattern(ExpectedError):
    """A regular expression that RE2 does not know or that needs too much memory."""


def finder(pattern: str) -> Callable[[str], bool]:
    """Whether a text that `folded` made holds the pattern. Raises UnusablePattern."""
    search = compiled(pattern).search
    return lambda text: search(text.encode()) is not None


def found_in(pattern: str, texts: Iterable[tuple[str, bytes]]) -> list[str]:
    """Those of the texts in which the pattern is found; each comes with itself, folded and in UTF-8.

    Raises UnusablePattern.
    """
    search = compiled(pattern).search
    return [text for text, folded_text in texts if search(folded_text) is not None]


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """Searches in bytes of UTF-8. Raises UnusablePattern."""
    if len(pattern) > LONGEST:
        raise UnusablePattern(f"The pattern is too long: {LONGEST} characters are the most.")
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, _MEMORY
    try:
        return re2.compile(_without_accents(pattern).encode(), options)
    except re2.error as error:
        why = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise UnusablePattern(
            f"This regular expression cannot be used ({why[:100]}). Write one without look-around, back references and "
            "repetitions without measure."
        ) from None


def _without_accents(pattern: str) -> str:
    """As `folded` treats the text, but for the case, which has a meaning in patterns: \\S is not \\s."""
    if pattern.isascii():
        return pattern
    return "".join(
        folded(letter) if not letter.isascii() else letter for letter in unicodedata.normalize("NFC", pattern)
    )
