"""What is proposed for a table of an unknown bank, and why."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from .questions import (
    AS_WRITTEN,
    DATE_ORDER,
    DAY_FIRST,
    DECIMAL_MARK,
    REVERSED,
    SIGN,
    SPENDING_IS_POSITIVE,
    UNSIGNED,
    Question,
)
from .recipe import Recipe, signature
from .roles import Roles
from .settling import is_day_first
from .tables import Cut


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a field is guessed so: ``read`` of ``of`` cells agree; ``text`` says it for people."""

    field: str
    read: int
    of: int
    text: str


@dataclass(frozen=True, slots=True)
class Guess:
    """``recipe`` is None where no table with date, amount and description was found.

    ``headers`` names every column, ``sample`` holds the first rows of the table as written. While there are
    ``questions`` of dates or decimals the recipe's dialect is open: open_statement asks the same. ``cut`` is how the
    file is cut into columns, with what was found out about it (but the charset and a line that is found by its
    names); ``encoding`` names the character set for people, and is not one where ``is_text`` is false.
    """

    recipe: Recipe | None
    headers: list[str]
    sample: list[list[str]]
    questions: tuple[Question, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=())
    roles: Roles = field(default_factory=Roles)
    cut: Cut = field(default_factory=Cut)
    line: int = 0
    encoding: str = ""
    is_text: bool = True
    problem: str = ""

    @property
    def signature(self) -> str:
        """By which the next file of this kind is known; '' where the columns have no names."""
        return signature(self.headers) if self.headers and self.cut.has_header else ""

    def answered(self, chosen: Mapping[str, str]) -> Recipe | None:
        """The recipe with a person's answers: kind of the question to value of the option."""
        if self.recipe is None:
            return None
        dialect = self.recipe.dialect
        if DATE_ORDER in chosen:
            is_wanted = chosen[DATE_ORDER] == DAY_FIRST
            dates = tuple(known for known in dialect.dates if is_day_first(known) is is_wanted)
            dialect = dataclasses.replace(dialect, dates=dates[:1] or dialect.dates)
        if DECIMAL_MARK in chosen:
            dialect = dataclasses.replace(dialect, decimal=chosen[DECIMAL_MARK])
        if chosen.get(SIGN) == UNSIGNED:
            dialect = dataclasses.replace(dialect, credit_unsigned=True)
        elif chosen.get(SIGN) == REVERSED:
            dialect = dataclasses.replace(dialect, debit_reversals=True)
        elif chosen.get(SIGN) in {AS_WRITTEN, SPENDING_IS_POSITIVE}:
            dialect = dataclasses.replace(dialect, sign=chosen[SIGN])
        return dataclasses.replace(self.recipe, dialect=dialect)
