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
from .guesses import Evidence, Guess
from .guessing import guess
from .original import from_original_json
from .questions import Answers, Question
from .recipe import KEY, NAME, Recipe, signature
from .recipe_files import preview
from .recipe_parts import Dialect, MerchantRule, RecipeColumns, SkipRule
from .recognising import Taught, recognise
from .reviewing import ROLES, review
from .roles import Roles
from .rows import LeftOutRow, ParsedRow, Row, SplitPart, StatedBalance, UnreadableRow
from .statement import Statement, open_statement
from .tables import DATE_FORMATS, Cut

__all__ = [
    "DATE_FORMATS",
    "FORMATS",
    "KEY",
    "NAME",
    "ROLES",
    "AmbiguousFile",
    "Answers",
    "BinaryFile",
    "Cut",
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
    "Roles",
    "Row",
    "SkipRule",
    "SplitPart",
    "StatedBalance",
    "Statement",
    "Taught",
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
    "recognise",
    "review",
    "signature",
]
