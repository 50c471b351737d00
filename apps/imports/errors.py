"""What can go wrong with an import and is told to the person. Errors of reading are the parsers' own."""

from apps.core.errors import ExpectedError


class NotTheFilesFault(ExpectedError):
    """Something that every file needs is away: work waits for it as long as that takes, and no attempt is counted."""


class StoreUnavailable(NotTheFilesFault):
    """The file store does not answer."""

    def __init__(self) -> None:
        super().__init__("The file store does not answer just now. Nothing was lost; please try again in a minute.")


class ScannerUnavailable(NotTheFilesFault):
    """The virus scanner does not answer, or nothing that can be understood."""

    def __init__(self) -> None:
        super().__init__("The virus scanner does not answer just now. Nothing was lost; the file waits for it.")


class StoredCopyExpired(ExpectedError):
    """The store answers, and no longer has the file."""

    def __init__(self) -> None:
        super().__init__("The stored copy of this file has expired; upload the file again.")


class TooLarge(ExpectedError):
    """The file is larger than an import may be."""


class NotNow(ExpectedError):
    """The deed does not fit the state that the file is in, for example because another tab was quicker."""
