"""Cuts a search into words, "phrases" and /patterns/."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apps.ledger.searching.terms import QUOTES

# One of these begins wherever the one before has ended; every branch is linear in what it takes.
_TOKEN = re.compile(
    rf"""(?P<minus>[-−–]?)
    (?: /(?P<pattern>(?:\\.|[^\\])+?)/(?=\s|$)
      | (?P<key>(?:[A-Za-z]+:(?:[^\s:{QUOTES}]+:)?)?)[{QUOTES}](?P<phrase>[^{QUOTES}]*)[{QUOTES}]
      | (?P<word>\S+) )""",
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True)
class Token:
    """A piece of the search as written (`source`), without its minus and quotation marks (`text`)."""

    text: str
    source: str
    is_excluded: bool = False
    is_quoted: bool = False
    is_pattern: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a quotation mark begins something in it that never ends."""
        return not (self.is_quoted or self.is_pattern) and self.text.rpartition(":")[2][:1] in tuple(QUOTES)

    @property
    def is_phrase(self) -> bool:
        """Whether all of it stands in quotation marks, so that it is nothing but text."""
        return self.is_quoted and self.source.lstrip("-−–")[:1] in tuple(QUOTES)

    @property
    def is_plain(self) -> bool:
        """Whether it may be part of a phrase of several words, such as `last month`."""
        return not (self.is_quoted or self.is_pattern or self.is_excluded)


def cut(text: str) -> Iterator[Token]:
    at = _SPACE.match(text).end()  # type: ignore[union-attr]  # it matches nothing, too
    while found := _TOKEN.match(text, at):
        content = found["pattern"] or (found["word"] if found["phrase"] is None else found["key"] + found["phrase"])
        yield Token(
            text=content,
            source=found[0],
            is_excluded=bool(found["minus"]),
            is_quoted=found["phrase"] is not None,
            is_pattern=found["pattern"] is not None,
        )
        at = _SPACE.match(text, found.end()).end()  # type: ignore[union-attr]
