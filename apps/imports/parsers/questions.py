"""What a file leaves open and only the person can know, and what they answered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask. ``kind`` is "date_order" or "decimal_mark".

    ``sentence`` asks, ``sample`` is the text of the file it is about, ``options`` are pairs of the value to answer
    with and how the sample then reads, e.g. ``("day_first", "3 April 2026")``. The values of a date order are
    "day_first" and "month_first", those of a decimal mark "." and ",".
    """

    kind: str
    sentence: str
    sample: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person answered; None where they were not asked. ``decimal`` is "." or ","."""

    day_first: bool | None = None
    decimal: str | None = None
