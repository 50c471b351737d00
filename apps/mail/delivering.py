"""Handing one mail to the mail server."""

import datetime
import smtplib
import ssl
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.mail.models import Message

ATTEMPTS = 8


def send(message_id: int) -> bool:
    """Sends the mail if it is still queued; False if it could not be sent and may be tried again.

    The row is locked meanwhile, so that two workers that were given the same job send one mail.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id, state=Message.State.QUEUED).first()
        if message is None:
            return True
        message.attempt_count += 1
        try:
            _hand_over(message)
        except (OSError, smtplib.SMTPException) as error:
            message.error = str(error)[:500]
            message.state = Message.State.FAILED if message.attempt_count >= ATTEMPTS else Message.State.QUEUED
        else:
            message.state, message.sent_at, message.mime, message.error = (
                Message.State.SENT,
                timezone.now(),
                b"",
                "",
            )
        message.save()
        return message.state != Message.State.QUEUED


def unsent() -> QuerySet[Message]:
    """Mail that no job has taken for ten minutes: the broker was away when it was asked for."""
    long_ago = timezone.now() - datetime.timedelta(minutes=10)
    return Message.objects.filter(state=Message.State.QUEUED, created_at__lt=long_ago)


def _hand_over(message: Message) -> None:
    server = settings.MAIL_DELIVERY
    secure = server.get("EMAIL_USE_SSL", False)
    connect = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with connect(server["EMAIL_HOST"], server["EMAIL_PORT"], timeout=10) as smtp:
        if server.get("EMAIL_USE_TLS"):
            smtp.starttls(context=ssl.create_default_context())
        if server.get("EMAIL_HOST_USER"):
            smtp.login(server["EMAIL_HOST_USER"], server["EMAIL_HOST_PASSWORD"])
        smtp.sendmail(parseaddr(message.sender)[1], message.recipients, bytes(message.mime))
