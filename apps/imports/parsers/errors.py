"""Expected errors: each says in one sentence, for the person, why the file cannot be read."""

from .questions import Question


class UnreadableFile(Exception):
    """The whole file cannot be read; ``str(error)`` is the sentence for the person."""


class EmptyFile(UnreadableFile):
    """There is nothing in the file but, at most, white space."""


class BinaryFile(UnreadableFile):
    """The file is not text: a PDF, a workbook, a picture."""


class UnknownFormat(UnreadableFile):
    """Text that no known bank writes, or that is not what the caller said it is."""


class TruncatedFile(UnreadableFile):
    """The file ends before the first transaction could begin."""


class TooLarge(UnreadableFile):
    """The file, or one line of it, is beyond what is read into memory at once."""


class ForbiddenContent(UnreadableFile):
    """The file declares entities or a document type, which no bank needs and attackers do."""


class AmbiguousFile(UnreadableFile):
    """The file can be read in two ways and nothing in it decides; ``questions`` are what to ask the person."""

    def __init__(self, questions: tuple[Question, ...]) -> None:
        super().__init__(" ".join(question.sentence for question in questions))
        self.questions = questions


class InvalidMapping(ValueError):
    """A column mapping contradicts itself; ``str(error)`` is the sentence for the person."""
