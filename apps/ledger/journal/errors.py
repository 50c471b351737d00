from apps.core.errors import ExpectedError
from apps.households.opened import opened_household


class LockedRows(ExpectedError):
    """Rows that a reconciliation has locked were to be changed in what the statement agreed with."""

    def __init__(self, count: int) -> None:
        self.count = count
        rows = "This row is" if count == 1 else f"{count} of these rows are"
        super().__init__(
            f"{rows} locked by a reconciled statement, and nothing was changed. Unlock the statement on the page of "
            "the account first, or leave such rows out."
        )


class ReadOnlyRows(ExpectedError):
    """Something of an account that the person may see and not change was to be changed."""

    def __init__(self) -> None:
        super().__init__(
            "Some of this belongs to an account that you may see and not change, and nothing was changed. Only the "
            "account's owner can do it."
        )


class FrozenRows(ReadOnlyRows):
    """Something of an account that the household's plan has no room for was to be changed."""

    def __init__(self) -> None:
        ExpectedError.__init__(self, opened_household().entitlements.why_frozen)


class ChangedMeanwhile(ExpectedError):
    """Somebody else, or another tab, changed the rows after they were shown."""

    def __init__(self, count: int) -> None:
        self.count = count
        rows = "This row was" if count == 1 else f"{count} of these rows were"
        super().__init__(
            f"{rows} changed after you opened this page, and nothing of yours was saved. Look at what is there now, "
            "and do it again if you still want it."
        )


class NotUndone(ExpectedError):
    """A deed that cannot be undone, or not any more."""


class HasConflicts(NotUndone):
    """Rows were changed since, and the person has not said that these may stay as they are."""

    def __init__(self) -> None:
        super().__init__("Some of these rows were changed since. Look at what would stay as it is.")
