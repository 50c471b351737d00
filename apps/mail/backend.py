"""Django's mail, sent by a job: a page never waits for a mail server, and a server that is away loses nothing."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from apps.mail.models import Message
from apps.mail.tasks import deliver
from apps.tenancy.tasks import later


class QueuedEmailBackend(BaseEmailBackend):
    """Writes each mail to the table and asks for its delivery once the transaction commits."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            message = Message.objects.create(
                sender=mail.from_email,
                # As it goes over the wire: a mail server knows no umlaut in a domain.
                recipients=[sanitize_address(address, "utf-8") for address in mail.recipients()],
                subject=str(mail.subject),
                # SMTP knows no other line end.
                mime=mail.message().as_bytes(linesep="\r\n"),  # type: ignore[call-arg]  # Django's own class has it
            )
            later(deliver, message_id=message.pk)
        return len(email_messages)
