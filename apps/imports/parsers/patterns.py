"""People's regular expressions, run by RE2: in time that grows with the text, never with the pattern's wickedness.

Syntax: https://github.com/google/re2/wiki/Syntax. Look-around and back references are not in it.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

from .errors import InvalidMapping

LONGEST = 500
_MEMORY = 4 * 1024 * 1024


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """Upper and lower case alike. Raises InvalidMapping for what RE2 does not know or needs too much memory for."""
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, _MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        why = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise InvalidMapping(
            f'The pattern "{pattern[:80]}" cannot be used ({why[:100]}). It is a regular expression as RE2 knows them: '
            "without look-around and back references."
        ) from None


def finds(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether one of the patterns is found anywhere in a text."""
    known = [compiled(pattern) for pattern in patterns]
    return lambda text: any(one.search(text) is not None for one in known)


def first_group(pattern: str) -> Callable[[str], str]:
    """What the pattern's first group finds in a text, or without a group all of it; '' if it finds nothing."""
    known = compiled(pattern)

    def read(text: str) -> str:
        found = known.search(text)
        return "" if found is None else (found.group(1 if known.groups else 0) or "")

    return read
