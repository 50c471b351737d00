"""What a search says, as values. Nothing here knows the database."""

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.core.errors import ExpectedError

QUOTES = '"“”„'


class UnreadableSearch(ExpectedError):
    """The search says something that cannot be understood, or names what the household does not have."""


@dataclass(frozen=True)
class Text:
    """Folded text to be found in a field, or in any of them."""

    text: str
    field: str = ""


@dataclass(frozen=True)
class Pattern:
    """A regular expression as RE2 knows them, to be found in description, merchant or notes."""

    pattern: str


@dataclass(frozen=True)
class Number:
    """A bare number: rows that say it, and rows that amount to it."""

    text: str
    amount: Decimal


@dataclass(frozen=True)
class Amounts:
    """From `least` to `most`; None leaves that side open. Without a sign what counts is how much moved."""

    least: Decimal | None = None
    most: Decimal | None = None
    is_least_included: bool = True
    is_most_included: bool = True
    is_signed: bool = False


@dataclass(frozen=True)
class Days:
    """From `start` to `end`, both included; None leaves that side open."""

    start: datetime.date | None = None
    end: datetime.date | None = None


@dataclass(frozen=True)
class Tagged:
    """A tag by its word or name, of one namespace or (empty) of any."""

    namespace: str
    name: str


@dataclass(frozen=True)
class InAccount:
    name: str


@dataclass(frozen=True)
class State:
    """One of `STATES`."""

    name: str


@dataclass(frozen=True)
class Having:
    """One of `POSSESSIONS`."""

    name: str


STATES = ("transfer", "split", "unreconciled", "matched", "manual", "ignored", "review", "in", "out", "untagged")
POSSESSIONS = ("notes", "bucket", "tags", "reference")

Meaning = Text | Pattern | Number | Amounts | Days | Tagged | InAccount | State | Having


@dataclass(frozen=True)
class Term:
    """One thing that a search asks for, or (excluded) asks to leave out, and how the person wrote it."""

    meaning: Meaning
    source: str
    is_excluded: bool = False

    @property
    def label(self) -> str:
        """What a person reads on the page: `“amazon”`, `not “refund”`, `>50`, `last month`."""
        written = self.source.lstrip("-−–") if self.is_excluded else self.source
        if isinstance(self.meaning, Text) and not self.meaning.field:
            written = f"“{written.strip(QUOTES)}”"
        return f"not {written}" if self.is_excluded else written


@dataclass(frozen=True)
class Search:
    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        """The search as it was written, one space between its parts."""
        return " ".join(term.source for term in self.terms)

    def without(self, term: Term) -> "Search":
        return replace(self, terms=tuple(one for one in self.terms if one is not term))
