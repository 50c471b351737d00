"""What the people of a test were mailed. (pytest-django keeps mails in a list; how they are queued: tests/mail.)"""

import re

from django.core import mail
from django.core.mail import EmailMessage

_LINK = re.compile(r"https?://testserver(/\S*)")


def mails_to(address: str) -> list[EmailMessage]:
    """The mails to that address, oldest first."""
    return [sent for sent in mail.outbox if sent.to == [address]]


def link_in(sent: EmailMessage) -> str:
    """The path of the first link of a mail."""
    found = _LINK.search(sent.body)
    assert found, sent.body
    return found[1]
