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


class StoredCopyMissing(ExpectedError):
    """The store answers, and does not have a file that cannot have expired yet: it may just have come back."""

    def __init__(self) -> None:
        super().__init__("The stored copy of this file cannot be found just now; try again, or upload the file again.")


class TooLarge(ExpectedError):
    """The file is larger than an import may be."""


class NotNow(ExpectedError):
    """The deed does not fit the state that the file is in, for example because another tab was quicker."""
