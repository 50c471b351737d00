"""The mails that one person has sent to another. What people call themselves is theirs: it is defused first."""

import re
import unicodedata

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from apps.households.addresses import reverse_outside
from apps.households.models import Invitation, OwnershipOffer

INVITED = "You are invited to a household in Maxwell's Wallet"
OFFERED = "You are to become the owner of a household in Maxwell's Wallet"
# Subjects hold no name: nobody writes a headline of ours.
LONGEST_NAME = 60
_LINK_MARKS = re.compile(r"[.:/\\@]+(?=\S)")


def name_in_mail(name: str) -> str:
    """The name on one line, without signs that nobody sees, and without anything that a reader makes a link of."""
    plain = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in name)
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
    _send(
        "ownership",
        OFFERED,
        offer.membership.user.email,
        owner=name_in_mail(owner),
        household=name_in_mail(offer.household.name),
        url=_absolute(path),
        expires_at=offer.expires_at,
    )


def _absolute(path: str) -> str:
    return settings.APP_URL.rstrip("/") + path


def _send(template: str, subject: str, to: str, **context: object) -> None:
    text, html = (render_to_string(f"households/email/{template}.{kind}", context) for kind in ("txt", "html"))
    mail = EmailMultiAlternatives(subject, text, to=[to])
    mail.attach_alternative(html, "text/html")
    mail.send()
