"""What a file's own cells say of its dialect: order of day and month, decimal mark. What they leave open is asked."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .amounts import decimal_mark
from .columns import amounts_of
from .dates import date_reader
from .delimited import Record
from .errors import AmbiguousFile
from .layout import Layout
from .questions import DATE_ORDER, DAY_FIRST, DECIMAL_MARK, MONTH_FIRST, Answers, Question
from .recipe import Recipe
from .rows import CannotRead, quoted

ENOUGH_RECORDS = 2000
"""Records that are looked at in any case; beyond them only until nothing is open."""

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


@dataclass(slots=True)
class DateSurvey:
    """How many of the cells each format reads, and the first cell of which two of the best read other days."""

    formats: tuple[str, ...]
    seen: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    unclear: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, cell: str) -> None:
        if not any(map(str.isdigit, cell)):
            return
        self.seen += 1
        days = {known: day for known in self.formats if (day := _day(cell, known))}
        for known, day in days.items():
            self.counts[known] = self.counts.get(known, 0) + 1
            for other, other_day in days.items():
                if day != other_day:
                    self.unclear.setdefault((known, other), cell)

    def best(self) -> tuple[str, ...]:
        """The formats that read the most cells, in the order in which they were given."""
        most = max(self.counts.values(), default=0)
        return tuple(known for known in self.formats if self.counts.get(known, 0) == most)

    def rivals(self) -> tuple[str, str, str] | None:
        """Two of the best formats that read other days, and a cell that shows it."""
        best = self.best()
        pairs = ((one, other) for one in best for other in best if one != other)
        return next(((*pair, self.unclear[pair]) for pair in pairs if pair in self.unclear), None)

    def settled(self, answers: Answers | None) -> str | None:
        """The one format; None if that has to be asked."""
        if self.rivals() is None:
            return self.best()[0]
        if answers is None or answers.day_first is None:
            return None
        return next((known for known in self.best() if is_day_first(known) is answers.day_first), None)

    def question(self) -> Question | None:
        rivals = self.rivals()
        if rivals is None:
            return None
        *formats, cell = rivals
        options = tuple((DAY_FIRST if is_day_first(known) else MONTH_FIRST, _spoken(cell, known)) for known in formats)
        spoken = " or ".join(spoken for _, spoken in options)
        return Question(DATE_ORDER, f"Is the date {quoted(cell)} {spoken}?", cell, options)


@dataclass(slots=True)
class DecimalSurvey:
    """How many amounts can only have a decimal point, or a comma, and the first that may have either."""

    seen: int = 0
    votes: dict[str, int] = field(default_factory=lambda: {".": 0, ",": 0})
    unclear: str = ""

    def add(self, cell: str) -> None:
        self.seen += 1
        mark = decimal_mark(cell)
        if mark:
            self.votes[mark] += 1
        elif not self.unclear and ("," in cell or "." in cell):
            self.unclear = cell

    def is_open(self) -> bool:
        """Whether a mark was seen and none of the amounts says what it is."""
        return bool(self.unclear) and not any(self.votes.values())

    def settled(self, answers: Answers | None) -> str | None:
        if self.is_open():
            return answers.decimal if answers else None
        return "," if self.votes[","] > self.votes["."] else "."

    def question(self) -> Question | None:
        if not self.is_open():
            return None
        mark = "," if "," in self.unclear else "."
        other = "." if mark == "," else ","
        whole = "".join(character for character in self.unclear if character.isdigit() or character in "-−")
        options = ((mark, self.unclear.replace(mark, ".")), (other, whole))
        sentence = f"Is the mark in the amount {quoted(self.unclear)} the decimal mark, or does it group thousands?"
        return Question(DECIMAL_MARK, sentence, self.unclear, options)


@dataclass(slots=True)
class Survey:
    dates: DateSurvey
    decimals: DecimalSurvey

    def questions(self) -> tuple[Question, ...]:
        return tuple(question for question in (self.dates.question(), self.decimals.question()) if question)


def survey(recipe: Recipe, layout: Layout, records: Iterable[Record]) -> Survey:
    """Reads as many records as it takes to know; all of them if nothing decides."""
    date_at = layout.needed(recipe.columns.date)
    money_at = amounts_of(recipe, layout)
    surveyed = Survey(DateSurvey(recipe.dialect.dates), DecimalSurvey())
    for count, record in enumerate(records, 1):
        for cell in _cells(record, (date_at,)):
            surveyed.dates.add(cell)
        for cell in _cells(record, money_at):
            surveyed.decimals.add(cell)
        if count >= ENOUGH_RECORDS and not surveyed.dates.rivals() and not surveyed.decimals.is_open():
            break
    return surveyed


def _cells(record: Record, positions: Sequence[int]) -> Iterator[str]:
    for at in positions:
        if at < len(record.cells) and (cell := record.cells[at].strip()):
            yield cell


def settle(recipe: Recipe, layout: Layout, records: Iterable[Record], answers: Answers | None) -> Recipe:
    """The recipe with one format of dates and one decimal mark. Raises AmbiguousFile where a person must say.

    A recipe that leaves nothing open is given back without a look at the records.
    """
    dialect = recipe.dialect
    if len(dialect.dates) == 1 and dialect.decimal:
        return recipe
    surveyed = survey(recipe, layout, records)
    known = surveyed.dates.settled(answers)
    decimal = dialect.decimal or surveyed.decimals.settled(answers)
    questions = (
        surveyed.dates.question() if known is None else None,
        surveyed.decimals.question() if decimal is None else None,
    )
    if known is None or decimal is None:
        raise AmbiguousFile(tuple(question for question in questions if question))
    return dataclasses.replace(recipe, dialect=dataclasses.replace(dialect, dates=(known,), decimal=decimal))


def is_day_first(date_format: str) -> bool:
    """Whether the day stands before the month."""
    month = min((at for at in map(date_format.find, ("%m", "%b", "%B")) if at >= 0), default=len(date_format))
    return 0 <= date_format.find("%d") < month


def _day(cell: str, date_format: str) -> dt.date | None:
    try:
        return date_reader(date_format)(cell)
    except CannotRead:
        return None


def _spoken(cell: str, date_format: str) -> str:
    """As in 3 April 2026."""
    day = date_reader(date_format)(cell)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
