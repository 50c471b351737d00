"""The formats of text that are no tables. A new one is one line of STRUCTURED and one function that opens it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import camt053, mt940, ofx, qif
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


def _open_ofx(source: TextSource, answers: Answers) -> Opened:
    text = ofx.open_ofx(source.stream, source.charset)
    decimal = ofx.decimal_mark_of(text, answers)
    return Opened(ofx.dialect(text), lambda: ofx.read_ofx(text, decimal))


def _open_qif(source: TextSource, answers: Answers) -> Opened:
    source.refuse_long_lines()
    surveyed = qif.survey(source.lines(), answers)
    return Opened(surveyed.text, lambda: qif.read_qif(source.lines(), surveyed))


def _open_camt053(source: TextSource, answers: Answers) -> Opened:  # noqa: ARG001
    declared = camt053.declared_charset(source.stream, source.charset)
    return Opened(camt053.message_of(source.stream, declared), lambda: camt053.read_camt(source.stream, declared))


def _open_mt940(source: TextSource, answers: Answers) -> Opened:  # noqa: ARG001
    source.refuse_long_lines()
    return Opened("", lambda: mt940.read_mt940(source.lines))


STRUCTURED: tuple[StructuredFormat, ...] = (
    StructuredFormat(qif.KEY, qif.NAME, qif.looks_like_qif, _open_qif),
    StructuredFormat(ofx.KEY, ofx.NAME, lambda head: ofx.looks_like_ofx("".join(head)), _open_ofx),
    StructuredFormat(camt053.KEY, camt053.NAME, lambda head: camt053.looks_like_camt("".join(head)), _open_camt053),
    StructuredFormat(mt940.KEY, mt940.NAME, mt940.looks_like_mt940, _open_mt940),
)
"""In order of precedence."""
