"""What can be wrong with a deed among the people of a household."""

from apps.core.errors import ExpectedError, Gone


class NotTheOwner(ExpectedError):
    """Ownership went to somebody else while the page was open."""


class OwnerStays(ExpectedError):
    """The owner cannot leave, be removed or become less: a household has exactly one."""


class MemberGone(Gone):
    """Who is meant does not belong to the household any more."""


class CannotInvite(ExpectedError):
    """The address belongs already, or is invited already."""


class NoSeatLeft(ExpectedError):
    """As many people belong or are invited as may."""


class InvitationClosed(Gone):
    """Nobody can accept it: unknown, used, withdrawn or too old. Which of these is not told."""


class AnotherAddress(ExpectedError):
    """The invitation was sent to an address that is not this person's."""


class CannotOffer(ExpectedError):
    """Ownership cannot be offered to this person."""


class OfferClosed(ExpectedError):
    """The offer of ownership was withdrawn, answered or is too old."""
