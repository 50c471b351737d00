"""The fields of an MT940 file, each with its physical line: ``:61:…`` and the lines that continue it.

Source: SWIFT's Standards MT, category 9; a field begins at the start of a line with its tag between colons and
reaches to the next tag. Banks wrap a message in blocks (``{1:…}{4:`` … ``-}``), put a line "-" below it, or nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

FIELD_LINES = 200
"""Lines that one field may have; the standard allows eight. More would be held in memory together."""

_TAG = re.compile(r":([0-9]{2}[A-Z]?|NS):(.*)", re.DOTALL)
_DAMAGED_TAG = re.compile(r"\W{0,3}6[1Il]\W{0,3}[0-9]{6}(?:[0-9]{4})?R?[CD]", re.IGNORECASE)
"""What began as ``:61:``: taken for a continuation, it would vanish in the text of the transaction before."""


@dataclass(slots=True)
class Field:
    """One field. ``tag`` is "61", "60F" …; '' for a line outside all fields, "?" for a damaged ``:61:``.

    ``lines`` have no line ends; ``is_whole`` is False if the file ends in the field without a line end.
    """

    line: int
    tag: str
    lines: list[str] = field(default_factory=list)
    is_whole: bool = True

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def source(self) -> str:
        return f":{self.tag}:{self.text}" if self.tag.isalnum() else self.text


def fields_of(lines: Iterator[str]) -> Iterator[Field]:
    """The fields in their order. Blank lines and the wrapping of messages are none."""
    current: Field | None = None
    for number, raw in enumerate(lines, 1):
        text = raw.rstrip("\r\n")
        stripped = _without_envelope(text.strip())
        ends_message = stripped in {"-", "}"} or stripped.startswith("-}")
        if not stripped or ends_message:
            if current and ends_message:
                yield current
                current = None
            continue
        is_inside = current is not None and current.tag != "" and len(current.lines) < FIELD_LINES
        begun = _begun(number, stripped, is_inside=is_inside)
        if begun:
            if current:
                yield current
            current = begun
        elif current:
            current.lines.append(text.rstrip())
        if current:
            current.is_whole = raw != text
    if current:
        yield current


def _begun(number: int, text: str, *, is_inside: bool) -> Field | None:
    """The field that this line begins; None if it continues the one before."""
    match = _TAG.match(text)
    if match:
        return Field(number, match[1], [match[2]])
    if _DAMAGED_TAG.match(text):
        return Field(number, "?", [text])
    return None if is_inside else Field(number, "", [text])


def _without_envelope(text: str) -> str:
    """What stands behind the opening blocks ``{1:…}{2:…}{4:`` of a message on the same line."""
    if not text.startswith("{"):
        return text
    block, mark, rest = text.partition("{4:")
    return rest.strip() if mark else ("" if re.match(r"\{[1-5]:", block) else text)
