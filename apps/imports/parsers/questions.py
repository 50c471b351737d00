"""What a file leaves open and only a person knows; and what that person answered."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from .errors import InvalidMapping

DATE_ORDER = "date_order"
DECIMAL_MARK = "decimal_mark"
SIGN = "sign"
COLUMNS = "columns"

DAY_FIRST, MONTH_FIRST = "day_first", "month_first"
AS_WRITTEN, SPENDING_IS_POSITIVE = "as_written", "spending_is_positive"
UNSIGNED, REVERSED = "unsigned", "reversed"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``kind`` is one of the constants above, ``sample`` the cell that can be read in two ways.

    ``options`` are pairs: the value of the answer, and how the sample would then read. The values are
    DAY_FIRST and MONTH_FIRST of a date's order, "." and "," of a decimal mark, AS_WRITTEN with
    SPENDING_IS_POSITIVE, UNSIGNED or REVERSED of a sign, and a column's number counted from 0 of columns.
    """

    kind: str
    sentence: str
    sample: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said of a file's dialect. They settle what the file leaves open, and nothing else."""

    day_first: bool | None = None
    decimal: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.day_first, bool | None):
            raise InvalidMapping("day_first is true, false or null.")
        if self.decimal is not None and self.decimal not in (".", ","):
            raise InvalidMapping("The decimal mark is a point or a comma.")

    def to_json(self) -> dict[str, bool | str | None]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, stored: object) -> "Answers":
        """Raises InvalidMapping for what is not, or no longer, answers."""
        if not isinstance(stored, Mapping) or stored.keys() - {"day_first", "decimal"}:
            raise InvalidMapping("Answers are an object with day_first and decimal.")
        return cls(**stored)
