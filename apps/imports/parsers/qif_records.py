"""The records of a QIF file: one field a line, its code in front, ``^`` after each record."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .rows import TEXT_LIMIT

_CODES = "DTUPMLN"
_PART_CODES = "SE$%"
PART_LIMIT = 1000
"""Parts of one split. Quicken allows 30; more would be held in memory together."""

REGISTERS = {"bank", "cash", "ccard", "oth a", "oth l", ""}


@dataclass(slots=True)
class Record:
    """One record as it is collected: its section, the account it belongs to, its fields and its beginning.

    ``parts`` are its split: each a mapping of S category, E memo, $ amount, % share. ``is_cut`` where the file ends
    within the record.
    """

    line: int
    section: str
    account: str
    fields: dict[str, str] = field(default_factory=dict)
    parts: list[dict[str, str]] = field(default_factory=list)
    text: str = ""
    is_cut: bool = False

    @property
    def is_in_register(self) -> bool:
        return self.section.casefold() in REGISTERS

    def add(self, line: str) -> None:
        code, value = line[0], line[1:].strip()
        if code in _CODES:
            self.fields[code] = value
        elif code in _PART_CODES and len(self.parts) <= PART_LIMIT:
            self._add_to_split(code, value)
        if len(self.text) < TEXT_LIMIT:
            self.text += line + "\n"

    def _add_to_split(self, code: str, value: str) -> None:
        """Quicken begins each part with S; some programs leave it away where a part has no category."""
        if code == "S" or not self.parts or code in self.parts[-1]:
            self.parts.append({})
        self.parts[-1][code] = value


def records_of(lines: Iterator[str]) -> Iterator[Record]:
    """The records one by one. A section header ends a record that has no ``^``, as does the end.

    Where records have their ``^``, a last one without it was cut.
    """
    section, account, record, has_marks = "", "", None, False
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line:
            continue
        if line.startswith("!") or line == "^":
            if record:
                yield record
            record, has_marks = None, has_marks or line == "^"
            if line.startswith("!"):
                section = _section(line, section)
            continue
        if section.casefold() == "account" and line.startswith("N"):
            account = line[1:].strip()
        record = record or Record(number, section, account)
        record.add(line)
        record.is_cut = not raw.endswith(("\n", "\r"))
    if record:
        record.is_cut |= has_marks
        yield record


def _section(line: str, current: str) -> str:
    """``!Type:Bank`` opens the section "Bank", ``!Account`` the list of accounts; options open nothing."""
    name = re.sub(r"\s+", " ", line[1:]).strip()
    if name.casefold().startswith("type:"):
        return name[5:].strip()
    return "Account" if name.casefold() == "account" else current
