"""The tags of an OFX file in their order, SGML (version 1) and XML (version 2) alike.

In version 1 an element that holds a value has no closing tag, so an XML parser cannot read it; what both
versions share is that a value follows its opening tag. Reading tags one after another needs no tree, so
nesting cannot exhaust the stack, and entities that a file declares are never expanded.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .dates import real_date
from .errors import ForbiddenContent
from .rows import CannotRead, quoted

# A "<" that begins no tag belongs to the value: banks write "A < B" in version 1.
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9_.:]*)[^<>]*>([^<]*(?:<(?![A-Za-z/!?])[^<]*)*)")
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|nbsp);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}
_LINE_BREAK = re.compile(r"[ \t]*\n\s*")
_DAY = "year month day in eight digits"
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[^0-9].*|[0-9]{2}.*)?", re.DOTALL)
_FORBIDDEN = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening or closing tag with the text that follows it; ``start`` is its offset, ``line`` 1-based."""

    name: str
    closes: bool
    value: str
    line: int
    start: int


def without_comments(text: str) -> str:
    """Comments blanked and CDATA sections written as plain values; line breaks stay, so that lines count.

    Raises ForbiddenContent where a document type or an entity is declared.
    """
    if _FORBIDDEN.search(text):
        raise ForbiddenContent("The file declares its own entities, which no bank does; it is not read.")
    text = _replaced(text, "<![CDATA[", "]]>", _escaped)
    return _replaced(text, "<!--", "-->", lambda inside: "\n" * inside.count("\n"))


def _replaced(text: str, begin: str, end: str, replace: Callable[[str], str]) -> str:
    """Each span between the marks replaced; a span that never ends reaches to the end of the text."""
    pieces, at = [], 0
    while (start := text.find(begin, at)) >= 0:
        stop = text.find(end, start + len(begin))
        inside = text[start + len(begin) : stop if stop >= 0 else len(text)]
        pieces += [text[at:start], replace(inside)]
        at = stop + len(end) if stop >= 0 else len(text)
    return "".join([*pieces, text[at:]])


def _escaped(inside: str) -> str:
    return inside.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def tags_of(text: str) -> Iterator[Tag]:
    """All tags; names in capitals, values decoded and stripped, line breaks in a value made one blank."""
    line, counted = 1, 0
    for match in _TAG.finditer(text):
        start = match.start()
        line += text.count("\n", counted, start)
        counted = start
        value = match[3].strip()
        if "\n" in value:
            value = _LINE_BREAK.sub(" ", value)
        if "&" in value:
            value = _ENTITY.sub(_decoded, value)
        yield Tag(match[2].upper(), match[1] == "/", value, line, start)


def _decoded(entity: re.Match[str]) -> str:
    """One entity's character; what names no character of text stays as it is written."""
    name = entity[1]
    if not name.startswith("#"):
        return _NAMED[name]
    digits, base = (name[2:], 16) if name[1] in "xX" else (name[1:], 10)
    number = int(digits, base)
    if number < 32 or 0xD800 <= number <= 0xDFFF or number > 0x10FFFF:
        return entity[0]
    return chr(number)


def ofx_date(text: str) -> dt.date:
    """The day as written: the bank's own day, whatever time zone stands behind it. Raises CannotRead."""
    if not text:
        raise CannotRead("The date is missing.")
    match = _DATE.fullmatch(text)
    if match is None:
        raise CannotRead(f"The date {quoted(text)} cannot be read; {_DAY} is expected.")
    return real_date(int(match[1]), int(match[2]), int(match[3]), text, _DAY)
