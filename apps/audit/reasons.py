"""Why an operator did something to a household: without that nothing is done."""

from apps.core.errors import ExpectedError

FEWEST_SIGNS, MOST_SIGNS = 10, 300


class ReasonMissing(ExpectedError):
    """Something was to be done to a household without saying why."""


def given(reason: str) -> str:
    """The reason on one line, as the audit event keeps it. Raises ReasonMissing."""
    told = " ".join(reason.split())
    if not FEWEST_SIGNS <= len(told) <= MOST_SIGNS:
        raise ReasonMissing(f"Say why in {FEWEST_SIGNS} to {MOST_SIGNS} characters; the household’s owner can read it.")
    return told
