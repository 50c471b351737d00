"""The base of every error that a person can cause, and whose sentence a person may read."""

from django.http import Http404


class ExpectedError(Exception):
    """Carries one clear sentence in the person's words: what is wrong, and what to do."""


class Gone(ExpectedError, Http404):
    """What an address names is not there: deleted meanwhile, or never of this household. Nobody can tell which.

    No page catches it: the answer is 404 with the sentence, and everything that the request did is taken back.
    """
