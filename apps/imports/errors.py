"""What can go wrong with an import and is told to the person. Errors of reading are the parsers' own."""

from apps.core.errors import ExpectedError


class StoreUnavailable(ExpectedError):
    """The file store does not answer."""

    def __init__(self) -> None:
        super().__init__("The file store does not answer just now. Nothing was lost; please try again in a minute.")


class TooLarge(ExpectedError):
    """The file is larger than an import may be."""


class NotNow(ExpectedError):
    """The deed does not fit the state that the file is in, for example because another tab was quicker."""
