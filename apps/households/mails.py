"""The mails that one person has sent to another. What people call themselves is theirs: it is defused first."""

import re
import unicodedata

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from apps.households.addresses import reverse_outside
from apps.households.models import Household, Invitation, Membership, OwnershipOffer
from apps.users.models import User

INVITED = "You are invited to a household in Maxwell's Wallet"
OFFERED = "You are to become the owner of a household in Maxwell's Wallet"
# Subjects hold no name: nobody writes a headline of ours.
LONGEST_NAME = 60
_LINK_MARKS = re.compile(r"[.:/\\@\u2044\u2215\u3002]+(?=\S)")


def name_in_mail(name: str) -> str:
    """The name on one line, without signs that nobody sees, and without anything that a reader makes a link of."""
    # First in the form in which a mail program may read it: there are a dozen dots and slashes.
    folded = unicodedata.normalize("NFKC", name)
    plain = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in folded)
    return _LINK_MARKS.sub("·", " ".join(plain.split())[:LONGEST_NAME])


def send_invitation(invitation: Invitation, token: str) -> None:
    """Sends the link; the only time that the token is known."""
    inviter = invitation.invited_by
    _send(
        "invitation",
        INVITED,
        invitation.email,
        inviter=name_in_mail(str(inviter)) if inviter else "",
        household=name_in_mail(invitation.household.name),
        role=invitation.role,
        url=_absolute(reverse_outside("households:invitation", token)),
        expires_at=invitation.expires_at,
    )


def send_ownership_offer(offer: OwnershipOffer, *, owner: str, path: str) -> None:
    """Sends the address of the page of the answer, which only the one who is asked can use."""
    reader = offer.membership.user
    with timezone.override(reader.zone):
        _send(
            "ownership",
            OFFERED,
            reader.email,
            owner=name_in_mail(owner),
            household=name_in_mail(offer.household.name),
            url=_absolute(path),
            expires_at=offer.expires_at,
        )


def tell_of_new_member(household: Household, *, person: User, invited_as: str, role: str, reader: User) -> None:
    """To whoever invited them: the address is the one that the reader knows, the name is as the person says."""
    may = "and may look at its money" if role == Membership.Role.VIEWER else "and keeps its books with you"
    _tell(
        reader,
        "An invitation was accepted",
        f"{name_in_mail(str(person))} accepted the invitation to {invited_as}, belongs to the household "
        f"{_called(household)} now, {may}.",
        "If that is not whom you meant, its owner can remove them on the page of its members.",
        household=household,
    )


def tell_of_new_owner(household: Household, *, person: User, reader: User) -> None:
    """To whoever was the owner."""
    _tell(
        reader,
        "Your household has a new owner",
        f"{name_in_mail(str(person))} accepted your offer and owns the household {_called(household)} now.",
        "You belong to it as a member: you keep its books as before, and who else belongs is theirs to decide.",
        household=household,
    )


def tell_of_declined_offer(household: Household, *, person: User, reader: User) -> None:
    """To the owner, who stays it."""
    _tell(
        reader,
        "Your offer was declined",
        f"{name_in_mail(str(person))} does not want to own the household {_called(household)}. You stay its owner.",
        "You can offer it to somebody else.",
        household=household,
    )


def tell_of_removal(household: Household, *, reader: User) -> None:
    """To whoever does not belong any more, and so without an address of the household."""
    _tell(
        reader,
        "You do not belong to a household any more",
        f"Its owner removed you from the household {_called(household)} in Maxwell’s Wallet, and its pages do not open "
        "for you any more.",
        "What you entered stays there. Accounts that only you saw nobody else sees now, either. Your own account here, "
        "and other households of yours, stay as they were.",
    )


def _called(household: Household) -> str:
    return f"“{name_in_mail(household.name)}”"


def _tell(reader: User, subject: str, *sentences: str, household: Household | None = None) -> None:
    """A mail without a question. With a household, it leads there."""
    why = "You get this mail because you belong to this household."
    _send(
        "told",
        subject,
        reader.email,
        subject=subject,
        sentences=sentences,
        url=_absolute(household.get_absolute_url()) if household else "",
        label="Open the household",
        why=why if household else "You get this mail because you belonged to this household.",
    )


def _absolute(path: str) -> str:
    return settings.APP_URL.rstrip("/") + path


def _send(template: str, title: str, to: str, **context: object) -> None:
    text, html = (render_to_string(f"households/email/{template}.{kind}", context) for kind in ("txt", "html"))
    mail = EmailMultiAlternatives(title, text, to=[to])
    mail.attach_alternative(html, "text/html")
    mail.send()
