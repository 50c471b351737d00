from apps.core.errors import ExpectedError


class CannotLink(ExpectedError):
    """Two rows that are no transfer, or are not one any more."""


class CannotUnmark(ExpectedError):
    """A row that is linked to its partner is a transfer as long as it is."""
