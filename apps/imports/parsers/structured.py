"""The formats of text that are no tables. A new one is one line of STRUCTURED and one function that opens it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import ofx, qif
from .questions import Answers
from .rows import Row
from .sources import TextSource


@dataclass(frozen=True, slots=True)
class Opened:
    """What a format says of a file: its dialect for people, and how to read its rows."""

    dialect: str
    read: Callable[[], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class StructuredFormat:
    """``looks_like`` is asked about the first lines that are not blank; ``open`` raises UnreadableFile."""

    key: str
    name: str
    looks_like: Callable[[list[str]], bool]
    open: Callable[[TextSource, Answers], Opened]


def _open_ofx(source: TextSource, answers: Answers) -> Opened:  # noqa: ARG001
    text = ofx.open_ofx(source.stream, source.charset)
    return Opened(ofx.dialect(text), lambda: ofx.read_ofx(text))


def _open_qif(source: TextSource, answers: Answers) -> Opened:  # noqa: ARG001
    source.refuse_long_lines()
    surveyed = qif.survey(source.lines())
    return Opened(surveyed.text, lambda: qif.read_qif(source.lines(), surveyed))


STRUCTURED: tuple[StructuredFormat, ...] = (
    StructuredFormat(qif.KEY, qif.NAME, qif.looks_like_qif, _open_qif),
    StructuredFormat(ofx.KEY, ofx.NAME, lambda head: ofx.looks_like_ofx("".join(head)), _open_ofx),
)
"""In order of precedence."""
