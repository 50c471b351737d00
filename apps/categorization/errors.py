"""What a person can ask of rules that cannot be done."""

from apps.core.errors import ExpectedError, Gone


class RuleGone(Gone):
    """Somebody deleted the rule meanwhile."""


class NothingToRun(ExpectedError):
    """There is no rule to apply, or the one that was asked for is switched off."""


class RunGoingOn(ExpectedError):
    """Rules are being applied already; one run at a time."""
