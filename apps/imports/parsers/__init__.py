"""Reading bank statements: bytes in, rows out. Pure Python, knows neither Django nor the database."""

from .banks import built_in
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
from .guessing import Evidence, Guess, guess
from .original import from_original_json
from .questions import Answers, Question
from .recipe import Recipe, signature
from .recipe_files import preview
from .recipe_parts import Dialect, MerchantRule, RecipeColumns, SkipRule
from .rows import LeftOutRow, ParsedRow, Row, SplitPart, StatedBalance, UnreadableRow
from .statement import Statement, open_statement

__all__ = [
    "FORMATS",
    "AmbiguousFile",
    "Answers",
    "BinaryFile",
    "Dialect",
    "EmptyFile",
    "Evidence",
    "ForbiddenContent",
    "Guess",
    "InvalidMapping",
    "LeftOutRow",
    "MerchantRule",
    "ParsedRow",
    "Question",
    "Recipe",
    "RecipeColumns",
    "Row",
    "SkipRule",
    "SplitPart",
    "StatedBalance",
    "Statement",
    "TooLarge",
    "TruncatedFile",
    "UnknownFormat",
    "UnreadableFile",
    "UnreadableRow",
    "built_in",
    "from_original_json",
    "guess",
    "open_statement",
    "preview",
    "signature",
]
