"""What billing refuses, in the person's words. Every page that asks Stripe for something expects these."""

from apps.core.contact import us
from apps.core.errors import ExpectedError


class BillingUnavailable(ExpectedError):
    """Stripe did not answer, or refused us. Nothing was changed, as far as anybody knows; asking again is safe."""

    def __init__(
        self,
        sentence: str = "We cannot reach our payment provider at the moment. Nothing was changed; please try again in "
        "a few minutes.",
    ) -> None:
        super().__init__(sentence)


class NotHeardYet(BillingUnavailable):
    """Stripe did what was asked, and was away when it was asked what came of it. Its event tells us."""

    def __init__(self) -> None:
        super().__init__(
            "This was done, but our payment provider has not told us yet what came of it. It shows here within a few "
            "minutes."
        )


class NotUnderstood(BillingUnavailable):
    """Stripe says of a subscription what we have no word for: a price or a state that we do not know. Never guessed."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            "Our payment provider tells us something about your subscription that we do not understand. Nothing was "
            f"changed; please write to {us()}."
        )


class AlreadySubscribed(ExpectedError):
    """The household pays already: its plan is changed, not bought a second time."""


class NotSubscribed(ExpectedError):
    """There is no subscription that could be changed, cancelled or resumed."""


class NotOffered(ExpectedError):
    """The plan is not sold, or not by this interval, or it is the one that the household has."""


class PaymentDeclined(ExpectedError):
    """The card was declined, or its bank wants to be asked first. Nothing was changed."""


class PaymentOwed(ExpectedError):
    """A payment is open. Stripe gives back the rest of a time whether or not it was paid: so it is paid first."""

    def __init__(self) -> None:
        super().__init__(
            "The last payment is still open, so the plan was not changed. Please pay it first, or use another card; "
            "then you can change the plan at once."
        )


class PreviewTooOld(ExpectedError):
    """The amounts that were shown are not those of now."""
