"""What can go wrong between a household and its schema. None of these is a person's mistake."""


class TenancyError(RuntimeError):
    """Base of all errors of this package."""


class NoHouseholdTransaction(TenancyError):
    """A query on the ledger plane outside `household_context`. It never falls back to another schema."""


class AnotherHousehold(TenancyError):
    """A household was opened inside another one: one request, task or command sees one household at a time."""


class HouseholdNotReady(TenancyError):
    """The household's schema is still being made."""


class StatementRefused(TenancyError):
    """A statement that the ledger plane never sends, such as SET or COMMIT: the sign of injected SQL."""


class OutOfMemory(TenancyError):
    """A job needed more memory than its process may hold."""


class NoOwnerConnection(TenancyError):
    """This process has no DATABASE_OWNER_URL, and so cannot make or migrate schemas."""
