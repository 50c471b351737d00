"""The base of every error that a person can cause, and whose sentence a person may read."""


class ExpectedError(Exception):
    """Carries one clear sentence in the person's words: what is wrong, and what to do."""
