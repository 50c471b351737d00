from apps.core.errors import ExpectedError, Gone


class CannotLink(ExpectedError):
    """Two rows that are no transfer, or are not one any more."""


class CannotUnmark(ExpectedError):
    """A row that is linked to its partner is a transfer as long as it is."""


class RejectionGone(Gone):
    """Somebody took the rejection back already, or one of its rows was deleted."""
