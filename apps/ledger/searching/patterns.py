"""People's regular expressions in a search, run by RE2: in time that grows with the text, never with their wickedness.

Syntax: https://github.com/google/re2/wiki/Syntax. Look-around and back references are not in it.
"""

import re
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from apps.ledger.searching.terms import UnreadableSearch

_MEMORY = 4 * 1024 * 1024
_LARGEST_PROGRAM = 2000
_BLOCK = 128 * 1024
SECONDS = 2.0
"""So long may a pattern keep a processor busy, however many others want it at the time."""
FIELD_COUNT = 3
_SHORTEST_WORD = 3  # letters that the index of search_text can look up
_SPECIAL = frozenset("\\.^$*+?()[]{}|")
_CLASS = r"\[(?:\\.|[^\]\\])*\]"
_PIECES = re.compile(rf"\\.|{_CLASS}|.", re.DOTALL)
_BETWEEN_WORDS = re.compile(rf"\\.|{_CLASS}|.(?:[*?]|\{{[^}}]*\}})|\+|[.^$ ]", re.DOTALL)
# Flags, escapes of more than one letter, classes by name or with a bracket in front, and braces that stay open.
_TRICKY = re.compile(r"\(\?|\\[^dDwWsSbB.$^*+?()\[\]{}|/#&@' -]|\[\^?\]|\[:|\{[^}]*$")
_WHOLE_TEXT = re.compile(r"\\[AzC]")


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """Finds the pattern, and with it the rest of its line; upper and lower case alike, never across lines.

    Raises UnreadableSearch for what RE2 does not know, or what is too big to be searched for in many rows.
    """
    if _WHOLE_TEXT.search(pattern):
        raise UnreadableSearch(
            f"The pattern /{pattern}/ uses \\A, \\z or \\C. Write ^ for the beginning and $ for the end."
        )
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, _MEMORY
    options.never_nl = options.never_capture = True
    try:
        re2.compile(pattern.encode(), options)  # on its own, for `a)(b` is none that parentheses make one
        program = re2.compile(f"(?m:(?:{pattern}).*)".encode(), options)
    except re2.error as error:
        why = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise UnreadableSearch(
            f"The pattern /{pattern}/ cannot be used ({why[:100]}). It is a regular expression without look-around and "
            "back references; put it in quotation marks to look for it as text."
        ) from None
    if program.programsize > _LARGEST_PROGRAM:
        raise UnreadableSearch(f"The pattern /{pattern}/ repeats too much to be searched for. Make it simpler.")
    return program


def rows_found(pattern: str, lines: bytes) -> Iterator[int]:
    """Which rows it is found in, in their order. `lines` holds FIELD_COUNT lines of UTF-8 for each row."""
    program = compiled(pattern)
    until = time.thread_time() + SECONDS
    line, latest, start = 0, -1, 0
    while start < len(lines):
        end = lines.find(b"\n", start + _BLOCK) + 1 or len(lines)
        block, at = lines[start:end], 0
        for found in program.finditer(block):
            line += block.count(b"\n", at, found.end())
            at = found.end()
            if line // FIELD_COUNT > latest:
                latest = line // FIELD_COUNT
                yield latest
        line += block.count(b"\n", at)
        start = end
        if time.thread_time() > until:
            raise UnreadableSearch(f"The pattern /{pattern}/ takes too long. Add a word or a date to it.")


def needed_words(pattern: str) -> list[str]:
    """Texts that every row must hold in which the pattern is found; none if it is not plain enough to tell."""
    if not pattern.isascii() or _TRICKY.search(pattern):
        return []
    bare = _without_groups(pattern)
    # A letter that may be missing belongs to no word; one that repeats ends its word. A space may be the end of a line.
    pieces = _BETWEEN_WORDS.split(bare)
    return [piece.lower() for piece in pieces if len(piece) >= _SHORTEST_WORD and not _SPECIAL & set(piece)]


def _without_groups(pattern: str) -> str:
    """The pattern with a full stop for each group; empty if it is a choice between alternatives."""
    bare, depth = [], 0
    for piece in _PIECES.findall(pattern):
        depth += (piece == "(") - (piece == ")")
        if depth == 0:
            bare.append("." if piece == ")" else piece)
    return "" if "|" in bare else "".join(bare)
