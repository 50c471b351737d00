"""Opening a statement: character set, format, and a stream of rows."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from . import camt053, columns, mt940, ofx, qif
from .bank_csv import FoundHeader, read_bank_csv
from .columns import ColumnMapping
from .delimited import SEPARATORS
from .detection import FORMATS, detect, expect
from .questions import Answers
from .rows import Row
from .text import Charset, find_charset, lines_of, refuse_long_lines


class Statement:
    """A file whose format is known. What it says of itself is for people; ``format`` is a key of FORMATS."""

    def __init__(
        self,
        *,
        format: str,  # noqa: A002 - the word people use
        encoding: str,
        dialect: str,
        read: Callable[[], Iterator[Row]],
    ) -> None:
        self.format = format
        self.format_name = FORMATS[format]
        self.encoding = encoding
        self.dialect = dialect
        self._read: Callable[[], Iterator[Row]] | None = read

    def rows(self) -> Iterator[Row]:
        """Every record in the order of the file, read as it is asked for; once only.

        The stream must stay open, and nobody else may read it meanwhile.
        """
        if self._read is None:
            raise RuntimeError("the rows of a statement can be read once only")
        read, self._read = self._read, None
        return read()


def open_statement(
    stream: BinaryIO,
    *,
    format: str | None = None,  # noqa: A002 - the word people use
    mapping: ColumnMapping | None = None,
    answers: Answers | None = None,
) -> Statement:
    """The statement in a seekable binary file. ``format`` overrides detection, ``mapping`` both.

    ``answers`` settle what a file leaves open; without one that is needed AmbiguousFile asks for it.

    Raises UnreadableFile, whose subclasses say why, and nothing else for any content; a line that cannot be
    read is no error but an UnreadableRow.
    """
    charset = find_charset(stream)
    key, dialect, read = _reading(stream, charset, format, mapping, answers or Answers())
    return Statement(format=key, encoding=charset.name, dialect=dialect, read=read)


def _reading(
    stream: BinaryIO, charset: Charset, key: str | None, mapping: ColumnMapping | None, answers: Answers
) -> tuple[str, str, Callable[[], Iterator[Row]]]:
    """Key of the format, dialect and how to read it."""
    lines = partial(lines_of, stream, charset)
    if mapping is not None:
        refuse_long_lines(charset)
        return columns.KEY, columns.describe(mapping), lambda: columns.read_mapped(lines(), mapping)
    found = expect(key, lines) if key else detect(lines)
    if found == ofx.KEY:
        text = ofx.open_ofx(stream, charset)
        decimal = ofx.decimal_mark_of(text, answers)
        return ofx.KEY, ofx.dialect(text), lambda: ofx.read_ofx(text, decimal)
    if found == camt053.KEY:
        declared = camt053.declared_charset(stream, charset)
        return camt053.KEY, camt053.message_of(stream, declared), lambda: camt053.read_camt(stream, declared)
    refuse_long_lines(charset)
    if isinstance(found, FoundHeader):
        dialect = f"{SEPARATORS[found.separator]} · {found.bank.dates}"
        return found.bank.key, dialect, lambda: read_bank_csv(lines(), found)
    if found == mt940.KEY:
        return mt940.KEY, mt940.NAME, lambda: mt940.read_mt940(lines)
    surveyed = qif.survey(lines(), answers)
    return qif.KEY, surveyed.text, lambda: qif.read_qif(lines(), surveyed)
