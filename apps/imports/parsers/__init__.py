"""Reading bank statements: bytes in, rows out. Pure Python, knows neither Django nor the database."""

from .columns import ColumnMapping
from .detection import FORMATS
from .errors import (
    AmbiguousFile,
    BinaryFile,
    EmptyFile,
    ForbiddenContent,
    InvalidMapping,
    TooLarge,
    TruncatedFile,
    UnknownFormat,
    UnreadableFile,
)
from .guessing import ColumnGuess, guess_columns
from .questions import Answers, Question
from .rows import LeftOutRow, ParsedRow, Row, SplitPart, StatedBalance, UnreadableRow
from .statement import Statement, open_statement

__all__ = [
    "FORMATS",
    "AmbiguousFile",
    "Answers",
    "BinaryFile",
    "ColumnGuess",
    "ColumnMapping",
    "EmptyFile",
    "ForbiddenContent",
    "InvalidMapping",
    "LeftOutRow",
    "ParsedRow",
    "Question",
    "Row",
    "SplitPart",
    "StatedBalance",
    "Statement",
    "TooLarge",
    "TruncatedFile",
    "UnknownFormat",
    "UnreadableFile",
    "UnreadableRow",
    "guess_columns",
    "open_statement",
]
